//! The full simplex of joint tables p(v, h): every distribution on a product of visible and hidden states.
//!
//! ```text
//! k = n_V n_H states (v, h), row by row;   θ ∈ R^{k−1}
//! mean    θ_i = p_i              G = diag(1/p) + 1 1ᵀ / p_k        G⁻¹ = diag(p) − p pᵀ
//! logit   θ_i = log(p_i / p_k)   G = diag(p) − p pᵀ
//! ```
//!
//! Everything is exact here, so the propositions of the natural gradient of the ELBO hold to rounding: with `Q = p* q` and the
//! Fisher–Rao metric of the joint table
//! `∇̃ D(Q‖p) = p − Q`, which marginalizes to `p^V − p* = ∇̃ D(p*‖p^V)`, and `∇̃ Gap = p*(v) [p(h|v) − q(h|v)]` is vertical.
//! The natural gradient flow is the straight line to Q, and one step of length 1 in the mean chart is an EM step.
//!
//! # How exact
//! To rounding, also near the boundary, since nothing is inverted and small numbers are not differences of large ones: p(h|v) and
//! log p(v) by log-sum-exp however far p underflows, 1 − p from the other probabilities, divergences from terms that are not
//! negative, natural gradients in closed form. What is left is what the coordinates can say: a logit η gives log p to η · 1e-16, and
//! so p_1/p_2 and the square root of a divergence; a mean gives 1 − Σ to 2⁻⁵³, below which several of them are on the boundary.
//! On it p = 0 is exact, divergences may be infinite, which is a value, and G is not finite. Outside it, where only a flow of the
//! evidence goes, ELBO, gap and D_J have no meaning and are told to be undefined; log p(v), D_V and G_V have one.
//!
//! # References
//! - N. Ay, J. van Oostrum, A. Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025.
//! - S. Amari, H. Nagaoka, *Methods of Information Geometry*, 2000, chapters 2 and 3.

#![forbid(unsafe_code)]

mod fisher;
mod gradient;
mod natural;
mod parameters;
mod start;
mod table;
mod target;

pub use parameters::{Chart, Parameters, TargetParameters};
pub use table::Evaluator;

use elbow_geometry::categorical;
use elbow_sdk::{About, Block, Capability, Domain, Fisher, Issues, Model, ModelSetup, Objective, Quantity, Recognition};
use elbow_sdk::{Result, Rng, Shape};
use target::Target;

/// The full simplex of tables p(v, h) with its target.
pub struct Simplex {
    /// n_V.
    visible: usize,
    /// n_H.
    hidden: usize,
    /// Of θ and of each row of φ.
    chart: categorical::Chart,
    /// Whether there is a φ.
    learned: bool,
    /// p*.
    target: Target,
}

impl Simplex {
    /// k, the number of joint states.
    fn states(&self) -> usize {
        self.visible * self.hidden
    }
}

/// The recognition whose extended target gives the gradient by θ: that of the evidence comes from the posterior.
fn held(objective: Objective, q: Recognition) -> Recognition {
    if objective == Objective::Evidence { Recognition::Exact } else { q }
}

impl Model for Simplex {
    const ABOUT: About = About {
        id: "elbow.simplex",
        summary: "The full simplex of joint tables p(v, h), exact in everything.",
        family: "finite tables",
        references: &[
            "N. Ay, J. van Oostrum, A. Datar, On the Natural Gradient of the Evidence Lower Bound, JMLR 2025",
            "S. Amari, H. Nagaoka, Methods of Information Geometry, 2000",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Table],
        quantities: &[
            Quantity::up("log_evidence", "Σ_v p*(v) log p_θ(v), at most 0"),
            Quantity::up("elbo", "Σ_v p*(v) E_q[log p_θ(v, h) − log q(h|v)], at most log_evidence"),
            Quantity::down("gap", "Σ_v p*(v) KL(q(·|v) ‖ p_θ(·|v)) = log_evidence − elbo, at least 0"),
            Quantity::down("kl_joint", "KL(p* q ‖ p_θ) = kl_visible + gap, at least 0"),
            Quantity::down("kl_visible", "KL(p* ‖ p_θ(v)), at least 0"),
        ],
    };
    type Parameters = Parameters;
    type Evaluator = Evaluator;

    fn new(setup: &ModelSetup, given: Parameters) -> Result<Self> {
        let mut issues = Issues::default();
        given.check_sizes(&mut issues);
        let target = issues.take(Target::read(&given.target, given.visible, given.hidden, setup));
        issues.finish()?;
        let target = target.expect("without an issue there is a target");
        Ok(Self { visible: given.visible, hidden: given.hidden, chart: given.chart.into(), learned: given.learned, target })
    }

    fn shape(&self) -> Shape {
        Shape {
            generative: self.states() - 1,
            recognition: if self.learned { self.visible * (self.hidden - 1) } else { 0 },
            visible_states: self.visible,
            hidden_states: self.hidden,
            has_fixed: self.target.conditional.is_some(),
            has_exact: true,
            stochastic: false,
        }
    }

    fn blocks(&self) -> Vec<Block> {
        let table = Block { name: "p(v,h)".to_owned(), recognition: false, len: self.states() - 1 };
        let row = |v| Block { name: format!("q(h|v={v})"), recognition: true, len: self.hidden - 1 };
        let rows = if self.learned { self.visible } else { 0 };
        std::iter::once(table).chain((0..rows).map(row)).collect()
    }

    fn domain(&self, theta: &[f64], phi: &[f64]) -> Domain {
        self.place(theta, phi)
    }

    fn has_evidence(&self, theta: &[f64]) -> bool {
        self.visible_is_positive(theta)
    }

    fn draw(&self, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
        self.draw_start(kind, rng, theta, phi)
    }

    fn mean_to_theta(&self, mean: &[f64], theta: &mut [f64]) -> Result<()> {
        self.invert_mean(mean, theta)
    }

    fn evaluator(&self, _seed: u64) -> Evaluator {
        Evaluator::new(self.visible, self.hidden)
    }

    fn move_to(&self, at: &mut Evaluator, theta: &[f64], phi: &[f64], _: u64) -> Result<()> {
        self.stand(at, theta, phi)
    }

    fn loss(&self, at: &mut Evaluator, objective: Objective, recognition: Recognition) -> Result<f64> {
        match objective {
            Objective::Evidence => Ok(-self.decomposition(&at.point, Recognition::Exact)?.log_evidence),
            Objective::Elbo => Ok(-self.decomposition(&at.point, recognition)?.elbo),
        }
    }

    fn gradient(&self, at: &mut Evaluator, objective: Objective, q: Recognition, theta: &mut [f64]) -> Result<()> {
        self.generative_gradient(at, held(objective, q), theta)
    }

    fn recognition_gradient(&self, at: &mut Evaluator, phi: &mut [f64]) -> Result<()> {
        self.elbo_by_recognition(at, phi)
    }

    fn quantities(&self, at: &mut Evaluator, recognition: Recognition, out: &mut [f64]) -> Result<()> {
        let sums = self.decomposition(&at.point, recognition)?;
        out.copy_from_slice(&[sums.log_evidence, sums.elbo, sums.gap, sums.kl_joint, sums.kl_visible]);
        Ok(())
    }

    fn undefined(&self, at: &mut Evaluator, recognition: Recognition, index: usize) -> Option<String> {
        let needs_the_joint_table = ["elbo", "gap", "kl_joint"].contains(&Self::ABOUT.quantities.get(index)?.name);
        let what = at.point.outside(recognition).filter(|_| needs_the_joint_table)?;
        Some(format!("the evidence flow left [0, 1]: {what}"))
    }

    fn natural_gradient(&self, at: &mut Evaluator, kind: Fisher, o: Objective, q: Recognition, out: &mut [f64]) -> Result<usize> {
        self.natural(at, kind, held(o, q), out)
    }

    fn fisher(&self, at: &mut Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        self.dense(&at.point, kind, out)
    }

    fn fisher_diagonal(&self, at: &mut Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        self.diagonal(&at.point, kind, out)
    }

    fn fisher_product(&self, at: &mut Evaluator, kind: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
        self.product(at, kind, vector, out)
    }

    fn joint_table(&self, at: &mut Evaluator, out: &mut [f64]) -> Result<()> {
        out.copy_from_slice(&at.point.p);
        Ok(())
    }

    fn target_table(&self, _: &mut Evaluator, out: &mut [f64]) -> Result<()> {
        out.copy_from_slice(&self.target.visible);
        Ok(())
    }

    fn recognition_table(&self, at: &mut Evaluator, recognition: Recognition, out: &mut [f64]) -> Result<()> {
        out.copy_from_slice(self.q(&at.point, recognition)?);
        Ok(())
    }

    fn scores(&self, at: &mut Evaluator, out: &mut [f64]) -> Result<()> {
        self.score_table(at, out);
        Ok(())
    }
}
