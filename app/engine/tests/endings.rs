//! What an ending means: converged, worsened, stalled, diverged, and quantities without a meaning.

mod common;

use common::{last, plan, run, small};
use elbow_engine::build::{self, Request};
use elbow_engine::live::Status;
use elbow_engine::plan::{Ending, Plan};
use elbow_engine::{directory, run as engine};
use elbow_host::{Catalog, Origin};
use elbow_sdk::{
    About, Block, Capability, Domain, Error, Model, ModelSetup, Objective, Optimizer, Point, Quantity, Recognition, Result, Rng,
    Setup, Shape,
};
use std::path::Path;
use std::sync::Arc;

elbow_sdk::choices! {
    /// What an optimizer does.
    pub enum Way {
        /// Descends.
        Descends = "descends",
        /// Climbs.
        Climbs = "climbs",
        /// Stays where it is.
        Stays = "stays",
        /// Says after 4 steps that it is there.
        Arrives = "arrives",
        /// Says after 4 steps that it cannot go on.
        GivesUp = "gives-up",
        /// Reports NaN in step 4.
        Babbles = "babbles",
    }
}

elbow_sdk::parameters! {
    /// What it does.
    pub struct Parameters {
        /// One of these.
        way: Way = Way::Descends;
        /// Length of a step.
        step_size: f64 = 0.1;
    }
}

struct Walker(Parameters, u32);

impl Optimizer for Walker {
    const ABOUT: About = About {
        id: "test.walker",
        summary: "Ends in many ways.",
        family: "test",
        references: &[],
        capabilities: &[Capability::Gradient],
        quantities: &[Quantity::plain("word", "", "What it says.")],
    };
    type Parameters = Parameters;

    fn new(_: &Setup, parameters: Parameters) -> Result<Self> {
        Ok(Self(parameters, 0))
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        self.1 += 1;
        let late = self.1 > 4;
        match self.0.way {
            Way::Arrives if late => return Err(Error::converged("there is no better point")),
            Way::GivesUp if late => return Err(Error::stalled("the road ends")),
            Way::Babbles if self.1 == 4 => at.report(0, f64::NAN),
            _ => at.report(0, f64::from(self.1)),
        }
        let length = match self.0.way {
            Way::Stays => 0.0,
            Way::Climbs => 1.0,
            _ => -1.0,
        };
        at.step_along(at.gradient()?, length * self.0.step_size);
        Ok(())
    }
}

elbow_sdk::parameters! {
    /// None.
    pub struct Nothing {}
}

/// L(θ) = ½ θ²; beside it 1/θ, which is undefined where θ ≤ 1 and infinite where it underflows, and −log |θ|.
struct Bowl;

impl Model for Bowl {
    const ABOUT: About = About {
        id: "test.bowl",
        summary: "A parabola.",
        family: "test",
        references: &[],
        capabilities: &[Capability::Gradient],
        quantities: &[
            Quantity::up("elbo", "−½ θ²"),
            Quantity::plain("inverse", "", "1/θ, for θ > 1."),
            Quantity::plain("height", "", "1/θ⁶⁴"),
        ],
    };
    type Parameters = Nothing;
    type Evaluator = f64;

    fn new(_: &ModelSetup, _: Nothing) -> Result<Self> {
        Ok(Self)
    }
    fn shape(&self) -> Shape {
        let (has_fixed, has_exact, stochastic) = (false, true, false);
        Shape { generative: 1, recognition: 0, visible_states: 0, hidden_states: 0, has_fixed, has_exact, stochastic }
    }
    fn blocks(&self) -> Vec<Block> {
        vec![Block { name: "θ".into(), recognition: false, len: 1 }]
    }
    fn domain(&self, theta: &[f64], _: &[f64]) -> Domain {
        if theta[0].abs() < 1e200 { Domain::Inside } else { Domain::Outside { parameter: 0 } }
    }
    fn draw(&self, _: &str, _: &mut Rng<'_>, theta: &mut [f64], _: &mut [f64]) -> Result<()> {
        theta[0] = 2.0;
        Ok(())
    }
    fn evaluator(&self, _: u64) -> f64 {
        0.0
    }
    fn move_to(&self, at: &mut f64, theta: &[f64], _: &[f64], _: u64) -> Result<()> {
        *at = theta[0];
        Ok(())
    }
    fn loss(&self, at: &mut f64, _: Objective, _: Recognition) -> Result<f64> {
        Ok(0.5 * *at * *at)
    }
    fn gradient(&self, at: &mut f64, _: Objective, _: Recognition, out: &mut [f64]) -> Result<()> {
        out[0] = *at;
        Ok(())
    }
    fn quantities(&self, at: &mut f64, _: Recognition, out: &mut [f64]) -> Result<()> {
        out.copy_from_slice(&[-0.5 * *at * *at, if *at > 1.0 { 1.0 / *at } else { f64::NAN }, at.powi(-64)]);
        Ok(())
    }
    fn undefined(&self, at: &mut f64, _: Recognition, index: usize) -> Option<String> {
        (index == 1 && *at <= 1.0).then(|| format!("θ = {at} is not above 1"))
    }
}

elbow_sdk::bundle!(fn walkers = [optimizer Walker, model Bowl]);

fn planned(text: &str) -> Plan {
    let mut catalog = Catalog::bundled(elbow_bundle::bundle()).unwrap();
    catalog.admit(walkers(), &Origin::Bundled).unwrap();
    let request = Request { name: "test.toml", text, base: Path::new(""), set: &[], seeds: None };
    build::plan(&request, &Arc::new(catalog)).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
}

/// On the bowl, from θ = 2.
fn bowl(run: &str, optimizer: &str) -> Plan {
    planned(&format!("{run}\n[[model]]\nplugin = \"bowl\"\n[[optimizer]]\nplugin = \"walker\"\n{optimizer}\n"))
}

fn ending(plan: &Plan) -> Ending {
    run(plan, 1, None).remove(0).ending
}

fn ends(plan: &Plan, status: Status, steps: u64, reason: &str) {
    let found = ending(plan);
    assert_eq!((found.status, found.steps), (status, steps), "{}", found.reason);
    assert!(found.reason.contains(reason), "{}", found.reason);
}

#[test]
fn a_budget_that_is_used_up_is_no_more_than_that() {
    ends(&bowl("run.steps = 5", ""), Status::Finished, 5, "");
    ends(&bowl("run.steps = 50\nrun.gradient_evaluations = 5", ""), Status::Finished, 5, "after 5 gradients");
    let timed = ending(&bowl("run.steps = 100000000\nrun.seconds = 0.05", "step_size = 1e-300\n"));
    assert!(timed.status == Status::Finished || timed.status == Status::Stalled, "{timed:?}");
    let timed = ending(&bowl("run.steps = 100000000\nrun.seconds = 0.05\nrun.record.every = 100000000", "step_size = 1e-12"));
    assert_eq!(timed.status, Status::Finished);
    assert!(timed.reason.contains("after 0.05 s, at step") && timed.reason.contains("of 100000000"), "{}", timed.reason);
}

/// θ ← 0.9 θ from 2: elbo = −2 · 0.81ᵏ is at least −0.1 from step 15 on, and the gradient's length 2 · 0.9ᵏ at most 0.1 from step 29 on.
#[test]
fn conditions_end_a_cell_where_they_hold_at_a_record() {
    ends(&bowl("run.until = { elbo = -0.1 }", ""), Status::Converged, 15, "elbo = -8.47823e-2");
    ends(&bowl("run.until = { euclidean_norm = 0.1 }", ""), Status::Converged, 29, "euclidean_norm = 9.42");
    ends(&bowl("run.until = { elbo = -0.1, euclidean_norm = 0.1 }", ""), Status::Converged, 29, ", ");
    ends(&bowl("run.until = { elbo = -0.1 }\nrun.record.every = 10", ""), Status::Converged, 20, "elbo");
    ends(&bowl("run.until = { elbo = -5.0 }", ""), Status::Converged, 0, "elbo");
    ends(&bowl("run.steps = 9\nrun.until = { elbo = -0.1 }", ""), Status::Finished, 9, "");
}

#[test]
fn an_optimizer_ends_itself() {
    ends(&bowl("", "way = \"arrives\""), Status::Converged, 4, "there is no better point");
    ends(&bowl("", "way = \"gives-up\""), Status::Stalled, 4, "the road ends");
}

#[test]
fn what_does_not_move_has_stalled_unless_it_is_at_an_optimum() {
    ends(&bowl("", "way = \"stays\""), Status::Stalled, 20, "20 steps in a row changed no digit");
    ends(&bowl("", "step_size = 1e-17"), Status::Stalled, 20, "this is no optimum");
    // η = 1 reaches 0 in one step, where the gradient is zero.
    ends(&bowl("", "step_size = 1.0"), Status::Diverged, 1, "height is inf");
    let simplex = "[[model]]\nplugin = \"simplex\"\nvisible = 3\nhidden = 1\ntarget = { table = [0.5, 0.3, 0.2] }\n";
    let exact = format!("{simplex}[[optimizer]]\nplugin = \"fisher-rao\"\nstep_size = 1.0\n");
    let found = ending(&plan(&exact));
    assert_eq!(found.status, Status::Converged, "{}", found.reason);
    assert!(found.steps < 30 && found.reason.contains("no step could lower the loss"), "{found:?}");
}

#[test]
fn a_run_that_ends_far_worse_than_it_began_says_so() {
    ends(&bowl("run.steps = 5", "way = \"climbs\""), Status::Worsened, 5, "the loss rose from 2.000000 to 5.187485 nats");
    // Half a per cent is no reason to speak.
    ends(&bowl("run.steps = 5", "way = \"climbs\"\nstep_size = 5e-4"), Status::Finished, 5, "");
}

#[test]
fn any_number_with_a_meaning_that_is_not_finite_ends_the_cell() {
    // θ = 2 · 0.1ᵏ: θ⁻⁶⁴ is 1.8e300 after 5 steps and beyond the largest number after 6.
    ends(&bowl("", "step_size = 0.9"), Status::Diverged, 6, "height is inf");
    ends(&bowl("", "way = \"babbles\""), Status::Diverged, 4, "word is NaN");
}

/// The last line of a journal with these.
fn journal(plan: &Plan, folder: &Path) -> Vec<String> {
    let directory = directory::create(plan, Some(folder)).unwrap();
    let live = engine::live(plan, true);
    engine::run(plan, &live, 1, Some(&directory));
    let file = std::fs::read_dir(directory.join("journal")).unwrap().next().unwrap().unwrap().path();
    let told = live.cells()[0].undefined("inverse");
    assert!(told.is_some_and(|reason| reason.contains("is not above 1")), "who looks on is told");
    std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}

/// θ falls below 1 at step 7 (2 · 0.9⁷ = 0.957): from there on 1/θ has no meaning, which is no failure.
#[test]
fn what_has_no_meaning_is_null_with_a_reason() {
    let temporary = tempfile::tempdir().unwrap();
    let plan = bowl("run.steps = 9\n", "");
    let lines = journal(&plan, &temporary.path().join("run"));
    let marks: Vec<&String> = lines.iter().filter(|line| line.contains("\"event\":\"undefined\"")).collect();
    let inverse: Vec<&&String> = marks.iter().filter(|line| line.contains("inverse")).collect();
    assert_eq!(inverse.len(), 1, "{marks:#?}");
    assert!(inverse[0].contains("\"step\":7") && inverse[0].contains("is not above 1"), "{}", inverse[0]);
    assert!(marks.iter().any(|line| line.contains("\"step\":0") && line.contains("no step has reported it")), "{marks:#?}");
    let point = lines.iter().find(|line| line.starts_with("{\"step\":8,")).unwrap();
    assert!(point.contains(",null,") && !point.contains("nonfinite"), "{point}");
    let recorded = directory::read(&temporary.path().join("run")).unwrap().remove(0);
    assert_eq!(recorded.ending.unwrap().status, Status::Finished);
}

/// What is infinite, and NaN that has a meaning, are tagged.
#[test]
fn what_is_not_finite_is_tagged() {
    let temporary = tempfile::tempdir().unwrap();
    for (optimizer, tag) in [("step_size = 0.9", "\"inf\""), ("way = \"babbles\"\nstep_size = 0.3", "\"NaN\"")] {
        let folder = temporary.path().join(tag.trim_matches('"'));
        let lines = journal(&bowl("", optimizer), &folder);
        let point = lines.iter().rev().find(|line| line.starts_with("{\"step\":")).unwrap();
        assert!(point.contains("\"nonfinite\":{") && point.contains(tag), "{point}");
    }
}

/// The last point is recorded, whatever the period and however it ends.
#[test]
fn the_last_point_is_recorded() {
    let every = "run.record.every = 1000";
    for (optimizer, steps) in [("way = \"arrives\"", 4), ("way = \"gives-up\"", 4), ("way = \"stays\"", 20)] {
        let outcome = run(&bowl(every, optimizer), 1, None).remove(0);
        assert_eq!(outcome.ending.steps, steps);
        assert_eq!(last(&outcome, "gradient_evaluations"), steps as f64);
    }
}

/// An optimum on the boundary: of two states the second has p* = 0, and p moves half of the way at each step until 1 − p is no number.
#[test]
fn an_optimum_on_the_boundary_is_convergence() {
    let model = "[[model]]\nplugin = \"simplex\"\nvisible = 4\nhidden = 1\ntarget = { table = [0.7, 0.3, 0.0, 0.0] }\n";
    for eta in [0.5, 0.9] {
        let text = format!("run.steps = 3000\n{model}[[optimizer]]\nplugin = \"fisher-rao\"\nstep_size = {eta}\n");
        let outcome = run(&plan(&text), 1, None).remove(0);
        assert_eq!(outcome.ending.status, Status::Converged, "{:?}", outcome.ending);
        assert!(last(&outcome, "kl_visible") < 1e-14, "{}", last(&outcome, "kl_visible"));
    }
}

/// L-BFGS stops where no step lowers the loss: it took 564 gradients for 50 steps at its optimum.
#[test]
fn lbfgs_stops_at_its_optimum() {
    let text = small("init = { values = [0.3, 0.8, 0.2, 0.6, 0.1] }", "")
        .replace("fisher-rao", "lbfgs")
        .replace("step_size = 0.01\n", "");
    let text = text.replace("run.steps = 30", "run.steps = 500");
    let outcome = run(&plan(&text), 1, None).remove(0);
    assert_eq!(outcome.ending.status, Status::Converged, "{:?}", outcome.ending);
    assert!(outcome.ending.steps < 60 && last(&outcome, "gradient_evaluations") < 200.0, "{:?}", outcome.ending);
    assert!(last(&outcome, "kl_joint") < 1e-12, "{}", last(&outcome, "kl_joint"));
}
