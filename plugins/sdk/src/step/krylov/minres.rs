//! MinRes: the Lanczos process with a QR factorization of its tridiagonal matrix, updated by one Givens rotation an iteration.
//!
//! β_{k+1} v_{k+1} = A v_k − α_k v_k − β_k v_{k−1}. Column k of R is (ε, δ, γ): the two rotations before it act on (0, β_k, α_k),
//! and its own turns (γ̄, β_{k+1}) into (γ, 0). Then w_k = (v_k − ε w_{k−2} − δ w_{k−1})/γ, x ← x + c η w_k and η ← −s η,
//! where |η| is the norm of the residual: it never grows.

use super::{End, Solved, Stop, finite, residual};
use crate::error::Result;
use crate::step::{add, dot, norm};

/// Of ‖A r‖ relative to ‖A‖ ‖r‖: up to here r is orthogonal to the range of A.
const ORTHOGONAL: f64 = 1e-13;

/// MinRes with the memory that it works in.
#[derive(Clone, Debug)]
pub struct MinRes {
    /// v_{k−1}, v_k, and A v_k.
    lanczos: [Vec<f64>; 3],
    /// w_{k−2}, w_{k−1}.
    directions: [Vec<f64>; 2],
}

/// Cosine and sine.
type Rotation = (f64, f64);

impl MinRes {
    /// For systems of order n. Nothing is allocated later.
    pub fn new(n: usize) -> Self {
        let zeros = || vec![0.0; n];
        Self { lanczos: [zeros(), zeros(), zeros()], directions: [zeros(), zeros()] }
    }

    /// Solves A x = b, where `product` writes A times its first argument into the second; x is the start and the solution.
    ///
    /// # Errors
    /// Those of the product, and [`crate::Code::Numeric`] if it is not finite.
    ///
    /// # Panics
    /// If a vector does not have n elements.
    pub fn solve(
        &mut self,
        mut product: impl FnMut(&[f64], &mut [f64]) -> Result<()>,
        b: &[f64],
        x: &mut [f64],
        stop: &Stop,
    ) -> Result<Solved> {
        let n = self.directions[0].len();
        assert!(b.len() == n && x.len() == n, "vectors of length n");
        let (size, start) = residual(&mut product, b, x, &mut self.lanczos[1])?;
        let (mut eta, mut beta, mut largest) = (start, 0.0f64, 0.0f64);
        let (mut older, mut old): (Rotation, Rotation) = ((1.0, 0.0), (1.0, 0.0));
        self.begin(start);
        let solved =
            |iterations, eta: f64, end| Ok(Solved { iterations, residual: if eta == 0.0 { 0.0 } else { eta.abs() / size }, end });
        for iteration in 0..stop.iterations {
            if eta.abs() <= stop.tolerance * size {
                return solved(iteration, eta, End::Converged);
            }
            let (alpha, next) = self.expand(&mut product, beta)?;
            let epsilon = older.1 * beta;
            let turned = older.0 * beta;
            let delta = old.0 * turned + old.1 * alpha;
            let bar = old.0 * alpha - old.1 * turned;
            // ‖A r‖ = |η| · ‖(γ̄, c β_{k+1})‖ for the residual before this iteration.
            largest = largest.max(alpha.hypot(beta).hypot(next));
            if bar.hypot(old.0 * next) <= ORTHOGONAL * largest {
                return solved(iteration, eta, End::LeastSquares);
            }
            let gamma = bar.hypot(next);
            let rotation = (bar / gamma, next / gamma);
            self.advance(x, [epsilon, delta, gamma], rotation.0 * eta);
            eta *= -rotation.1;
            (older, old, beta) = (old, rotation, next);
            self.shift(next);
        }
        solved(stop.iterations, eta, if eta.abs() <= stop.tolerance * size { End::Converged } else { End::Iterations })
    }

    /// v₁ ← r/‖r‖. The rest is multiplied by 0 at first, which is not enough if an earlier system left an infinity.
    fn begin(&mut self, start: f64) {
        self.lanczos[0].fill(0.0);
        self.directions.iter_mut().for_each(|w| w.fill(0.0));
        scale(&mut self.lanczos[1], start);
    }

    /// The Lanczos step: leaves β_{k+1} v_{k+1} in the third vector; gives α_k and β_{k+1}.
    fn expand(&mut self, product: &mut impl FnMut(&[f64], &mut [f64]) -> Result<()>, beta: f64) -> Result<(f64, f64)> {
        let [before, v, next] = &mut self.lanczos;
        product(v, next)?;
        add(next, -beta, before);
        let alpha = dot(v, next);
        add(next, -alpha, v);
        Ok((alpha, finite(norm(next), "a product with the matrix")?))
    }

    /// The new direction and the step along it.
    fn advance(&mut self, x: &mut [f64], [epsilon, delta, gamma]: [f64; 3], length: f64) {
        let [older, old] = &mut self.directions;
        for ((w, old), v) in older.iter_mut().zip(&*old).zip(&self.lanczos[1]) {
            *w = (v - epsilon * *w - delta * old) / gamma;
        }
        add(x, length, older);
        self.directions.swap(0, 1);
    }

    /// Moves on to v_{k+1}.
    fn shift(&mut self, beta: f64) {
        self.lanczos.rotate_left(1);
        scale(&mut self.lanczos[1], beta);
    }
}

/// v ← v/size; nothing where there is none.
fn scale(v: &mut [f64], size: f64) {
    if size > 0.0 {
        v.iter_mut().for_each(|v| *v /= size);
    }
}
