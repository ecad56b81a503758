//! No result depends on who does which part first: parts in order, in reverse order, and on the host's threads give the same bits.

mod common;

use common::hosts::{BACKWARDS, FORWARDS};
use common::{Words, rows_of};
use elbow_check::host::HOST;
use elbow_sdk::abi::ElbowHost;
use elbow_sdk::{Estimation, Fisher, Host, Model, ModelSetup, Objective, Recognition, Rng};
use elbow_vae::{Bound, Likelihood, Parameters, Vae};
use tempfile::TempDir;

/// Everything that can be asked, as bits.
fn ask(host: &'static ElbowHost, parameters: &Parameters) -> Vec<u64> {
    let model = Vae::new(&ModelSetup::new(Host::of(host)), parameters.clone()).expect("a model");
    let (shape, mut at) = (model.shape(), model.evaluator(3));
    let (mut theta, mut phi) = (vec![0.0; shape.generative], vec![0.0; shape.recognition]);
    let mut words = Words(1);
    model.draw("he", &mut Rng::new(&mut || words.next()), &mut theta, &mut phi).expect("a draw");
    let mut all = Vec::new();
    for sample in [0, 3, 100] {
        let (mut g, mut h, mut quantities) = (theta.clone(), phi.clone(), vec![0.0; Vae::ABOUT.quantities.len()]);
        model.move_to(&mut at, &theta, &phi, sample).expect("a point");
        model.gradient(&mut at, Objective::Elbo, Recognition::Learned, &mut g).expect("a gradient");
        model.recognition_gradient(&mut at, &mut h).expect("a gradient");
        all.push(model.loss(&mut at, Objective::Elbo, Recognition::Learned).expect("a loss"));
        all.extend(g.iter().chain(&h));
        for kind in [Fisher::Aggregate, Fisher::Joint, Fisher::Visible] {
            model.fisher_product(&mut at, kind, &theta, &mut g).expect("a product");
            all.extend(&g);
        }
        model.fisher_product(&mut at, Fisher::Recognition, &phi, &mut h).expect("a product");
        model.quantities(&mut at, Recognition::Learned, &mut quantities).expect("quantities");
        all.extend(h.iter().chain(&quantities));
        for kind in [Fisher::Aggregate, Fisher::Recognition] {
            let mut keep = |rows: &elbow_sdk::Rows<'_>| {
                rows.layers.iter().for_each(|part| all.extend((0..part.deltas.len()).map(|k| part.deltas.at(k))));
                Ok(())
            };
            model.rows(&mut at, kind, Estimation::Sampled, &mut keep).expect("rows");
        }
    }
    all.into_iter().map(f64::to_bits).collect()
}

#[track_caller]
fn check(parameters: &Parameters) {
    let expected = ask(&FORWARDS, parameters);
    assert!(expected.len() > 1000);
    assert!(ask(&BACKWARDS, parameters) == expected, "backwards");
    assert!(ask(&HOST, parameters) == expected, "on threads");
}

#[test]
fn digits() {
    check(&Parameters { batch: Some(200), samples: 2, ..Parameters::default() });
    check(&Parameters { batch: Some(0), bound: Bound::Iwae, samples: 3, ..Parameters::default() });
}

/// More parameters than are kept for each part: blocks of the gradient are summed over all parts.
#[test]
fn large() {
    let folder = TempDir::new().expect("a folder");
    let mut words = Words(2);
    let values: Vec<f64> = (0..140 * 500).map(|_| words.unit()).collect();
    let data = rows_of(&folder, 500, &values);
    check(&Parameters { data, encoder: Some(vec![220.0]), likelihood: Likelihood::Gaussian, ..Parameters::default() });
}
