//! Probes, and the published histograms.

mod common;

use common::plan;
use elbow_engine::live::Control;
use elbow_engine::probe::{self, Probed};

const MODEL: &str = "[[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
    target = { table = [0.1816, 0.0056, 0.5750, 0.0178, 0.1750, 0.0054, 0.0384, 0.0012] }\n";

fn probed(probe: &str, jobs: usize) -> Probed {
    let plan = plan(&format!("[probe]\n{probe}\n{MODEL}"));
    let live = elbow_engine::live::Live::new(probe::live(&plan)).cells();
    probe::run(&plan, &live, &Control::default(), jobs, None).unwrap().remove(0)
}

fn histogram<'a>(probed: &'a Probed, name: &str) -> &'a elbow_engine::histogram::Histogram {
    probed.histograms.iter().find(|histogram| histogram.metric == name).unwrap()
}

#[test]
fn drawn_points_do_not_depend_on_threads() {
    let [one, two] = [1, 2].map(|jobs| probed("points = 2000", jobs));
    assert_eq!(one.histograms, two.histograms);
    let rec = histogram(&one, "cos_rec");
    assert!(rec.negative == 0.0 && rec.mean > 0.85 && rec.mean < 0.97, "T6, and near the published mean: {rec:?}");
}

/// The histograms published with the paper, from its 50 000 points: every bin exactly.
#[test]
fn the_published_histograms() {
    let Ok(reference) = std::env::var("ELBOW_REFERENCE") else {
        return println_skip("set ELBOW_REFERENCE to the folder with ay2025_theta_samples.npy");
    };
    let probed = probed(&format!("file = \"{reference}/ay2025_theta_samples.npy\""), 2);
    let shares = |name: &str| histogram(&probed, name).filled().iter().map(|bin| bin.2).collect::<Vec<_>>();
    let fixed = [0.00002, 0.0, 0.00006, 0.00202, 0.00836, 0.01288, 0.01898, 0.0266, 0.0389, 0.05534, 0.08116, 0.14084, 0.61484];
    let exact = [0.0003, 0.00086, 0.00262, 0.00722, 0.01582, 0.03922, 0.10702, 0.82694];
    assert_eq!(shares("cos_elbo"), fixed);
    assert_eq!(shares("cos_rec"), exact);
    assert!((histogram(&probed, "cos_elbo").filled()[0].0 + 0.3).abs() < 1e-12);
}

#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn println_skip(reason: &str) {
    eprintln!("skipped: {reason}");
}
