//! A root of the precision of the posterior, from reflections of W below σ I.
//!
//! ```text
//! M = Wᵀ W + σ² I = Tᵀ T      [σ I; W] = [S; Q] T      S = σ T⁻¹      σ² M⁻¹ = S Sᵀ      W M⁻¹ = (T⁻¹ Qᵀ)ᵀ
//! ```
//!
//! M itself is formed nowhere: with W far above σ its small eigenvalues would be roundings of W², and with W beyond 1e154 no numbers.

use crate::factor::{factor, length};
use elbow_sdk::{Code, Error, Result};
use faer::{Mat, MatRef};

/// Roundings for each row below which a column counts as a combination of those before it.
const ROUNDINGS: f64 = 16.0;

/// T and what it is made of.
pub(crate) struct Root {
    /// T, k × k, upper triangular.
    pub root: Mat<f64>,
    /// Q, d × k: W = Q T.
    pub range: Mat<f64>,
    /// S, k × k, upper triangular, at most 1 in norm.
    pub spread: Mat<f64>,
    /// log(M_aa / σ²), length k.
    pub excess: Vec<f64>,
}

impl Root {
    /// Of W, d × k, and σ.
    pub fn new(loading: MatRef<'_, f64>, sigma: f64) -> Result<Self> {
        let (d, k) = loading.shape();
        let scaled = Mat::from_fn(k, k, |a, b| if a == b { sigma } else { 0.0 });
        let (root, range) = factor(scaled.clone(), loading.to_owned());
        let lengths: Vec<f64> = (0..k).map(|a| length(root.col(a))).collect();
        let tolerance = ROUNDINGS * (d + k) as f64 * f64::EPSILON;
        // NaN is no positive share either.
        if let Some(a) = (0..k).find(|a| !(root[(*a, *a)].abs() > tolerance * lengths[*a] && lengths[*a] < f64::INFINITY)) {
            return Err(singular(a, sigma));
        }
        let excess = (0..k).map(|a| excess(length(loading.col(a)) / sigma)).collect();
        let mut spread = scaled;
        root.solve_upper_triangular_in_place(spread.as_mut());
        Ok(Self { root, range, spread, excess })
    }

    /// T⁻¹ X.
    pub fn solve(&self, mut x: Mat<f64>) -> Mat<f64> {
        self.root.solve_upper_triangular_in_place(x.as_mut());
        x
    }

    /// M⁻¹ Wᵀ, k × d.
    pub fn gain(&self) -> Mat<f64> {
        self.solve(self.range.transpose().to_owned())
    }

    /// log M_aa − log t_aa² for each a, at least 0: their sum is Σ log M_aa − log |M|, which vanishes where M is diagonal.
    pub fn mixing(&self) -> impl Iterator<Item = f64> {
        let share = |a: usize| (0..a).map(|b| (self.root[(b, a)] / self.root[(a, a)]).powi(2)).sum::<f64>();
        (0..self.root.ncols()).map(move |a| share(a).ln_1p())
    }

    /// log |M| − k log σ².
    pub fn log_determinant(&self) -> f64 {
        self.excess.iter().zip(self.mixing()).map(|(excess, mixing)| excess - mixing).sum()
    }
}

/// log(1 + r²), also where r² is no number.
fn excess(r: f64) -> f64 {
    if r <= 1.0 { (r * r).ln_1p() } else { 2.0 * r.ln() + (1.0 / r).powi(2).ln_1p() }
}

fn singular(a: usize, sigma: f64) -> Error {
    let why = if a == 0 { "is not finite" } else { "is a combination of those before it up to rounding" };
    let message = format!("Wᵀ W + σ² I cannot be told from a singular matrix: column {} of W {why}, and σ is {sigma:.2e}", a + 1);
    Error::new(Code::Numeric, message)
}
