//! The loss of a part of the minibatch, and its δ.

use crate::chunk::{Chunk, Site};
use crate::latent::Draws;
use crate::parameters::Bound;
use crate::real::Real;

impl<T: Real> Chunk<T> {
    /// The loss, and the weights of an importance weighted bound.
    pub fn cost(&mut self, site: &Site<'_, T>) {
        let (latent, outputs, loss) = (&site.spec.latent, &self.encoder.output, &self.loss);
        site.visible.costs(&loss.tape.output, &self.encoder.inputs[0], self.k, &mut self.costs);
        if site.spec.bound == Bound::Elbo {
            self.total = latent.divergence(outputs, &mut self.room, self.n) + self.costs.iter().sum::<f64>() / self.k as f64;
            return;
        }
        latent.add_ratios(outputs, &loss.tape.inputs[0], &loss.noise, (self.n, self.k), &mut self.costs);
        self.total = 0.0;
        for (logs, weights) in self.costs.chunks_exact_mut(self.k).zip(self.weights.chunks_exact_mut(self.k)) {
            self.total -= log_mean_exp(logs);
            let sum: f64 = logs.iter().sum();
            weights.iter_mut().zip(logs).for_each(|(weight, log)| *weight = T::of(*log / sum));
        }
    }

    /// All δ of the loss.
    pub fn back(&mut self, site: &Site<'_, T>) {
        let (spec, size) = (site.spec, (self.loss.n, self.k));
        let (outputs, delta, spread) = self.loss.ends();
        site.visible.deltas(outputs, &self.encoder.inputs[0], size, delta, spread);
        if spec.bound == Bound::Iwae {
            let k = T::of(self.k as f64);
            for (delta, weight) in delta.chunks_exact_mut(spec.visible).zip(&self.weights) {
                delta.iter_mut().for_each(|delta| *delta *= k * *weight);
            }
            spread.iter_mut().zip(&self.weights).for_each(|(spread, weight)| *spread *= k * *weight);
        }
        let loss = &mut self.loss;
        spec.decoder.backward(site.w, &loss.tape, &mut loss.deltas, loss.n);
        spec.decoder.input_delta(site.w, &loss.deltas, &mut self.pull, loss.n);
        let draws = Draws {
            n: self.n,
            k: self.k,
            outputs: &self.encoder.output,
            sigma: &self.sigma,
            noise: &loss.noise,
            z: &loss.tape.inputs[0],
            pull: &self.pull,
        };
        let delta = self.recognition.last_mut().map_or(&mut [][..], |last| &mut last[..]);
        match spec.bound {
            Bound::Elbo => spec.latent.elbo_deltas(draws, &mut self.room, delta),
            Bound::Iwae => spec.latent.weighted_deltas(draws, &self.weights, delta),
        }
        spec.encoder.backward(site.w, &self.encoder, &mut self.recognition, self.n);
    }
}

/// log (1/K) Σ eˣ; leaves eˣ / max eˣ in place, eˣ if that is 0 or infinite.
pub(crate) fn log_mean_exp(values: &mut [f64]) -> f64 {
    let most = values.iter().fold(f64::NEG_INFINITY, |most, x| most.max(*x));
    let most = if most.is_finite() { most } else { 0.0 };
    let count = values.len() as f64;
    values.iter_mut().for_each(|x| *x = (*x - most).exp());
    most + (values.iter().sum::<f64>() / count).ln()
}
