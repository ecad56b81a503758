//! The optimizer: statistics every s steps, matrices to solve with every i steps, θ ← θ − η F⁻¹ ∇L.

use super::whole::{Whole, apply, eigenvectors, inverse, zeros};
use elbow_sdk::{About, Capability, Estimation, Layer, Metric, Optimizer, Parts, Point, Result, Setup};

elbow_sdk::choices! {
    /// What is kept of the Fisher matrix of a layer.
    pub enum Method {
        /// A ⊗ S.
        Kfac = "kfac",
        /// Its eigenbasis with second moments.
        Ekfac = "ekfac",
        /// A block for each unit.
        UnitWise = "unit-wise",
        /// Their diagonals and borders.
        QuasiDiagonal = "quasi-diagonal",
        /// All of it.
        Block = "block-diagonal",
        /// Its diagonal.
        Diagonal = "diagonal",
    }
}

elbow_sdk::parameters! {
    /// As those of the optimizers in the bundle.
    pub struct Parameters {
        /// What is kept.
        method: Method = Method::Kfac;
        /// The metric.
        metric: Metric = Metric::default(), flatten();
        /// Which rows.
        estimation: Estimation = Estimation::Exact;
        /// η
        step_size: f64 = 0.1;
        /// λ
        lambda: f64 = 0.1;
        /// ε
        decay: f64 = 0.6;
        /// s
        statistics_period: usize = 1;
        /// i
        inverse_period: usize = 1;
        /// Updates from one eigenbasis to the next.
        basis_period: usize = 2;
        /// Decay of second moments.
        moments_decay: f64 = 0.5;
    }
}

/// A layer, or a block of a model without layers (as a layer without inputs).
struct Part {
    layer: Layer,
    /// Running averages of ā āᵀ, δ δᵀ and of (ā ⊗ δ)(ā ⊗ δ)ᵀ.
    a: Whole,
    s: Whole,
    f: Whole,
    /// Eigenvectors of A and S, as rows, and the second moments in their basis.
    basis: [Whole; 2],
    /// Their eigenvalues when the basis was found.
    values: [Vec<f64>; 2],
    moments: Whole,
    /// What the gradient is multiplied with.
    inverse: Whole,
}

/// One visit's (ā, δ, weight of ā āᵀ, weight of δ δᵀ) of a layer.
type Row = (Vec<f64>, Vec<f64>, f64, f64);

pub struct Plain {
    parameters: Parameters,
    layers: Vec<Layer>,
    parts: Vec<Part>,
    step: usize,
    updates: usize,
}

fn average(kept: &mut Whole, new: &Whole, keep: f64) {
    kept.iter_mut()
        .zip(new)
        .for_each(|(kept, new)| kept.iter_mut().zip(new).for_each(|(k, n)| *k = keep * *k + (1.0 - keep) * n));
}

fn outer(out: &mut Whole, weight: f64, x: &[f64], y: &[f64]) {
    out.iter_mut().zip(x).for_each(|(row, x)| row.iter_mut().zip(y).for_each(|(out, y)| *out += weight * x * y));
}

/// uᵀ X u for each row u.
fn values(x: &Whole, u: &Whole) -> Vec<f64> {
    u.iter().map(|u| u.iter().zip(apply(x, u)).map(|(a, b)| a * b).sum()).collect()
}

/// ā ⊗ δ, the layer's part of a score: column by column, as its parameters.
fn score(a: &[f64], d: &[f64]) -> Vec<f64> {
    a.iter().flat_map(|a| d.iter().map(move |d| a * d)).collect()
}

impl Part {
    fn new(layer: Layer) -> Self {
        let (n, m) = (layer.inputs + 1, layer.outputs);
        let moments = vec![vec![0.0; n]; m];
        let (basis, values) = ([zeros(n), zeros(m)], [vec![0.0; n], vec![0.0; m]]);
        Self { a: zeros(n), s: zeros(m), f: zeros(n * m), basis, values, moments, inverse: zeros(n * m), layer }
    }

    fn observe(&mut self, rows: &[Row], p: &Parameters, update: usize) {
        let keep = |decay: f64| (1.0 - 1.0 / (update + 1) as f64).min(decay);
        let (n, m) = (self.layer.inputs + 1, self.layer.outputs);
        let (mut a, mut s, mut f) = (zeros(n), zeros(m), zeros(n * m));
        for (input, delta, input_weight, weight) in rows {
            outer(&mut a, *input_weight, input, input);
            outer(&mut s, *weight, delta, delta);
            outer(&mut f, *weight, &score(input, delta), &score(input, delta));
        }
        average(&mut self.a, &a, keep(p.decay));
        average(&mut self.s, &s, keep(p.decay));
        average(&mut self.f, &f, keep(p.decay));
        if p.method == Method::Ekfac {
            self.observe_moments(&f, keep(p.moments_decay), update.is_multiple_of(p.basis_period));
        }
    }

    /// s_kj = (u_j ⊗ u_k)ᵀ F (u_j ⊗ u_k); those that are kept are of the F that the old basis stands for.
    fn observe_moments(&mut self, f: &Whole, keep: f64, renew: bool) {
        let along = |f: &Whole, [a, s]: &[Whole; 2], k: usize, j: usize| {
            let u = score(&a[j], &s[k]);
            u.iter().zip(apply(f, &u)).map(|(x, y)| x * y).sum::<f64>()
        };
        if renew {
            let old = self.in_basis(&self.even_moments(), |s| s);
            self.basis = [eigenvectors(&self.a), eigenvectors(&self.s)];
            self.values = [values(&self.a, &self.basis[0]), values(&self.s, &self.basis[1])];
            for (k, j) in (0..self.s.len()).flat_map(|k| (0..self.a.len()).map(move |j| (k, j))) {
                self.moments[k][j] = along(&old, &self.basis, k, j);
            }
        }
        for (k, j) in (0..self.s.len()).flat_map(|k| (0..self.a.len()).map(move |j| (k, j))) {
            self.moments[k][j] = keep * self.moments[k][j] + (1.0 - keep) * along(f, &self.basis, k, j);
        }
    }

    /// The moments, each the mean over the directions of equal eigenvalues: there any basis is as good.
    fn even_moments(&self) -> Whole {
        let [a, s] = &self.values;
        let equal = |x: &[f64], i: usize| -> Vec<usize> {
            let largest = x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            (0..x.len()).filter(|j| (x[i] - x[*j]).abs() <= 1e-9 * largest).collect()
        };
        let mean = |k: usize, j: usize| {
            let all: Vec<f64> = equal(s, k).iter().flat_map(|k| equal(a, j).into_iter().map(|j| self.moments[*k][j])).collect();
            all.iter().sum::<f64>() / all.len() as f64
        };
        (0..s.len()).map(|k| (0..a.len()).map(|j| mean(k, j)).collect()).collect()
    }

    /// Σ g(s_kj) (u_j ⊗ u_k)(u_j ⊗ u_k)ᵀ
    fn in_basis(&self, moments: &Whole, g: impl Fn(f64) -> f64) -> Whole {
        let mut out = zeros(self.f.len());
        for (k, j) in (0..self.s.len()).flat_map(|k| (0..self.a.len()).map(move |j| (k, j))) {
            let u = score(&self.basis[0][j], &self.basis[1][k]);
            outer(&mut out, g(moments[k][j]), &u, &u);
        }
        out
    }

    /// The matrix that is inverted; those of `kfac` are damped apart, and it is inverted already.
    fn invert(&mut self, p: &Parameters) {
        let (m, lambda) = (self.layer.outputs, p.lambda);
        let unit = |f: &Whole, i: usize, j: usize| if i % m == j % m { f[i][j] } else { 0.0 };
        self.inverse = match p.method {
            Method::Kfac => {
                let mean = |x: &Whole| (0..x.len()).map(|i| x[i][i]).sum::<f64>() / x.len() as f64;
                let pi = (mean(&self.a) / mean(&self.s)).sqrt();
                let (a, s) = (inverse(&self.a, pi * lambda.sqrt()), inverse(&self.s, lambda.sqrt() / pi));
                (0..self.f.len()).map(|i| (0..self.f.len()).map(|j| a[i / m][j / m] * s[i % m][j % m]).collect()).collect()
            }
            Method::Ekfac => self.in_basis(&self.even_moments(), |s| 1.0 / (s + lambda)),
            Method::Block => inverse(&self.f, lambda),
            Method::UnitWise => {
                let blocks = (0..self.f.len()).map(|i| (0..self.f.len()).map(|j| unit(&self.f, i, j)).collect()).collect();
                inverse(&blocks, lambda)
            }
            Method::Diagonal => (0..self.f.len())
                .map(|i| (0..self.f.len()).map(|j| if i == j { 1.0 / (self.f[i][i] + lambda) } else { 0.0 }).collect())
                .collect(),
            Method::QuasiDiagonal => self.bordered(lambda),
        };
    }

    /// The bordered matrices of Ollivier, as the inverse of Tᵀ D T with T b = b + Σ (M₀ᵢ/M₀₀) w_i, D diagonal.
    fn bordered(&self, lambda: f64) -> Whole {
        let (m, last, size) = (self.layer.outputs, self.layer.inputs, self.f.len());
        let (mut t, mut d) = (zeros(size), zeros(size));
        for k in 0..m {
            let m00 = self.f[last * m + k][last * m + k] + lambda;
            (t[last * m + k][last * m + k], d[last * m + k][last * m + k]) = (1.0, m00);
            for i in 0..last {
                let (m0i, mii) = (self.f[last * m + k][i * m + k], self.f[i * m + k][i * m + k] + lambda);
                t[i * m + k][i * m + k] = 1.0;
                t[last * m + k][i * m + k] = m0i / m00;
                d[i * m + k][i * m + k] = mii - m0i * m0i / m00;
            }
        }
        let dt: Whole = (0..size).map(|i| t[i].iter().map(|x| x * d[i][i]).collect()).collect();
        let f: Whole = (0..size).map(|i| (0..size).map(|j| (0..size).map(|k| t[k][i] * dt[k][j]).sum()).collect()).collect();
        inverse(&f, 0.0)
    }
}

impl Optimizer for Plain {
    const ABOUT: About = About {
        id: "check.plain-curvature",
        summary: "Structured natural gradients written out.",
        family: "check",
        references: &[],
        capabilities: &[Capability::Gradient, Capability::Fisher],
        quantities: &[],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, parameters: Parameters) -> Result<Self> {
        let block = |range: &std::ops::Range<usize>| Layer {
            name: "block".into(),
            recognition: range.start >= setup.generative,
            offset: range.start,
            inputs: 0,
            outputs: range.len(),
        };
        let parts = if setup.layers.is_empty() { setup.blocks.iter().map(block).collect() } else { setup.layers.clone() };
        Ok(Self {
            parameters,
            layers: setup.layers.clone(),
            parts: parts.into_iter().map(Part::new).collect(),
            step: 0,
            updates: 0,
        })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let p = &self.parameters;
        let gradient = at.gradient()?;
        if self.step.is_multiple_of(p.statistics_period) {
            let rows = rows(at, p, &self.layers, &self.parts)?;
            self.parts.iter_mut().zip(rows).for_each(|(part, rows)| part.observe(&rows, p, self.updates));
            self.updates += 1;
        }
        // What is cheap to invert follows every statistic; λ is that of the last refresh, the same all along here.
        let follows = matches!(p.method, Method::Ekfac | Method::Diagonal | Method::QuasiDiagonal);
        if self.step.is_multiple_of(p.inverse_period) || follows {
            self.parts.iter_mut().for_each(|part| part.invert(p));
        }
        self.step += 1;
        let mut natural = vec![0.0; gradient.len()];
        for Part { layer, inverse, .. } in &self.parts {
            layer.of_mut(&mut natural).copy_from_slice(&apply(inverse, layer.of(gradient)));
        }
        at.step_along(&natural, -p.step_size);
        Ok(())
    }
}

/// The rows of each part; of a model without layers the columns of its Fisher matrix, as rows whose squares sum to it.
fn rows(at: &Point<'_>, p: &Parameters, layers: &[Layer], parts: &[Part]) -> Result<Vec<Vec<Row>>> {
    let mut all: Vec<Vec<Row>> = parts.iter().map(|_| Vec::new()).collect();
    if layers.is_empty() {
        let fisher = at.fisher(&p.metric)?;
        for (rows, part) in all.iter_mut().zip(parts) {
            let (n, start) = (part.layer.outputs, part.layer.offset);
            let block: Whole = (0..n).map(|i| (0..n).map(|j| fisher.at(start + i, start + j)).collect()).collect();
            // F = Σ_k λ_k u_k u_kᵀ, a row √1 u_k of weight λ_k each.
            for u in eigenvectors(&block) {
                let value = u.iter().zip(apply(&block, &u)).map(|(x, y)| x * y).sum();
                rows.push((vec![1.0], u, value, value));
            }
        }
        return Ok(all);
    }
    at.rows(&p.metric, p.estimation, Parts::Both, layers, &mut |batch| {
        for seen in batch.layers {
            let (n, m) = (layers[seen.layer].inputs + 1, layers[seen.layer].outputs);
            for r in 0..batch.count {
                let input = (0..n).map(|i| seen.inputs.at(r * n + i)).collect();
                let delta = (0..m).map(|k| seen.deltas.at(r * m + k)).collect();
                all[seen.layer].push((input, delta, batch.inputs_weight, batch.weight));
            }
        }
        Ok(())
    })?;
    Ok(all)
}

elbow_sdk::bundle!(pub fn bundle = [optimizer Plain]);
