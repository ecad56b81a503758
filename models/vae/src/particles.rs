//! Products with an estimate of the visible Fisher matrix G_V(θ) = E_{p_θ(x)}[s̄ s̄ᵀ], s̄(x) = E_{p_θ(z|x)}[∇ log p_θ(x|z)].
//!
//! For each x drawn from the model two independent sets of draws z_k ~ q(z|x), with weights w̃ ∝ p(x, z)/q(z|x) that are
//! normalized in each set, stand for the posterior: s̄_1, s̄_2. Then G_V v ≈ 1/(2n) Σ s̄_1 (s̄_2·v) + s̄_2 (s̄_1·v), without bias
//! if q is the posterior, else with one that the number of draws makes small. A sum of few terms is symmetric but can have
//! negative eigenvalues.

use crate::chunk::{Chunk, Site};
use crate::decoding::Decoding;
use crate::loss::log_mean_exp;
use crate::network::Tape;
use crate::real::{Real, product, view, view_mut};
use crate::spec::Spec;
use elbow_data::purpose;
use elbow_sdk::Result;

/// z ~ p(z), then x ~ p(x|z), then ε of the two sets.
const PRIOR: u64 = purpose::MODEL + 2;
const OBSERVED: u64 = purpose::MODEL + 3;
const SETS: [u64; 2] = [purpose::MODEL + 4, purpose::MODEL + 5];

/// Room for them, taken when first needed.
pub(crate) struct Particles<T> {
    encoder: Tape<T>,
    sigma: Vec<T>,
    /// The two sets, with δ of every draw times its weight: s̄ = −Σ_k δ_k ā_kᵀ.
    sets: [Decoding<T>; 2],
    /// s̄·v of each x.
    along: [Vec<T>; 2],
    costs: Vec<f64>,
    scratch: Vec<T>,
    /// This part's share of the product.
    pub gradient: Vec<T>,
}

impl<T: Real> Particles<T> {
    fn new(spec: &Spec, n: usize) -> Self {
        let draws = n * spec.particles;
        let widest = spec.decoder.layers.iter().map(|layer| layer.outputs).max().unwrap_or(0);
        Self {
            encoder: spec.encoder.forward_tape(n),
            sigma: vec![T::ZERO; spec.latent.len * n],
            sets: [0, 1].map(|_| Decoding::new(spec, draws)),
            along: [0, 1].map(|_| vec![T::ZERO; n]),
            costs: vec![0.0; draws],
            scratch: vec![T::ZERO; widest * draws],
            gradient: vec![T::ZERO; spec.generative],
        }
    }

    /// s̄·v of each x, for one set.
    fn project(&mut self, spec: &Spec, set: usize, v: &[T]) {
        let Self { sets, along, scratch, .. } = self;
        let (pass, along) = (&sets[set], &mut along[set]);
        along.fill(T::ZERO);
        let share = pass.n / along.len().max(1);
        for (l, layer) in spec.decoder.layers.iter().enumerate() {
            let moved = &mut scratch[..layer.outputs * pass.n];
            let a = view(&pass.tape.inputs[l], layer.inputs + 1, pass.n);
            product(view_mut(moved, layer.outputs, pass.n), false, layer.matrix(v), a, 1.0);
            let parts = moved.chunks_exact(layer.outputs * share).zip(pass.deltas[l].chunks_exact(layer.outputs * share));
            for ((moved, delta), along) in parts.zip(along.iter_mut()) {
                moved.iter().zip(delta).for_each(|(moved, delta)| *along -= *moved * *delta);
            }
        }
        if let Some(place) = spec.learned {
            for (spread, along) in pass.spread.chunks_exact(share).zip(along) {
                spread.iter().for_each(|spread| *along -= *spread * v[place]);
            }
        }
    }

    /// Adds scale · Σ s̄ c for the s̄ of one set and a number c for each x, those of the other set.
    fn combine(&mut self, spec: &Spec, set: usize, scale: f64) {
        let Self { sets, along, scratch, gradient, .. } = self;
        let (pass, along) = (&sets[set], &along[1 - set]);
        let share = pass.n / along.len().max(1);
        for (l, layer) in spec.decoder.layers.iter().enumerate() {
            let scaled = &mut scratch[..layer.outputs * pass.n];
            scaled.copy_from_slice(&pass.deltas[l]);
            let parts = scaled.chunks_exact_mut(layer.outputs * share).zip(along);
            parts.for_each(|(delta, along)| delta.iter_mut().for_each(|delta| *delta *= *along));
            let a = view(&pass.tape.inputs[l], layer.inputs + 1, pass.n).transpose();
            let out = view_mut(layer.of_mut(gradient), layer.outputs, layer.inputs + 1);
            product(out, set > 0, view(scaled, layer.outputs, pass.n), a, -scale);
        }
        if let Some(place) = spec.learned {
            let parts = pass.spread.chunks_exact(share).zip(along);
            let sum: f64 = parts.map(|(spread, along)| along.to() * spread.iter().map(|x| x.to()).sum::<f64>()).sum();
            gradient[place] = if set > 0 { gradient[place] } else { T::ZERO } - T::of(scale * sum);
        }
    }
}

impl<T: Real> Chunk<T> {
    /// Draws x and, for each, two weighted sets of z with the δ of their scores.
    pub fn observe(&mut self, site: &Site<'_, T>) -> Result<()> {
        let (spec, n, number) = (site.spec, self.n, site.number.wrapping_add(self.index as u64));
        let (streams, k) = (&mut self.streams, spec.particles);
        let Particles { encoder, sigma, sets, costs, .. } = self.particles.get_or_insert_with(|| Particles::new(spec, n));
        let first = &mut sets[0];
        let noise = &mut first.noise[..spec.latent.len * n];
        streams.normals(PRIOR, number, noise)?;
        let columns = first.tape.inputs[0].chunks_exact_mut(spec.latent.len + 1).zip(noise.chunks_exact(spec.latent.len));
        columns.for_each(|(z, noise)| z[..noise.len()].copy_from_slice(noise));
        spec.decoder.forward(site.w, &mut first.tape, n);
        let (outputs, x) = (&mut first.tape.output[..spec.visible * n], &mut encoder.inputs[0]);
        site.visible.draw(streams, (OBSERVED, number), outputs, x)?;
        spec.encoder.forward(site.w, encoder, n);
        spec.latent.sigma(&encoder.output, n, sigma);
        for (pass, purpose) in sets.iter_mut().zip(SETS) {
            streams.normals(purpose, number, &mut pass.noise)?;
            spec.latent.place(&encoder.output, sigma, &pass.noise, (n, k), &mut pass.tape.inputs[0]);
            spec.decoder.forward(site.w, &mut pass.tape, pass.n);
            site.visible.costs(&pass.tape.output, &encoder.inputs[0], k, costs);
            spec.latent.add_ratios(&encoder.output, &pass.tape.inputs[0], &pass.noise, (n, k), costs);
            costs.chunks_exact_mut(k).for_each(normalize);
            let (draws, (outputs, delta, spread)) = (n * k, pass.ends());
            site.visible.deltas(outputs, &encoder.inputs[0], (draws, k), delta, spread);
            for (delta, weight) in delta.chunks_exact_mut(spec.visible).zip(&*costs) {
                delta.iter_mut().for_each(|delta| *delta *= T::of(*weight));
            }
            spread.iter_mut().zip(&*costs).for_each(|(spread, weight)| *spread *= T::of(*weight));
            spec.decoder.backward(site.w, &pass.tape, &mut pass.deltas, pass.n);
        }
        Ok(())
    }

    /// This part's share of a product; `v` is indexed as (θ, φ).
    pub fn visible_product(&mut self, site: &Site<'_, T>, v: &[T]) {
        let Some(particles) = &mut self.particles else { return };
        let scale = 0.5 / site.rows.len() as f64;
        (0..2).for_each(|set| particles.project(site.spec, set, v));
        (0..2).for_each(|set| particles.combine(site.spec, set, scale));
    }
}

/// From log w to w / Σ w.
fn normalize(logs: &mut [f64]) {
    log_mean_exp(logs);
    let sum: f64 = logs.iter().sum();
    logs.iter_mut().for_each(|x| *x /= sum);
}
