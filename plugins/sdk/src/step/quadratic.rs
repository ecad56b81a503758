//! The best combination of a direction and the last step, under a quadratic model.
//!
//! M(δ) − M(0) = gᵀδ + ½ δᵀCδ with C = F + λI, least over δ = αd + μδ₀: two products with F give the 2 × 2 system
//!
//! ⎡dᵀCd   dᵀCδ₀ ⎤ ⎡α⎤     ⎡gᵀd ⎤
//! ⎣dᵀCδ₀  δ₀ᵀCδ₀⎦ ⎣μ⎦ = − ⎣gᵀδ₀⎦
//!
//! # References
//! - J. Martens, R. Grosse, *Optimizing neural networks with Kronecker-factored approximate curvature*, ICML 2015
//!   (arXiv 1503.05671), sections 6.4 and 7.

use super::dot;
use crate::error::{Code, Error, Result};

/// Of the determinant, relative to dᵀCd · δ₀ᵀCδ₀: below this d and δ₀ count as parallel.
const PARALLEL: f64 = 1e-12;

/// The numbers that decide the step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Products {
    /// gᵀd.
    pub gd: f64,
    /// dᵀCd.
    pub dcd: f64,
    /// gᵀδ₀, dᵀCδ₀ and δ₀ᵀCδ₀, if there is a last step.
    pub last: Option<[f64; 3]>,
}

/// δ = αd + μδ₀.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuadraticStep {
    /// α; negative where d is F⁻¹g.
    pub alpha: f64,
    /// μ; 0 without a last step.
    pub mu: f64,
    /// M(δ) − M(0) ≤ 0 with the damping in C. Without it, as Levenberg and Marquardt want it: less ½ λ‖δ‖².
    pub change: f64,
}

impl Products {
    /// From the vectors: g, (d, Cd) and, if there is a last step, (δ₀, Cδ₀).
    pub fn new(g: &[f64], (d, cd): (&[f64], &[f64]), last: Option<(&[f64], &[f64])>) -> Self {
        let last = last.map(|(step, c_step)| [dot(g, step), dot(d, c_step), dot(step, c_step)]);
        Self { gd: dot(g, d), dcd: dot(d, cd), last }
    }

    /// The step that minimises M; along d alone if there is no last step or it is parallel to d.
    ///
    /// # Errors
    /// [`Code::Numeric`] unless dᵀCd is positive, or if a product is not finite.
    pub fn minimise(&self) -> Result<QuadraticStep> {
        let &Self { gd, dcd, last } = self;
        if !(dcd > 0.0 && dcd.is_finite() && gd.is_finite()) {
            return Err(Error::new(Code::Numeric, format!("the quadratic model is not convex: dᵀCd is {dcd}, gᵀd {gd}")));
        }
        let both = last.and_then(|last| self.with_last(last));
        let (alpha, mu) = both.unwrap_or((-gd / dcd, 0.0));
        let change = 0.5 * (alpha * gd + mu * last.map_or(0.0, |[g_last, ..]| g_last));
        Ok(QuadraticStep { alpha, mu, change })
    }

    /// (α, μ) by Cramer's rule; none if the system is singular or not finite.
    fn with_last(&self, [g_last, mixed, last]: [f64; 3]) -> Option<(f64, f64)> {
        let &Self { gd, dcd, .. } = self;
        let determinant = dcd * last - mixed * mixed;
        let alpha = (mixed * g_last - last * gd) / determinant;
        let mu = (mixed * gd - dcd * g_last) / determinant;
        (determinant > PARALLEL * dcd * last && (alpha + mu).is_finite()).then_some((alpha, mu))
    }
}

#[cfg(test)]
mod tests {
    use super::{Products, QuadraticStep};
    use crate::error::Code;

    const G: [f64; 2] = [3.0, -1.0];

    /// C = [[2, 1], [1, 3]].
    fn c(x: [f64; 2]) -> [f64; 2] {
        [2.0 * x[0] + x[1], x[0] + 3.0 * x[1]]
    }

    fn step(d: [f64; 2], last: Option<[f64; 2]>) -> QuadraticStep {
        let c_last = last.map(c);
        let last = last.as_ref().map(|x| x.as_slice()).zip(c_last.as_ref().map(|x| x.as_slice()));
        Products::new(&G, (&d, &c(d)), last).minimise().unwrap()
    }

    /// Two directions span the plane, so the step is −C⁻¹g = −(10, −5)/5 = (−2, 1).
    #[test]
    fn two_directions_in_the_plane_give_newtons_step() {
        let (d, last) = ([1.0, 2.0], [-1.0, 0.5]);
        let QuadraticStep { alpha, mu, change } = step(d, Some(last));
        assert!((alpha * d[0] + mu * last[0] + 2.0).abs() < 1e-14 && (alpha * d[1] + mu * last[1] - 1.0).abs() < 1e-14);
        // ½ gᵀδ = ½ (3·(−2) − 1) = −7/2.
        assert!((change + 3.5).abs() < 1e-14);
    }

    /// Along d = (1, 0) alone: α = −gᵀd/dᵀCd = −3/2, change −9/4; a parallel or vanishing last step changes nothing.
    #[test]
    fn without_a_second_direction_the_first_is_followed() {
        let alone = QuadraticStep { alpha: -1.5, mu: 0.0, change: -2.25 };
        assert_eq!(step([1.0, 0.0], None), alone);
        assert_eq!(step([1.0, 0.0], Some([-0.7, 0.0])), alone);
        assert_eq!(step([1.0, 0.0], Some([0.0, 0.0])), alone);
    }

    #[test]
    fn a_model_without_minimum_is_an_error() {
        for dcd in [0.0, -1.0, f64::NAN] {
            assert_eq!(Products { gd: 1.0, dcd, last: None }.minimise().unwrap_err().code(), Code::Numeric);
        }
    }
}
