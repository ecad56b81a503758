//! Starts: weights of layers, biases zero. A start depends on the random words, the sizes of the layers and the distribution's
//! name alone. It is one of distributions, not of coordinates: where s is log σ² it is twice the log σ that would have been
//! drawn.

use crate::affine::Affine;
use crate::network::Network;
use crate::spec::Spec;
use elbow_sdk::{Error, Result, Rng};

/// Draws θ and φ.
pub(crate) fn draw(spec: &Spec, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
    let weight: fn(&Affine, &mut Rng<'_>) -> f64 = match kind {
        // Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010.
        "default" => |layer, rng| (2.0 * rng.uniform() - 1.0) * (6.0 / (layer.inputs + layer.outputs) as f64).sqrt(),
        // He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015.
        "he" => |layer, rng| rng.normal() * (2.0 / layer.inputs as f64).sqrt(),
        other => return Err(Error::parameter("", format!("there is no distribution `{other}`: default | he"))),
    };
    fill(&spec.decoder, 0, rng, weight, theta);
    if let Some(place) = spec.learned {
        theta[place] = spec.log_variance;
    }
    fill(&spec.encoder, spec.generative, rng, weight, phi);
    if let Some(last) = spec.encoder.layers.last() {
        let columns = phi[last.offset - spec.generative..][..last.len()].chunks_exact_mut(last.outputs);
        columns.for_each(|column| column[spec.latent.len..].iter_mut().for_each(|s| *s /= spec.latent.rate));
    }
    Ok(())
}

/// One network; `first` is its place in (θ, φ).
fn fill(network: &Network, first: usize, rng: &mut Rng<'_>, weight: fn(&Affine, &mut Rng<'_>) -> f64, out: &mut [f64]) {
    for layer in &network.layers {
        let (weights, biases) = out[layer.offset - first..][..layer.len()].split_at_mut(layer.inputs * layer.outputs);
        weights.iter_mut().for_each(|x| *x = weight(layer, rng));
        biases.fill(0.0);
    }
}
