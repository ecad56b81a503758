//! The likelihood p_θ(x|z) at the decoder's outputs r, with L = log σ² of a normal one.
//!
//! Bernoulli: −log p = Σ softplus(r) − x r, δ = σ(r) − x, F = p (1 − p). Normal: −log p = ½ (d (log 2π + L) + |x − r|² e^{−L}),
//! δ = (r − x) e^{−L}, F = e^{−L}; by L δ = ½ (d − |x − r|² e^{−L}), F = d/2.

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
    /// −log p(x|z) of each row, `k` rows for each column of x̄.
    pub fn costs<T: Real>(&self, outputs: &[T], x: &[T], k: usize, out: &mut [f64]) {
        let rows = outputs.chunks_exact(self.len).zip(repeated(x, self.len, k)).zip(out);
        let (precision, constant) = ((-self.log_variance).exp(), std::f64::consts::TAU.ln() + self.log_variance);
        rows.for_each(|((r, x), out)| {
            *out = match self.likelihood {
                Likelihood::Bernoulli => T::bernoulli_loss(r, x),
                Likelihood::Gaussian => 0.5 * (self.len as f64 * constant + precision * squares(r, x)),
            }
        });
    }

    /// δ of the outputs and of log σ² for given x̄, `k` rows for each of its columns.
    pub fn deltas<T: Real>(&self, outputs: &[T], x: &[T], (n, k): (usize, usize), delta: &mut [T], spread: &mut [T]) {
        let rows = delta.chunks_exact_mut(self.len).zip(outputs.chunks_exact(self.len)).zip(repeated(x, self.len, k)).take(n);
        match self.likelihood {
            Likelihood::Bernoulli => rows.for_each(|((delta, r), x)| T::sigmoid_minus(r, x, delta)),
            Likelihood::Gaussian => {
                rows.for_each(|((delta, r), x)| {
                    delta.iter_mut().zip(r).zip(x).for_each(|((delta, r), x)| *delta = *r - *x);
                });
                self.normal_deltas(&mut delta[..self.len * n], &mut spread[..n]);
            }
        }
    }

    /// From r − x.
    fn normal_deltas<T: Real>(&self, delta: &mut [T], spread: &mut [T]) {
        let precision = (-self.log_variance).exp();
        for (delta, spread) in delta.chunks_exact_mut(self.len).zip(spread) {
            let squares = sum(delta, delta, |r, _| r * r);
            *spread = T::of(0.5 * (self.len as f64 - precision * squares));
            delta.iter_mut().for_each(|delta| *delta *= T::of(precision));
        }
    }

    /// δ for x′ drawn from p(x|z): Bernoulli, with uniform numbers from 32 bits each.
    pub fn drawn_bits<T: Real>(&self, outputs: &[T], words: &[u64], n: usize, delta: &mut [T]) {
        let delta = &mut delta[..self.len * n];
        delta.copy_from_slice(&outputs[..self.len * n]);
        T::sigmoid(delta);
        each_bit(delta, words, |delta, x| *delta -= x);
    }

    /// δ for x′ = r + σ ε: normal.
    pub fn drawn_normals<T: Real>(&self, noise: &[T], n: usize, delta: &mut [T], spread: &mut [T]) {
        let (delta, deviation) = (&mut delta[..self.len * n], T::of((0.5 * self.log_variance).exp()));
        delta.iter_mut().zip(noise).for_each(|(delta, noise)| *delta = -deviation * *noise);
        self.normal_deltas(delta, &mut spread[..n]);
    }

    /// x ~ p(x|z) into the columns of x̄, from the stream of a purpose and a number; the outputs r make room for it.
    pub fn draw<T: Real>(&self, streams: &mut Streams, name: (u64, u64), outputs: &mut [T], x: &mut [T]) -> Result<()> {
        match self.likelihood {
            Likelihood::Bernoulli => {
                T::sigmoid(outputs);
                let words = streams.words(name.0, name.1, outputs.len().div_ceil(2))?;
                each_bit(outputs, words, |p, x| *p = x);
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
                out.iter_mut().zip(outputs).for_each(|(out, r)| *out = if *r > T::ZERO { -*r } else { *r });
                T::sigmoid(out);
                out.iter_mut().for_each(|p| *p = *p * (T::ONE - *p));
            }
            Likelihood::Gaussian => out.fill(T::of((-self.log_variance).exp())),
        }
    }
}

/// Calls `put` with every probability and a Bernoulli variable of that probability; a word makes two.
fn each_bit<T: Real>(p: &mut [T], words: &[u64], put: impl Fn(&mut T, T)) {
    for (pair, word) in p.chunks_mut(2).zip(words) {
        for (p, bits) in pair.iter_mut().zip([*word as u32, (*word >> 32) as u32]) {
            let x = if T::uniform(bits) < *p { T::ONE } else { T::ZERO };
            put(p, x);
        }
    }
}

/// The columns of x̄, each `k` times.
fn repeated<T: Real>(x: &[T], len: usize, k: usize) -> impl Iterator<Item = &[T]> {
    x.chunks_exact(len + 1).flat_map(move |x| std::iter::repeat_n(&x[..len], k))
}

/// |a − b|².
fn squares<T: Real>(a: &[T], b: &[T]) -> f64 {
    sum(a, b, |a, b| (a - b) * (a - b))
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
