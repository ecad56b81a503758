//! The visible Fisher matrix, that of N(μ, C) by (W, μ, log σ²).
//!
//! ```text
//! G_V[i, j] = ½ tr(K ∂_iC K ∂_jC) + ∂_iμᵀ K ∂_jμ          K = C⁻¹ = (I − Q Qᵀ) / σ²
//! ∂C / ∂W_ia = e_i w_aᵀ + w_a e_iᵀ      ∂C / ∂log σ² = σ² I      Y = K W = W M⁻¹ = Q T⁻ᵀ      N = Wᵀ K W = I − S Sᵀ
//! G_V[(i,a), (j,b)] = Y_ja Y_ib + K_ij N_ab       G_V[(i,a), λ] = σ² (K Y)_ia = (Y S Sᵀ)_ia
//! G_V[μ, μ] = K       G_V[λ, λ] = ½ σ⁴ tr K² = ½ (d − k + ‖S Sᵀ‖²)
//! ```
//!
//! So the product with (X, u, l) is (Y XᵀY + K X N + l σ² K Y, K u, σ² ⟨K Y, X⟩ + l G_V[λ, λ]), of order d k².

use crate::moments::{inner, squares};
use crate::point::Point;
use faer::{Mat, MatRef};

/// What the matrix is made of.
pub(crate) struct Visible<'a> {
    point: &'a Point,
    /// Y, d × k.
    y: Mat<f64>,
    /// N, k × k.
    n: Mat<f64>,
    /// σ² K Y, d × k.
    mixed: Mat<f64>,
    /// G_V[λ, λ], if log σ² is a parameter.
    noise: Option<f64>,
}

impl<'a> Visible<'a> {
    pub fn new(point: &'a Point, learned_noise: bool) -> Self {
        let (y, spread) = (point.root.gain().transpose().to_owned(), &point.root.spread);
        let covariance = spread * spread.transpose();
        let along = |a| inner(point.loading().subcols(a, 1), y.as_ref().subcols(a, 1));
        // Where W is small beside σ its own product has the digits that 1 − (S Sᵀ)_aa has lost.
        let kept = |a| Some(1.0 - covariance[(a, a)]).filter(|n| *n > 0.5).unwrap_or_else(|| along(a));
        let n = Mat::from_fn(y.ncols(), y.ncols(), |a, b| if a == b { kept(a) } else { -covariance[(a.max(b), a.min(b))] });
        let noise = 0.5 * ((y.nrows() - y.ncols()) as f64 + squares(covariance.as_ref(), 1.0));
        Self { point, mixed: &y * &covariance, y, n, noise: learned_noise.then_some(noise) }
    }

    /// K X for X of d rows.
    fn inverse_times(&self, x: MatRef<'_, f64>) -> Mat<f64> {
        let range = &self.point.root.range;
        faer::Scale(1.0 / self.point.variance) * (x - range * (range.transpose() * x))
    }

    /// K_ij.
    fn inverse_at(&self, i: usize, j: usize) -> f64 {
        let range = &self.point.root.range;
        let along: f64 = (0..self.n.nrows()).map(|a| range[(i, a)] * range[(j, a)]).sum();
        (f64::from(u8::from(i == j)) - along) / self.point.variance
    }

    /// The whole matrix, from the entries of one triangle.
    pub fn dense(&self, out: &mut [f64]) {
        let (d, k) = (self.y.nrows(), self.y.ncols());
        let p = d * (k + 1) + usize::from(self.noise.is_some());
        let inverse = Mat::from_fn(d, d, |i, j| self.inverse_at(i.max(j), i.min(j)));
        for column in 0..p {
            for row in column..p {
                let entry = self.entry(&inverse, (row / d, row % d), (column / d, column % d));
                (out[column * p + row], out[row * p + column]) = (entry, entry);
            }
        }
    }

    /// Entry of two parameters (column of W̄, row); the column after that of μ means log σ².
    fn entry(&self, inverse: &Mat<f64>, (b, j): (usize, usize), (a, i): (usize, usize)) -> f64 {
        let k = self.y.ncols();
        match (a, b) {
            _ if a < k && b < k => self.y[(j, a)] * self.y[(i, b)] + inverse[(i, j)] * self.n[(b.max(a), b.min(a))],
            _ if a == k && b == k => inverse[(i, j)],
            _ if a > k && b > k => self.noise.unwrap_or_default(),
            _ if b > k && a < k => self.mixed[(i, a)],
            _ if a > k && b < k => self.mixed[(j, b)],
            _ => 0.0,
        }
    }

    /// The diagonal.
    pub fn diagonal(&self, out: &mut [f64]) {
        let (d, k) = (self.y.nrows(), self.y.ncols());
        for i in 0..d {
            let inverse = self.inverse_at(i, i);
            (0..k).for_each(|a| out[a * d + i] = self.y[(i, a)].powi(2) + inverse * self.n[(a, a)]);
            out[k * d + i] = inverse;
        }
        out[(k + 1) * d..].fill(self.noise.unwrap_or_default());
    }

    /// The product with a vector.
    pub fn product(&self, vector: &[f64], out: &mut [f64]) {
        let (d, k) = (self.y.nrows(), self.y.ncols());
        let (layer, tail) = vector.split_at(d * (k + 1));
        let all = MatRef::from_column_major_slice(layer, d, k + 1);
        let (x, noise) = (all.subcols(0, k), tail.first().copied().unwrap_or_default());
        let moved = self.inverse_times(all);
        let turned = &self.y * (x.transpose() * &self.y) + moved.as_ref().subcols(0, k) * &self.n;
        for (a, column) in out.chunks_exact_mut(d).take(k + 1).enumerate() {
            for (i, out) in column.iter_mut().enumerate() {
                *out = if a < k { turned[(i, a)] + noise * self.mixed[(i, a)] } else { moved[(i, a)] };
            }
        }
        let along = inner(self.mixed.as_ref(), x);
        out[d * (k + 1)..].iter_mut().for_each(|out| *out = along + noise * self.noise.unwrap_or_default());
    }
}
