//! The recognition distribution q = N(μ, diag σ²), of which the encoder gives μ and s = log σ or log σ².
//!
//! With c = ∂ log σ / ∂s: KL(q ‖ N(0, I)) = ½ Σ (σ² − 1 − log σ²) + μ², log σ² = 2cs; the score −∂ log q(z′) is (μ − z′)/σ² by μ
//! and c (1 − (z′ − μ)²/σ²) by s, with Fisher matrix 1/σ² and 2c². What is a difference of nearly equal numbers where q is near
//! N(0, I), σ² − 1 and σ² − 1 − log σ², is computed from log σ².

use crate::network::columns;
use crate::parameters::Scale;
use crate::real::Real;

/// Sizes and coordinates of q.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latent {
    /// Length of z.
    pub len: usize,
    /// c.
    pub rate: f64,
}

impl Latent {
    pub fn new(len: usize, scale: Scale) -> Self {
        Self { len, rate: if scale == Scale::LogSigma { 1.0 } else { 0.5 } }
    }

    /// μ and s of each example.
    pub fn halves<'a, T: Real>(&self, outputs: &'a [T], n: usize) -> impl Iterator<Item = (&'a [T], &'a [T])> {
        let len = self.len;
        outputs.chunks_exact(2 * len).take(n).map(move |column| column.split_at(len))
    }

    /// σ of n examples.
    pub fn sigma<T: Real>(&self, outputs: &[T], n: usize, sigma: &mut [T]) {
        let rate = T::of(self.rate);
        let sigma = &mut sigma[..self.len * n];
        for ((_, s), sigma) in self.halves(outputs, n).zip(sigma.chunks_exact_mut(self.len)) {
            sigma.iter_mut().zip(s).for_each(|(sigma, s)| *sigma = rate * *s);
        }
        T::exp(sigma);
    }

    /// z = μ + σ ε into the columns of z̄, `k` draws of each of n examples after each other.
    pub fn place<T: Real>(&self, outputs: &[T], sigma: &[T], noise: &[T], (n, k): (usize, usize), z: &mut [T]) {
        let mut rows = z.chunks_exact_mut(self.len + 1).zip(noise.chunks_exact(self.len));
        for ((mu, _), sigma) in self.halves(outputs, n).zip(sigma.chunks_exact(self.len)) {
            for (z, noise) in rows.by_ref().take(k) {
                let moved = mu.iter().zip(sigma).zip(noise);
                z.iter_mut().zip(moved).for_each(|(z, ((mu, sigma), noise))| *z = *mu + *sigma * *noise);
            }
        }
    }

    /// Σ KL(q ‖ N(0, I)) over n examples; `room` is taken for as many numbers as σ.
    pub fn divergence<T: Real>(&self, outputs: &[T], room: &mut [T], n: usize) -> f64 {
        let rest = self.log_variances(outputs, n, room);
        T::exp_m1_minus_x(rest);
        let each = self.halves(outputs, n).zip(rest.chunks_exact(self.len));
        let sums = each.map(|((mu, _), rest)| mu.iter().zip(rest).map(|(mu, rest)| rest.to() + mu.to() * mu.to()).sum::<f64>());
        0.5 * sums.sum::<f64>()
    }

    /// log σ² of n examples.
    fn log_variances<'a, T: Real>(&self, outputs: &[T], n: usize, room: &'a mut [T]) -> &'a mut [T] {
        let (twice, out) = (T::of(2.0 * self.rate), &mut room[..self.len * n]);
        for ((_, s), out) in self.halves(outputs, n).zip(out.chunks_exact_mut(self.len)) {
            out.iter_mut().zip(s).for_each(|(out, s)| *out = twice * *s);
        }
        out
    }

    /// From −log p(x|z) to log p(x, z) − log q(z|x) of each draw, by log p(z) − log q(z|x) = Σ ½ (ε² − z²) + log σ.
    pub fn add_ratios<T: Real>(&self, outputs: &[T], z: &[T], noise: &[T], (n, k): (usize, usize), out: &mut [f64]) {
        let mut draws = columns(z, self.len, n * k).zip(noise.chunks_exact(self.len)).zip(out);
        for (_, s) in self.halves(outputs, n) {
            let log_sigma: f64 = self.rate * s.iter().map(|s| s.to()).sum::<f64>();
            for ((z, noise), out) in draws.by_ref().take(k) {
                let squares = z.iter().zip(noise).map(|(z, e)| (e.to() - z.to()) * (e.to() + z.to()));
                *out = log_sigma - *out + 0.5 * squares.sum::<f64>();
            }
        }
    }

    /// δ of the encoder's outputs for −ELBO: what comes back through z, `pull`, averaged over the draws, and the divergence;
    /// `room` is taken for as many numbers as σ.
    pub fn elbo_deltas<T: Real>(&self, at: Draws<'_, T>, room: &mut [T], delta: &mut [T]) {
        let (rate, share) = (T::of(self.rate), T::of(1.0 / at.k as f64));
        self.gather(at, delta, |_, _, pull| pull * share);
        let rest = self.log_variances(at.outputs, at.n, room);
        T::exp_m1(rest);
        let each = delta.chunks_exact_mut(2 * self.len).zip(self.halves(at.outputs, at.n)).zip(rest.chunks_exact(self.len));
        for ((delta, (mu, _)), rest) in each {
            let (by_mu, by_s) = delta.split_at_mut(self.len);
            by_mu.iter_mut().zip(mu).for_each(|(delta, mu)| *delta += *mu);
            by_s.iter_mut().zip(rest).for_each(|(delta, rest)| *delta = rate * (*delta + *rest));
        }
    }

    /// The same for −L_K with normalized weights: `pull` carries K w̃ already.
    pub fn weighted_deltas<T: Real>(&self, at: Draws<'_, T>, weights: &[T], delta: &mut [T]) {
        let (rate, share) = (T::of(self.rate), T::of(1.0 / at.k as f64));
        self.gather(at, delta, |draw, z, pull| pull * share + weights[draw] * z);
        for delta in delta.chunks_exact_mut(2 * self.len).take(at.n) {
            delta[self.len..].iter_mut().for_each(|delta| *delta = rate * (*delta - T::ONE));
        }
    }

    /// Sums over the draws of each example: f by μ, f ε σ by log σ.
    fn gather<T: Real>(&self, at: Draws<'_, T>, delta: &mut [T], f: impl Fn(usize, T, T) -> T) {
        let rows = columns(at.z, self.len, at.n * at.k).zip(at.noise.chunks_exact(self.len)).zip(at.pull.chunks_exact(self.len));
        let mut rows = rows.enumerate();
        for (delta, sigma) in delta.chunks_exact_mut(2 * self.len).zip(at.sigma.chunks_exact(self.len)).take(at.n) {
            delta.fill(T::ZERO);
            let (by_mu, by_s) = delta.split_at_mut(self.len);
            for (draw, ((z, noise), pull)) in rows.by_ref().take(at.k) {
                for j in 0..self.len {
                    let back = f(draw, z[j], pull[j]);
                    by_mu[j] += back;
                    by_s[j] += back * noise[j] * sigma[j];
                }
            }
        }
    }

    /// δ of the encoder's outputs for z′ = μ + σ ε drawn from q.
    pub fn sampled_deltas<T: Real>(&self, sigma: &[T], noise: &[T], n: usize, delta: &mut [T]) {
        let rate = T::of(self.rate);
        let each = delta.chunks_exact_mut(2 * self.len).zip(sigma.chunks_exact(self.len)).zip(noise.chunks_exact(self.len));
        for ((delta, sigma), noise) in each.take(n) {
            for j in 0..self.len {
                delta[j] = -noise[j] / sigma[j];
                delta[self.len + j] = rate * (T::ONE - noise[j]) * (T::ONE + noise[j]);
            }
        }
    }

    /// δ = √F e_d.
    pub fn exact_deltas<T: Real>(&self, sigma: &[T], d: usize, n: usize, delta: &mut [T]) {
        let flat = T::of(std::f64::consts::SQRT_2 * self.rate);
        for (delta, sigma) in delta.chunks_exact_mut(2 * self.len).zip(sigma.chunks_exact(self.len)).take(n) {
            delta.fill(T::ZERO);
            delta[d] = if d < self.len { T::ONE / sigma[d] } else { flat };
        }
    }

    /// δ = F ṙ.
    pub fn metric<T: Real>(&self, sigma: &[T], moved: &mut [T], n: usize) {
        let flat = T::of(2.0 * self.rate * self.rate);
        for (moved, sigma) in moved.chunks_exact_mut(2 * self.len).zip(sigma.chunks_exact(self.len)).take(n) {
            let (by_mu, by_s) = moved.split_at_mut(self.len);
            by_mu.iter_mut().zip(sigma).for_each(|(x, sigma)| *x = *x / *sigma / *sigma);
            by_s.iter_mut().for_each(|x| *x *= flat);
        }
    }
}

/// Draws of z, `k` of each of `n` examples, and the derivative of the loss by z.
#[derive(Clone, Copy)]
pub(crate) struct Draws<'a, T> {
    pub n: usize,
    pub k: usize,
    /// μ and s.
    pub outputs: &'a [T],
    pub sigma: &'a [T],
    pub noise: &'a [T],
    /// z̄.
    pub z: &'a [T],
    /// Derivative by z.
    pub pull: &'a [T],
}
