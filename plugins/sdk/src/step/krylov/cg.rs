//! Conjugate gradients, with a diagonal preconditioner if there is one.

use super::{End, Solved, Stop, finite, residual};
use crate::error::Result;
use crate::step::{add, dot, norm};

/// Conjugate gradients with the memory that they work in.
#[derive(Clone, Debug)]
pub struct Cg {
    residual: Vec<f64>,
    scaled: Vec<f64>,
    direction: Vec<f64>,
    product: Vec<f64>,
}

impl Cg {
    /// For systems of order n. Nothing is allocated later.
    pub fn new(n: usize) -> Self {
        let zeros = || vec![0.0; n];
        Self { residual: zeros(), scaled: zeros(), direction: zeros(), product: zeros() }
    }

    /// Solves A x = b, where `product` writes A times its first argument into the second; x is the start and the solution.
    /// `diagonal`, positive, is what Jacobi's preconditioner divides residuals by.
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
        diagonal: Option<&[f64]>,
        stop: &Stop,
    ) -> Result<Solved> {
        let n = self.residual.len();
        assert!(b.len() == n && x.len() == n && diagonal.is_none_or(|d| d.len() == n), "vectors of length n");
        let (size, mut left) = residual(&mut product, b, x, &mut self.residual)?;
        let solved =
            |iterations, left: f64, end| Ok(Solved { iterations, residual: if left == 0.0 { 0.0 } else { left / size }, end });
        let mut rho = self.precondition(diagonal);
        self.direction.copy_from_slice(&self.scaled);
        for iteration in 0..stop.iterations {
            if left <= stop.tolerance * size {
                return solved(iteration, left, End::Converged);
            }
            product(&self.direction, &mut self.product)?;
            let curvature = finite(dot(&self.direction, &self.product), "a product with the matrix")?;
            if curvature <= 0.0 {
                return solved(iteration, left, End::NegativeCurvature);
            }
            let alpha = rho / curvature;
            add(x, alpha, &self.direction);
            add(&mut self.residual, -alpha, &self.product);
            left = norm(&self.residual);
            let before = std::mem::replace(&mut rho, self.precondition(diagonal));
            self.direction.iter_mut().zip(&self.scaled).for_each(|(p, z)| *p = z + rho / before * *p);
        }
        solved(stop.iterations, left, if left <= stop.tolerance * size { End::Converged } else { End::Iterations })
    }

    /// z ← D⁻¹ r; gives rᵀz.
    fn precondition(&mut self, diagonal: Option<&[f64]>) -> f64 {
        self.scaled.copy_from_slice(&self.residual);
        if let Some(diagonal) = diagonal {
            self.scaled.iter_mut().zip(diagonal).for_each(|(z, d)| *z /= d);
        }
        dot(&self.residual, &self.scaled)
    }
}
