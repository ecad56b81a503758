//! The proxy between an optimizer and a model: one objective, everything counted, kept while the point does not move.
//!
//! Parameters are (θ, φ) in one vector; a cell trains θ, φ or both, and that part is what the optimizer sees. With both, the
//! metric is that of pairs (Q_φ, p_θ): block-diagonal, the Fisher matrix of θ and F(φ).

use crate::error::{Error, Result};
use crate::floating::judged;
use crate::layers::Problem;
use crate::model::{Evaluator, Model, Place};
use crate::optimizer::Optimizer;
use crate::point;
use elbow_abi::*;
use elbow_geometry::solve::Solver;
use faer::MatRef;
use std::ops::Range;
use std::sync::Arc;

/// What is descended and in which parameters; a property of the cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// `OBJECTIVE_*`.
    pub objective: u32,
    /// `RECOGNITION_*`.
    pub recognition: u32,
    /// Whether θ is trained.
    pub generative: bool,
    /// Whether φ is trained.
    pub learned: bool,
}

/// How often an optimizer had something evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Losses.
    pub loss: u64,
    /// Gradients.
    pub gradient: u64,
    /// Fisher matrices, dense or diagonal.
    pub fisher: u64,
    /// Products of a Fisher matrix with a vector.
    pub product: u64,
    /// Linear systems.
    pub solve: u64,
    /// Halvings of a step that left the domain, and trial points outside it.
    pub halvings: u64,
    /// Times that a damping was raised because a matrix was not positive definite.
    pub raised: u64,
}

/// Halvings of a step before it is given up.
const MAX_HALVINGS: u32 = 30;

/// An optimizer's view of a model.
pub struct Proxy {
    pub(crate) evaluator: Evaluator,
    pub(crate) task: Task,
    pub(crate) trained: Range<usize>,
    /// (θ, φ) where the step starts.
    base: Vec<f64>,
    /// (θ, φ) of a trial point, where the evaluator stands if it moved.
    trial: Vec<f64>,
    moved: bool,
    sample: u64,
    pub(crate) proposal: Vec<f64>,
    /// Whether this step's proposal was asked for.
    pub(crate) proposed: bool,
    pub(crate) gradient: Kept,
    pub(crate) diagonals: [Kept; FISHER_KINDS],
    pub(crate) matrices: [Kept; FISHER_KINDS],
    pub(crate) solver: Solver,
    pub(crate) solution: Vec<f64>,
    /// F⁺∇L in closed form.
    pub(crate) natural: Vec<f64>,
    /// Metrics that have none: nobody asks twice.
    pub(crate) without_natural: [bool; FISHER_KINDS],
    /// Share of the last proposal that was taken.
    pub(crate) taken: f64,
    /// Steps in a row that changed no digit of a parameter.
    unmoved: u64,
    /// Where one block is computed before it is put in its place, and products of single blocks.
    pub(crate) scratch: Vec<f64>,
    /// Places of layers in a batch of rows.
    pub(crate) row_buffer: Vec<ElbowLayerRows>,
    /// A step and G times it.
    path: [Vec<f64>; 2],
    /// How often what was evaluated for the optimizer.
    pub counts: Counts,
    /// What the optimizer's steps reported last; none before the first report.
    pub reports: Vec<Option<f64>>,
}

/// Numbers that hold while the point does not move.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub values: Vec<f64>,
    pub valid: bool,
}

impl Proxy {
    /// A proxy at a start (θ, φ); minibatches and noise come from streams of the seed, a new one for each step.
    ///
    /// # Errors
    /// If the model cannot be evaluated there.
    pub fn new(model: &Arc<Model>, task: Task, start: &[f64], seed: u64, reports: usize) -> Result<Box<Self>> {
        let shape = model.shape();
        let n = shape.generative;
        let trained = if task.generative { 0 } else { n }..if task.learned { n + shape.recognition } else { n };
        assert!(start.len() == n + shape.recognition && !trained.is_empty(), "a start over θ and φ");
        let p = trained.len();
        let mut proxy = Box::new(Self {
            evaluator: model.evaluator(seed)?,
            task,
            trained,
            base: start.to_vec(),
            trial: start.to_vec(),
            moved: false,
            sample: 0,
            proposal: vec![0.0; p],
            proposed: false,
            gradient: Kept::default(),
            diagonals: Default::default(),
            matrices: Default::default(),
            solver: Solver::new(),
            solution: vec![0.0; p],
            natural: Vec::new(),
            without_natural: [false; FISHER_KINDS],
            taken: 1.0,
            unmoved: 0,
            scratch: Vec::new(),
            row_buffer: Vec::new(),
            path: Default::default(),
            counts: Counts::default(),
            reports: vec![None; reports],
        });
        proxy.stand_here()?;
        Ok(proxy)
    }

    /// Number of trained parameters.
    pub fn dimension(&self) -> usize {
        self.trained.len()
    }

    /// What the optimizer is built for.
    pub fn problem(&self) -> Problem {
        Problem::new(self.evaluator.model(), self.task)
    }

    /// What is descended, in which parameters.
    pub fn task(&self) -> Task {
        self.task
    }

    /// (θ, φ).
    pub fn parameters(&self) -> &[f64] {
        &self.base
    }

    /// The model's evaluator, standing at [`Proxy::parameters`], for whoever looks on: nothing here is counted.
    ///
    /// # Errors
    /// If the model cannot be evaluated there.
    pub fn evaluator(&mut self) -> Result<&mut Evaluator> {
        self.return_to_base()?;
        Ok(&mut self.evaluator)
    }

    pub(crate) fn position(&self) -> &[f64] {
        let here = if self.moved { &self.trial } else { &self.base };
        &here[self.trained.clone()]
    }

    fn stand_here(&mut self) -> Result<()> {
        self.gradient.valid = false;
        self.diagonals.iter_mut().chain(&mut self.matrices).for_each(|kept| kept.valid = false);
        let here = if self.moved { &self.trial } else { &self.base };
        let (theta, phi) = here.split_at(self.evaluator.model().shape().generative);
        self.evaluator.move_to(theta, phi, self.sample)
    }

    fn return_to_base(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.moved) {
            return Ok(());
        }
        self.stand_here()
    }

    /// Whether the point with these trained parameters lies inside the domain.
    fn is_inside(&self, trained: &[f64]) -> bool {
        let (model, n) = (self.evaluator.model(), self.evaluator.model().shape().generative);
        let (theta, phi) = match (self.task.generative, self.task.learned) {
            (true, true) => trained.split_at(n),
            (true, false) => (trained, &self.base[n..]),
            _ => (&self.base[..n], trained),
        };
        model.place(self.task.objective, theta, phi) == Place::Inside
    }

    /// Goes to a trial point, or stays where it stands if that is not inside the domain.
    pub(crate) fn trial(&mut self, position: &[f64]) -> Result<()> {
        if !self.is_inside(position) {
            self.counts.halvings += 1;
            return Err(Error::new(DOMAIN, "the trial point is outside the domain"));
        }
        self.trial[self.trained.clone()].copy_from_slice(position);
        self.moved = true;
        self.stand_here()
    }

    /// One step: the optimizer proposes, the host halves a step out of the domain and moves on. With `path`, the
    /// Fisher–Rao length √(δᵀ G δ) of the step, G at its start; else NaN.
    ///
    /// # Errors
    /// The plugin's error, a proposal that is not finite, or one that stays out of the domain.
    pub fn step(&mut self, optimizer: &mut Optimizer, path: bool) -> Result<f64> {
        let length = self.make_step(optimizer, path);
        judged(length)
    }

    fn make_step(&mut self, optimizer: &mut Optimizer, path: bool) -> Result<f64> {
        self.return_to_base()?;
        self.proposed = false;
        optimizer.step(&point::table(self))?;
        if !self.proposed {
            self.proposal.copy_from_slice(&self.base[self.trained.clone()]);
        }
        self.check_proposal()?;
        self.enter_domain()?;
        let length = if path { self.length() } else { Ok(f64::NAN) };
        self.accept();
        self.sample += 1;
        self.stand_here()?;
        length
    }

    /// How many steps in a row have changed no digit of a parameter.
    pub fn unmoved(&self) -> u64 {
        self.unmoved
    }

    /// How far the last proposal is from the point, as a share of 1 + |parameter|, once a step could not be made.
    pub fn refused_length(&self) -> Option<f64> {
        let start = &self.base[self.trained.clone()];
        let share = |(new, old): (&f64, &f64)| (new - old).abs() / (1.0 + old.abs());
        self.proposed.then(|| self.proposal.iter().zip(start).map(share).fold(0.0, f64::max))
    }

    /// The proposal becomes the point; of a large model it is not copied.
    fn accept(&mut self) {
        let moved = self.proposal.iter().zip(&self.base[self.trained.clone()]).any(|(new, old)| new != old);
        self.unmoved = if moved { 0 } else { self.unmoved + 1 };
        if self.trained.len() == self.base.len() {
            std::mem::swap(&mut self.base, &mut self.proposal);
        } else {
            self.base[self.trained.clone()].copy_from_slice(&self.proposal);
            self.trial.copy_from_slice(&self.base);
        }
        self.moved = false;
    }

    fn check_proposal(&self) -> Result<()> {
        match first_not_finite(&self.proposal) {
            None => Ok(()),
            Some(i) => Err(Error::new(NUMERIC, format!("the step makes parameter[{i}] {}", self.proposal[i]))),
        }
    }

    /// Halves the step until it stays inside the domain.
    fn enter_domain(&mut self) -> Result<()> {
        self.taken = 1.0;
        for _ in 0..=MAX_HALVINGS {
            if self.is_inside(&self.proposal) {
                return Ok(());
            }
            self.counts.halvings += 1;
            self.taken *= 0.5;
            let start = &self.base[self.trained.clone()];
            self.proposal.iter_mut().zip(start).for_each(|(new, old)| *new = old + 0.5 * (*new - old));
        }
        let what = self.describe(&self.proposal).map_or_else(String::new, |what| format!(": {what}"));
        Err(Error::new(DOMAIN, format!("the step still leaves the domain after {MAX_HALVINGS} halvings{what}")))
    }

    /// What is wrong with a point outside the domain, in words.
    fn describe(&self, trained: &[f64]) -> Option<String> {
        let (mut point, n) = (self.base.clone(), self.evaluator.model().shape().generative);
        point[self.trained.clone()].copy_from_slice(trained);
        let (theta, phi) = point.split_at(n);
        let told = self.evaluator.model().describe_place(theta, phi).err()?;
        told.issues().first().map(|issue| issue.message.clone())
    }

    /// √(δᵀ G δ) of the proposal; NaN without Fisher matrices.
    fn length(&mut self) -> Result<f64> {
        if !self.evaluator.model().has_fisher() {
            return Ok(f64::NAN);
        }
        self.return_to_base()?;
        let (theta, phi) = self.base.split_at(self.evaluator.model().shape().generative);
        if self.evaluator.model().place(OBJECTIVE_ELBO, theta, phi) != Place::Inside {
            return Ok(f64::NAN); // The joint distribution is none here, and G no metric.
        }
        let kind = if self.task.generative { FISHER_JOINT } else { FISHER_RECOGNITION };
        // Taken out for the call and put back: nothing is allocated after the first step.
        let [mut delta, mut product] = std::mem::take(&mut self.path);
        delta.clear();
        delta.extend(self.proposal.iter().zip(&self.base[self.trained.clone()]).map(|(new, old)| new - old));
        product.resize(delta.len(), 0.0);
        let done = self.product(kind, 0.0, &delta, &mut product);
        let squared: f64 = delta.iter().zip(&product).map(|(d, g)| d * g).sum();
        self.path = [delta, product];
        done.map(|()| squared.max(0.0).sqrt())
    }

    /// Solves a damped system of an optimizer's into `solution`.
    pub(crate) fn solve(&mut self, matrix: MatRef<'_, f64>, damping: &ElbowDamping, rhs: &[f64]) -> Result<ElbowSolved> {
        // The visible or the mixed Fisher matrix may be handed back as it came.
        let is = |kind: u32| self.matrices[kind as usize].values.as_ptr() == matrix.as_ptr();
        let is_part = matrix.nrows() == self.dimension() && (is(FISHER_VISIBLE) || is(FISHER_MIXTURE));
        self.solve_in(is_part, matrix, damping, rhs)
    }

    /// Solves a damped system with a matrix that may be a part of the joint metric, at most it.
    pub(crate) fn solve_in(
        &mut self,
        is_part: bool,
        matrix: MatRef<'_, f64>,
        damping: &ElbowDamping,
        rhs: &[f64],
    ) -> Result<ElbowSolved> {
        self.counts.solve += 1;
        self.solution.resize(rhs.len(), 0.0);
        let (rank, dropped, lambda) = match damping.kind {
            DAMPING_PSEUDO_INVERSE => {
                // What G_V does not see is rounding beside G: only the diagonal of G tells that from a small number.
                if is_part {
                    self.know_diagonal(FISHER_JOINT)?;
                }
                let bound = is_part.then_some(&self.diagonals[FISHER_JOINT as usize].values[..]);
                let found = self.solver.pseudo_inverse(matrix, bound, rhs, damping.value, &mut self.solution);
                let inverted = found.map_err(numeric)?;
                (inverted.rank, inverted.dropped, 0.0)
            }
            DAMPING_TIKHONOV | DAMPING_RELATIVE => {
                let tikhonov = damping.kind == DAMPING_TIKHONOV;
                let solve = if tikhonov { Solver::tikhonov } else { Solver::relative };
                let damped = solve(&mut self.solver, matrix, rhs, damping.value, &mut self.solution).map_err(numeric)?;
                self.counts.raised += u64::from(damped.raised);
                (rhs.len(), 0.0, damped.lambda)
            }
            other => return Err(Error::new(ABI, format!("unknown damping {other}"))),
        };
        Ok(ElbowSolved { solution: self.solution.as_ptr(), rank, dropped, lambda })
    }
}

/// The first number that is NaN or infinite. The sum of 0 · x tells at the speed of memory whether there is one.
pub(crate) fn first_not_finite(values: &[f64]) -> Option<usize> {
    let mut sums = [0.0; 8];
    let (chunks, rest) = values.as_chunks::<8>();
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, x)| *sum += 0.0 * x);
    }
    let all = rest.iter().all(|x| x.is_finite()) && (chunks.is_empty() || sums.iter().sum::<f64>() == 0.0);
    if all { None } else { values.iter().position(|value| !value.is_finite()) }
}

fn numeric(error: elbow_geometry::solve::SolveError) -> Error {
    Error::new(NUMERIC, error.to_string())
}
