//! The likelihood p_θ(x|z) at the decoder's outputs r, with L = log σ² of a normal one.
//!
//! Bernoulli: −log p = Σ softplus(r) − x r, δ = σ(r) − x, F = p (1 − p). Normal, with u = (r − x)/σ: −log p = ½ (d (log 2π + L) +
//! |u|²), δ = u/σ, F = 1/σ²; by L δ = ½ (d − |u|²), F = d/2.

use crate::draws::Streams;
use crate::parameters::Likelihood;
use crate::real::Real;
use elbow_sdk::Result;

/// The likelihood at a point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visible {
    pub likelihood: Likelihood,
    /// Length of x.
    pub len: usize,
    /// log σ².
    pub log_variance: f64,
}

impl Visible {
    /// 1/σ of a normal likelihood; e^{−L} would overflow where this does not.
    fn scale<T: Real>(&self) -> T {
        T::of((-0.5 * self.log_variance).exp())
    }

    /// −log p(x|z) of each row, `k` rows for each column of x̄.
    pub fn costs<T: Real>(&self, outputs: &[T], x: &[T], k: usize, out: &mut [f64]) {
        let rows = outputs.chunks_exact(self.len).zip(repeated(x, self.len, k)).zip(out);
        let (scale, constant) = (self.scale::<T>(), std::f64::consts::TAU.ln() + self.log_variance);
        rows.for_each(|((r, x), out)| {
            *out = match self.likelihood {
                Likelihood::Bernoulli => T::bernoulli_loss(r, x),
                Likelihood::Gaussian => 0.5 * (self.len as f64 * constant + sum(r, x, |r, x| square((r - x) * scale))),
            }
        });
    }

    /// δ of the outputs and of log σ² for given x̄, `k` rows for each of its columns.
    pub fn deltas<T: Real>(&self, outputs: &[T], x: &[T], (n, k): (usize, usize), delta: &mut [T], spread: &mut [T]) {
        let rows = delta.chunks_exact_mut(self.len).zip(outputs.chunks_exact(self.len)).zip(repeated(x, self.len, k)).take(n);
        match self.likelihood {
            Likelihood::Bernoulli => rows.for_each(|((delta, r), x)| T::sigmoid_minus(r, x, delta)),
            Likelihood::Gaussian => {
                let scale = self.scale::<T>();
                rows.for_each(|((delta, r), x)| {
                    delta.iter_mut().zip(r).zip(x).for_each(|((delta, r), x)| *delta = (*r - *x) * scale);
                });
                self.normal_deltas(&mut delta[..self.len * n], &mut spread[..n]);
            }
        }
    }

    /// From u.
    fn normal_deltas<T: Real>(&self, delta: &mut [T], spread: &mut [T]) {
        let scale = self.scale::<T>();
        for (delta, spread) in delta.chunks_exact_mut(self.len).zip(spread) {
            *spread = T::of(0.5 * (self.len as f64 - sum(delta, delta, |u, _| square(u))));
            delta.iter_mut().for_each(|delta| *delta *= scale);
        }
    }

    /// δ = σ(r) − x′ for x′ drawn from p(x|z): Bernoulli, with uniform numbers from 32 bits each, below m = σ(−|r|) for the less
    /// likely of 0 and 1. Then δ is ±m, or ∓(1 − m) if that is drawn: no difference cancels.
    pub fn drawn_bits<T: Real>(&self, outputs: &[T], words: &[u64], n: usize, delta: &mut [T]) {
        let (outputs, delta) = (&outputs[..self.len * n], &mut delta[..self.len * n]);
        self.rarities(outputs, delta);
        each_uniform(delta, words, |m, uniform| *m = bit::<T>(uniform < *m) - *m);
        delta.iter_mut().zip(outputs).for_each(|(delta, r)| *delta = if *r > T::ZERO { *delta } else { -*delta });
    }

    /// σ(−|r|).
    fn rarities<T: Real>(&self, outputs: &[T], out: &mut [T]) {
        out.iter_mut().zip(outputs).for_each(|(out, r)| *out = if *r > T::ZERO { -*r } else { *r });
        T::sigmoid(out);
    }

    /// δ for x′ = r + σ ε: normal, u = −ε.
    pub fn drawn_normals<T: Real>(&self, noise: &[T], n: usize, delta: &mut [T], spread: &mut [T]) {
        let delta = &mut delta[..self.len * n];
        delta.iter_mut().zip(noise).for_each(|(delta, noise)| *delta = -*noise);
        self.normal_deltas(delta, &mut spread[..n]);
    }

    /// x ~ p(x|z) into the columns of x̄, from the stream of a purpose and a number; the outputs r make room for it.
    pub fn draw<T: Real>(&self, streams: &mut Streams, name: (u64, u64), outputs: &mut [T], x: &mut [T]) -> Result<()> {
        match self.likelihood {
            Likelihood::Bernoulli => {
                T::sigmoid(outputs);
                let words = streams.words(name.0, name.1, outputs.len().div_ceil(2))?;
                each_uniform(outputs, words, |p, uniform| *p = bit(uniform < *p));
                let columns = x.chunks_exact_mut(self.len + 1).zip(outputs.chunks_exact(self.len));
                columns.for_each(|(x, drawn)| x[..self.len].copy_from_slice(drawn));
            }
            Likelihood::Gaussian => {
                let deviation = T::of((0.5 * self.log_variance).exp());
                let columns = x.chunks_exact_mut(self.len + 1).zip(outputs.chunks_exact(self.len));
                columns.for_each(|(x, r)| x[..self.len].copy_from_slice(r));
                streams.normals(name.0, name.1, outputs)?;
                for (x, noise) in x.chunks_exact_mut(self.len + 1).zip(outputs.chunks_exact(self.len)) {
                    x.iter_mut().zip(noise).for_each(|(x, noise)| *x += deviation * *noise);
                }
            }
        }
        Ok(())
    }

    /// F of every output, in its place.
    pub fn information<T: Real>(&self, outputs: &[T], out: &mut [T]) {
        match self.likelihood {
            // p (1 − p) is even in r, and exact where p is small.
            Likelihood::Bernoulli => {
                self.rarities(outputs, out);
                out.iter_mut().for_each(|p| *p = *p * (T::ONE - *p));
            }
            Likelihood::Gaussian => out.fill(T::of((-self.log_variance).exp())),
        }
    }
}

/// 1 or 0.
fn bit<T: Real>(holds: bool) -> T {
    if holds { T::ONE } else { T::ZERO }
}

/// Calls `put` with every value and a uniform number; a word makes two.
fn each_uniform<T: Real>(values: &mut [T], words: &[u64], put: impl Fn(&mut T, T)) {
    for (pair, word) in values.chunks_mut(2).zip(words) {
        pair.iter_mut().zip([*word as u32, (*word >> 32) as u32]).for_each(|(value, bits)| put(value, T::uniform(bits)));
    }
}

/// The columns of x̄, each `k` times.
fn repeated<T: Real>(x: &[T], len: usize, k: usize) -> impl Iterator<Item = &[T]> {
    x.chunks_exact(len + 1).flat_map(move |x| std::iter::repeat_n(&x[..len], k))
}

fn square<T: Real>(x: T) -> T {
    x * x
}

/// Σ f(a, b) in eight lanes, which a processor adds at once.
fn sum<T: Real>(a: &[T], b: &[T], f: impl Fn(T, T) -> T) -> f64 {
    const LANES: usize = 8;
    let mut lanes = [T::ZERO; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder()).map(|(a, b)| f(*a, *b).to()).sum::<f64>();
    for (a, b) in a.zip(b) {
        lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (a, b))| *lane += f(*a, *b));
    }
    lanes.iter().map(|x| x.to()).sum::<f64>() + rest
}
