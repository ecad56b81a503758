//! The model: what it is built from and what it answers.

use crate::moments::no_fixed;
use crate::oracle::{self, MaximumLikelihood};
use crate::parameters::Parameters;
use crate::point::Evaluator;
use crate::statistics::Statistics;
use elbow_data::Data;
use elbow_sdk::{
    About, Block, Capability, Code, Domain, Error, Estimation, Fisher, Host, Issues, Layer, Model, ModelSetup, Objective,
    Quantity, Recognition, Result, Rng, Rows, Shape,
};
use faer::Mat;

/// Probabilistic principal components with a learned linear recognition.
pub struct LinearGaussian {
    pub(crate) host: Host,
    pub(crate) data: Data,
    /// What is subtracted from each row, length d.
    shift: Vec<f64>,
    pub(crate) statistics: Statistics,
    pub(crate) latent: usize,
    /// σ², if it is no parameter.
    pub(crate) fixed: Option<f64>,
    pub(crate) maximum: MaximumLikelihood,
    /// I_{k+1}, the second moment of z̄ under the prior.
    pub(crate) identity: Mat<f64>,
    /// Points that stand for the inputs of the encoder.
    pub(crate) points: Mat<f64>,
}

impl LinearGaussian {
    /// Moments of the data.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// x of a row.
    pub(crate) fn copy_row(&self, row: usize, out: &mut [f64]) {
        self.data.copy_row(row, out);
        out.iter_mut().zip(&self.shift).for_each(|(x, shift)| *x -= shift);
    }

    fn build(host: Host, given: &Parameters, data: Data, issues: &mut Issues) -> Result<Option<Self>> {
        let statistics = Statistics::new(host, &data, given.center)?;
        given.check_data(&statistics, issues);
        if !issues.is_empty() {
            return Ok(None);
        }
        let (latent, fixed) = (given.latent, given.fixed());
        let maximum = oracle::maximum_likelihood(&statistics, latent, fixed)?;
        let shift = if given.center { data.mean() } else { vec![0.0; data.columns()] };
        let points = statistics.factor() * faer::Scale((statistics.factor().ncols() as f64).sqrt());
        let identity = Mat::identity(latent + 1, latent + 1);
        Ok(Some(Self { host, data, shift, statistics, latent, fixed, maximum, identity, points }))
    }

    /// Layers without their offsets: name, whether it is of φ, inputs, outputs.
    fn sizes(&self) -> Vec<(&'static str, bool, usize, usize)> {
        let (d, k) = (self.statistics.columns(), self.latent);
        let noise = self.fixed.is_none().then_some(("log_variance", false, 0, 1));
        let recognition = [("encoder", true, d, k), ("log_sigma", true, 0, k)];
        std::iter::once(("decoder", false, k, d)).chain(noise).chain(recognition).collect()
    }
}

impl Model for LinearGaussian {
    const ABOUT: About = About {
        id: "elbow.linear-gaussian",
        summary: "Probabilistic principal components with a learned linear recognition, exact in everything.",
        family: "Gaussian",
        references: &[
            "M. Tipping, C. Bishop, Probabilistic principal component analysis, JRSS B 61, 1999",
            "J. Lucas, G. Tucker, R. Grosse, M. Norouzi, Don't blame the ELBO! A linear VAE perspective on posterior collapse, NeurIPS 2019",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Layers],
        quantities: &[
            Quantity::up("log_evidence", "E log p(x) over the data, per datum"),
            Quantity::up("elbo", "E[log p(x, z) − log q(z|x)] over data and q, per datum; at most log_evidence"),
            Quantity::down("gap", "E KL(q(z|x) ‖ p(z|x)) over the data, per datum = log_evidence − elbo, at least 0"),
            Quantity::up("log_evidence_ml", "the largest log_evidence that any parameters have, per datum"),
        ],
    };
    type Parameters = Parameters;
    type Evaluator = Evaluator;

    fn new(setup: &ModelSetup, given: Parameters) -> Result<Self> {
        let mut issues = Issues::default();
        given.check(&mut issues);
        let loaded = given.data.load(setup.host, &mut issues);
        if loaded.as_ref().is_some_and(|loaded| loaded.stochastic) {
            let message = "is `stochastic`, but this model sums over all data once; expected `none`, `threshold` or `fixed`";
            issues.parameter("data.binarize.kind", message);
        }
        loaded.iter().for_each(|loaded| loaded.note(setup));
        let model = match loaded {
            Some(loaded) if issues.is_empty() => Self::build(setup.host, &given, loaded.train, &mut issues)?,
            _ => None,
        };
        issues.finish()?;
        model.ok_or_else(|| Error::new(Code::Failed, "the model could not be built"))
    }

    fn shape(&self) -> Shape {
        let len =
            |phi| self.sizes().iter().filter(|layer| layer.1 == phi).map(|(.., inputs, outputs)| outputs * (inputs + 1)).sum();
        Shape {
            generative: len(false),
            recognition: len(true),
            visible_states: 0,
            hidden_states: 0,
            has_fixed: false,
            has_exact: true,
            stochastic: false,
        }
    }

    fn blocks(&self) -> Vec<Block> {
        let block = |layer: Layer| Block { len: layer.len(), name: layer.name, recognition: layer.recognition };
        self.layers().into_iter().map(block).collect()
    }

    fn layers(&self) -> Vec<Layer> {
        let mut offsets = [0, 0];
        let layer = |(name, recognition, inputs, outputs): (&str, bool, usize, usize)| {
            let offset = offsets[usize::from(recognition)];
            offsets[usize::from(recognition)] += outputs * (inputs + 1);
            Layer { name: name.to_owned(), recognition, offset, inputs, outputs }
        };
        self.sizes().into_iter().map(layer).collect()
    }

    fn domain(&self, theta: &[f64], phi: &[f64]) -> Domain {
        self.place(theta, phi)
    }

    fn draw(&self, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
        self.draw_start(kind, rng, theta, phi)
    }

    fn evaluator(&self, seed: u64) -> Evaluator {
        Evaluator::new(seed)
    }

    fn move_to(&self, at: &mut Evaluator, theta: &[f64], phi: &[f64], sample: u64) -> Result<()> {
        at.move_to(self, theta, phi, sample)
    }

    fn loss(&self, at: &mut Evaluator, objective: Objective, recognition: Recognition) -> Result<f64> {
        match objective {
            Objective::Evidence => Ok(-self.log_evidence(at.point()?)?),
            Objective::Elbo => Ok(-self.elbo(at.point()?, recognition)?),
        }
    }

    fn gradient(&self, at: &mut Evaluator, objective: Objective, q: Recognition, theta: &mut [f64]) -> Result<()> {
        self.by_theta(at.point()?, objective, q, theta)
    }

    fn recognition_gradient(&self, at: &mut Evaluator, phi: &mut [f64]) -> Result<()> {
        self.by_phi(at.point()?, phi);
        Ok(())
    }

    fn quantities(&self, at: &mut Evaluator, recognition: Recognition, out: &mut [f64]) -> Result<()> {
        if recognition == Recognition::Fixed {
            return Err(no_fixed());
        }
        let point = at.point()?;
        let (evidence, elbo, gap) = (self.log_evidence(point)?, self.elbo(point, recognition)?, self.gap(point, recognition));
        out.copy_from_slice(&[evidence, elbo, gap, self.maximum.log_evidence]);
        Ok(())
    }

    fn fisher(&self, at: &mut Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        self.dense(at.point()?, kind, out)
    }

    fn fisher_diagonal(&self, at: &mut Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        self.diagonal(at.point()?, kind, out)
    }

    fn fisher_product(&self, at: &mut Evaluator, kind: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
        self.product(at.point()?, kind, vector, out)
    }

    fn natural_gradient(
        &self,
        at: &mut Evaluator,
        kind: Fisher,
        objective: Objective,
        q: Recognition,
        out: &mut [f64],
    ) -> Result<usize> {
        self.natural(at.point()?, kind, objective, q, out)
    }

    fn rows(
        &self,
        at: &mut Evaluator,
        kind: Fisher,
        estimation: Estimation,
        each: &mut dyn FnMut(&Rows<'_>) -> Result<()>,
    ) -> Result<()> {
        self.visit(at, kind, estimation, each)
    }

    fn host(&self) -> Host {
        self.host
    }
}
