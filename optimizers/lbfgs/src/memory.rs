//! The memory of a quasi-Newton method, and the inverse Hessian that it stands for.

use elbow_sdk::step::{add, dot, norm};
use elbow_sdk::{Result, State};

/// sᵀy must be above this share of ‖s‖ ‖y‖: else the pair says nothing about curvature, or that it is negative.
const LEAST_CURVATURE: f64 = 1e-10;

/// s, a step, and y, the change of the gradient along it.
#[derive(Clone, Debug)]
struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
}

/// The last m pairs.
#[derive(Clone, Debug)]
pub struct Memory {
    /// A ring.
    pairs: Vec<Pair>,
    /// How many pairs were kept so far; the newest stands before the place `kept` mod m.
    kept: u64,
    alphas: Vec<f64>,
}

impl Memory {
    /// Room for m ≥ 1 pairs of `dimension` parameters.
    pub fn new(m: usize, dimension: usize) -> Self {
        let zeros = || vec![0.0; dimension];
        let pairs = (0..m.max(1)).map(|_| Pair { s: zeros(), y: zeros() }).collect();
        Self { pairs, kept: 0, alphas: vec![0.0; m.max(1)] }
    }

    /// Forgets everything: H becomes I.
    pub fn clear(&mut self) {
        self.kept = 0;
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// Keeps the pair s = to − from, y = gradient there − gradient here, if it has positive curvature.
    pub fn keep(&mut self, [from, to]: [&[f64]; 2], [here, there]: [&[f64]; 2]) {
        let place = (self.kept % self.pairs.len() as u64) as usize;
        // The oldest pair is overwritten, so the new one is measured before.
        let (mut sy, mut ss, mut yy) = (0.0, 0.0, 0.0);
        for ((a, b), (g, h)) in from.iter().zip(to).zip(here.iter().zip(there)) {
            let (s, y) = (b - a, h - g);
            (sy, ss, yy) = (sy + s * y, ss + s * s, yy + y * y);
        }
        if sy > LEAST_CURVATURE * (ss * yy).sqrt() {
            let Pair { s, y } = &mut self.pairs[place];
            s.iter_mut().zip(from.iter().zip(to)).for_each(|(s, (a, b))| *s = b - a);
            y.iter_mut().zip(here.iter().zip(there)).for_each(|(y, (g, h))| *y = h - g);
            self.kept += 1;
        }
    }

    /// q ← H q, the two-loop recursion.
    pub fn apply(&mut self, q: &mut [f64]) {
        let m = self.pairs.len() as u64;
        let places = self.kept.saturating_sub(m)..self.kept;
        let place = |k: u64| (k % m) as usize;
        for k in places.clone().rev() {
            let Pair { s, y } = &self.pairs[place(k)];
            self.alphas[place(k)] = dot(s, q) / dot(s, y);
            add(q, -self.alphas[place(k)], y);
        }
        if let Some(Pair { s, y }) = places.clone().next_back().map(|k| &self.pairs[place(k)]) {
            let gamma = dot(s, y) / norm(y).powi(2); // H₀ = γ I
            q.iter_mut().for_each(|q| *q *= gamma);
        }
        for k in places {
            let Pair { s, y } = &self.pairs[place(k)];
            add(q, self.alphas[place(k)] - dot(y, q) / dot(s, y), s);
        }
    }

    /// Visits the pairs.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.count(&mut self.kept)?;
        self.pairs.iter_mut().try_for_each(|Pair { s, y }| state.numbers(s).and_then(|()| state.numbers(y)))
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use elbow_sdk::step::{dot, norm};

    /// Pairs of the Hessian A = diag(1, 4, 9) + a coupling.
    fn a(x: &[f64]) -> Vec<f64> {
        vec![x[0] + 0.5 * x[1], 0.5 * x[0] + 4.0 * x[1] - x[2], 9.0 * x[2] - x[1]]
    }

    fn keep(memory: &mut Memory, s: &[f64]) {
        memory.keep([&[0.0; 3], s], [&[0.0; 3], &a(s)]);
    }

    const STEPS: [[f64; 3]; 4] = [[1.0, 0.0, 2.0], [0.3, -1.0, 0.0], [0.0, 0.5, 1.0], [2.0, 1.0, -1.0]];

    /// H = V ᵀ … (γ I) … V + Σ ρ s sᵀ, the BFGS update applied to a dense matrix.
    fn dense(steps: &[[f64; 3]]) -> Vec<Vec<f64>> {
        let last = &steps[steps.len() - 1];
        let gamma = dot(last, &a(last)) / dot(&a(last), &a(last));
        let identity = |i: usize, j: usize| f64::from(u8::from(i == j));
        let mut h: Vec<Vec<f64>> = (0..3).map(|i| (0..3).map(|j| gamma * identity(i, j)).collect()).collect();
        for s in steps {
            let (y, rho) = (a(s), 1.0 / dot(s, &a(s)));
            let v = |i: usize, j: usize| identity(i, j) - rho * y[i] * s[j];
            let inner = |h: &Vec<Vec<f64>>, i: usize, j: usize| -> f64 {
                (0..9).map(|k| v(k / 3, i) * h[k / 3][k % 3] * v(k % 3, j)).sum()
            };
            h = (0..3).map(|i| (0..3).map(|j| inner(&h, i, j) + rho * s[i] * s[j]).collect()).collect();
        }
        h
    }

    /// The recursion is the product with the dense BFGS matrix of the last m pairs; before the first pair it is the identity.
    #[test]
    fn the_recursion_is_the_dense_update() {
        let q = [0.7, -1.1, 0.4];
        let mut memory = Memory::new(3, 3);
        let mut first = q;
        memory.apply(&mut first);
        assert_eq!(first, q);
        for n in 1..=4 {
            keep(&mut memory, &STEPS[n - 1]);
            let mut found = q;
            memory.apply(&mut found);
            for (found, row) in found.iter().zip(dense(&STEPS[n.saturating_sub(3)..n])) {
                assert!((found - dot(&row, &q)).abs() < 1e-13, "after {n} pairs");
            }
        }
    }

    /// The newest pair is met exactly: H y = s.
    #[test]
    fn the_secant_equation_holds() {
        let mut memory = Memory::new(2, 3);
        STEPS.iter().for_each(|s| keep(&mut memory, s));
        let mut q = a(&STEPS[3]);
        memory.apply(&mut q);
        q.iter_mut().zip(STEPS[3]).for_each(|(q, s)| *q -= s);
        assert!(norm(&q) < 1e-13);
    }

    #[test]
    fn pairs_without_curvature_are_left_out() {
        let mut memory = Memory::new(2, 3);
        let zero = [0.0; 3];
        memory.keep([&zero, &[1.0, 0.0, 0.0]], [&zero, &[-1.0, 0.0, 0.0]]);
        memory.keep([&zero, &[1.0, 0.0, 0.0]], [&zero, &[0.9e-10, 1.0, 0.0]]);
        memory.keep([&zero, &zero], [&zero, &zero]);
        assert!(memory.is_empty());
        memory.keep([&zero, &[1.0, 0.0, 0.0]], [&zero, &[1.1e-10, 1.0, 0.0]]);
        assert!(!memory.is_empty());
        memory.clear();
        assert!(memory.is_empty());
    }
}
