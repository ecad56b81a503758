//! The workloads W1 and W2 of the peer benchmarks.

use super::{At, build, rows_of, write_npy};
use elbow_check::peers::Workload;
use elbow_sdk::Model;
use elbow_vae::{EvaluationParameters, Parameters, Scale, Width};
use tempfile::TempDir;

/// 64-128-8 on digits.
pub fn w1() -> Workload {
    let digits = elbow_data::digits().expect("digits");
    Workload::w1(|row, column| digits.value(row, column))
}

/// The model at the peers' start.
pub fn start(workload: &Workload, precision: Width) -> At {
    let folder = TempDir::new().expect("a folder");
    let (rows, latent, batch) = (workload.rows(), workload.latent, workload.batch);
    let noise = write_npy(&folder.path().join("noise.npy"), &[64, batch, latent], &workload.noise());
    let particles = write_npy(&folder.path().join("particles.npy"), &[1, rows, latent], &workload.particles());
    let model = build(Parameters {
        data: rows_of(&folder, workload.visible, &workload.data),
        encoder: Some(vec![workload.hidden as f64]),
        decoder: Some(vec![workload.hidden as f64]),
        latent,
        scale: Scale::LogVariance,
        precision,
        batch: Some(batch),
        shuffle: false,
        noise,
        evaluation: EvaluationParameters { samples: 1, rows: 0, noise: particles },
        ..Parameters::default()
    });
    let (at, (theta, phi)) = (model.evaluator(0), workload.start());
    let mut at = At { model, at, theta, phi, sample: 0 };
    at.renew();
    at
}

/// The first steps of plain gradient descent.
pub fn descend(at: &mut At, steps: u64, rate: f64) {
    for t in 0..steps {
        at.sample = t;
        let (theta, phi) = at.renew().gradients();
        at.theta.iter_mut().zip(theta).for_each(|(x, g)| *x -= rate * g);
        at.phi.iter_mut().zip(phi).for_each(|(x, g)| *x -= rate * g);
    }
    at.renew();
}
