//! What the tests share: networks in a line, evaluations at a point, whole tables for the oracle.
#![allow(dead_code, reason = "each test binary uses its own part")]

use elbow_bayesian_network::{BayesianNetwork, Chart, Evaluator, NodeParameters, Parameters, Preset, TargetParameters};
use elbow_sdk::{Fisher, Host, Model, ModelSetup, Objective, Recognition, Result, Rng, Tables};
use faer::Mat;

pub fn node(name: &str, states: i64, parents: &[&str], visible: bool) -> NodeParameters {
    let parents = Some(parents.iter().map(|&parent| parent.to_owned()).collect());
    NodeParameters { name: name.to_owned(), states, parents, visible }
}

pub fn custom(nodes: Vec<NodeParameters>, target: TargetParameters) -> Parameters {
    Parameters { nodes: Tables(nodes), target, ..Parameters::default() }
}

pub fn preset(preset: Preset, size: Option<i64>, target: TargetParameters) -> Parameters {
    Parameters { preset, size, target, ..Parameters::default() }
}

pub fn parameters(values: &[f64]) -> TargetParameters {
    TargetParameters { parameters: Some(values.to_vec()), ..TargetParameters::default() }
}

pub fn table(values: &[f64]) -> TargetParameters {
    TargetParameters { table: Some(values.to_vec()), ..TargetParameters::default() }
}

pub fn counts(values: &[f64]) -> TargetParameters {
    TargetParameters { counts: Some(values.to_vec()), ..TargetParameters::default() }
}

pub fn try_build(parameters: Parameters) -> Result<BayesianNetwork> {
    BayesianNetwork::new(&ModelSetup::new(Host::NONE), parameters)
}

pub fn build(parameters: Parameters) -> BayesianNetwork {
    try_build(parameters).expect("a network")
}

/// SplitMix64.
pub struct Words(pub u64);

impl Words {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * 2f64.powi(-53)
    }

    /// Probabilities of at least about 0.3/n.
    pub fn probabilities(&mut self, n: usize) -> Vec<f64> {
        let weights: Vec<f64> = (0..n).map(|_| 0.3 - self.unit().max(1e-9).ln()).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|x| x / sum).collect()
    }
}

/// A model with an evaluator.
pub struct At {
    pub model: BayesianNetwork,
    pub at: Evaluator,
    pub theta: Vec<f64>,
    pub phi: Vec<f64>,
}

impl At {
    pub fn new(model: BayesianNetwork) -> Self {
        let (at, shape) = (model.evaluator(0), model.shape());
        Self { at, theta: vec![0.5; shape.generative], phi: vec![0.5; shape.recognition], model }
    }

    pub fn go(&mut self, theta: &[f64]) -> &mut Self {
        self.theta.copy_from_slice(theta);
        self.renew()
    }

    pub fn renew(&mut self) -> &mut Self {
        self.model.move_to(&mut self.at, &self.theta, &self.phi, 0).expect("a point");
        self
    }

    pub fn draw(&mut self, kind: &str, words: &mut Words) -> &mut Self {
        let mut source = || words.next();
        self.model.draw(kind, &mut Rng::new(&mut source), &mut self.theta, &mut self.phi).expect("a draw");
        self.renew()
    }

    pub fn loss(&mut self, objective: Objective, q: Recognition) -> f64 {
        self.model.loss(&mut self.at, objective, q).expect("a loss")
    }

    pub fn gradient(&mut self, objective: Objective, q: Recognition) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.theta.len()];
        self.model.gradient(&mut self.at, objective, q, &mut out).expect("a gradient");
        out
    }

    pub fn recognition_gradient(&mut self) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.phi.len()];
        self.model.recognition_gradient(&mut self.at, &mut out).expect("a gradient");
        out
    }

    /// F⁺∇L in closed form, and the rank of F.
    pub fn natural(&mut self, kind: Fisher, objective: Objective, q: Recognition) -> (Vec<f64>, usize) {
        let mut out = vec![f64::NAN; self.size(kind)];
        let rank = self.model.natural_gradient(&mut self.at, kind, objective, q, &mut out).expect("a closed form");
        (out, rank)
    }

    pub fn quantities(&mut self, q: Recognition) -> [f64; 5] {
        let mut out = [f64::NAN; 5];
        self.model.quantities(&mut self.at, q, &mut out).expect("quantities");
        out
    }

    pub fn size(&self, kind: Fisher) -> usize {
        if kind == Fisher::Recognition { self.phi.len() } else { self.theta.len() }
    }

    pub fn fisher(&mut self, kind: Fisher) -> Mat<f64> {
        let n = self.size(kind);
        let mut out = vec![f64::NAN; n * n];
        self.model.fisher(&mut self.at, kind, &mut out).expect("a matrix");
        Mat::from_fn(n, n, |i, j| out[i * n + j])
    }

    /// The diagonal of G, which bounds G_V; the other matrices have their own.
    pub fn bound(&mut self, kind: Fisher) -> Option<Vec<f64>> {
        (kind == Fisher::Visible).then(|| self.fisher_diagonal(Fisher::Joint))
    }

    pub fn fisher_diagonal(&mut self, kind: Fisher) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.size(kind)];
        self.model.fisher_diagonal(&mut self.at, kind, &mut out).expect("a diagonal");
        out
    }

    pub fn fisher_product(&mut self, kind: Fisher, vector: &[f64]) -> Vec<f64> {
        let mut out = vec![f64::NAN; vector.len()];
        self.model.fisher_product(&mut self.at, kind, vector, &mut out).expect("a product");
        out
    }

    /// p_θ(v, h), n_V × n_H.
    pub fn joint(&mut self) -> Mat<f64> {
        let shape = self.model.shape();
        let mut out = vec![f64::NAN; shape.visible_states * shape.hidden_states];
        self.model.joint_table(&mut self.at, &mut out).expect("a table");
        Mat::from_fn(shape.visible_states, shape.hidden_states, |v, h| out[v * shape.hidden_states + h])
    }

    /// ∇ log p_θ(v, h), a row for each joint state.
    pub fn scores(&mut self) -> Mat<f64> {
        let (shape, n) = (self.model.shape(), self.theta.len());
        let states = shape.visible_states * shape.hidden_states;
        let mut out = vec![f64::NAN; states * n];
        self.model.scores(&mut self.at, &mut out).expect("scores");
        Mat::from_fn(states, n, |i, a| out[i * n + a])
    }

    pub fn target(&mut self) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.model.shape().visible_states];
        self.model.target_table(&mut self.at, &mut out).expect("a table");
        out
    }

    /// q(h|v), n_V × n_H.
    pub fn recognition(&mut self, q: Recognition) -> Mat<f64> {
        let shape = self.model.shape();
        let mut out = vec![f64::NAN; shape.visible_states * shape.hidden_states];
        self.model.recognition_table(&mut self.at, q, &mut out).expect("a table");
        Mat::from_fn(shape.visible_states, shape.hidden_states, |v, h| out[v * shape.hidden_states + h])
    }

    /// The recognitions that the model has.
    pub fn recognitions(&self) -> Vec<Recognition> {
        let shape = self.model.shape();
        let has =
            [(Recognition::Fixed, shape.has_fixed), (Recognition::Exact, true), (Recognition::Learned, shape.recognition > 0)];
        has.into_iter().filter(|(_, has)| *has).map(|(q, _)| q).collect()
    }
}

/// A random network of 2 to 5 nodes with 2 or 3 states, declared in random order; some are visible.
pub fn random_nodes(words: &mut Words) -> Vec<NodeParameters> {
    let n = 2 + words.below(4);
    let mut order: Vec<usize> = (0..n).collect();
    (1..n).rev().for_each(|i| order.swap(i, words.below(i + 1)));
    let (names, shown) = (["A", "B", "C", "D", "E"], words.below(n));
    let mut random = |i: usize| {
        let mut parents: Vec<&str> = (0..n).filter(|&j| order[j] < order[i] && words.below(2) == 0).map(|j| names[j]).collect();
        if words.below(2) == 0 {
            parents.reverse();
        }
        let visible = i == shown || words.below(2) == 0;
        node(names[i], 2 + words.below(2) as i64, &parents, visible)
    };
    (0..n).map(&mut random).collect()
}

/// (parameters, visible states, joint states) of a network.
pub fn sizes(nodes: &[NodeParameters]) -> (usize, usize, usize) {
    let states = |name: &str| nodes.iter().find(|node| node.name == *name).map_or(0, |node| node.states as usize);
    let rows = |node: &NodeParameters| node.parents.iter().flatten().map(|parent| states(parent)).product::<usize>();
    let parameters = nodes.iter().map(|node| rows(node) * (node.states as usize - 1)).sum();
    let visible = nodes.iter().filter(|node| node.visible).map(|node| node.states as usize).product();
    (parameters, visible, nodes.iter().map(|node| node.states as usize).product())
}

/// Probabilities of all rows but their last states, away from the boundary.
pub fn random_mean(nodes: &[NodeParameters], words: &mut Words) -> Vec<f64> {
    let states = |name: &str| nodes.iter().find(|node| node.name == *name).map_or(0, |node| node.states as usize);
    let mut mean = Vec::new();
    for node in nodes {
        for _ in 0..node.parents.iter().flatten().map(|parent| states(parent)).product() {
            let row = words.probabilities(node.states as usize);
            mean.extend_from_slice(&row[1..]);
        }
    }
    mean
}

/// A random model at a random interior point, with any kind of target.
pub fn random_model(seed: u64, chart: Chart) -> (At, Vec<NodeParameters>, Vec<f64>) {
    let mut words = Words(seed);
    let nodes = random_nodes(&mut words);
    let (_, visible, joint) = sizes(&nodes);
    let target = match words.below(4) {
        0 => table(&words.probabilities(visible)),
        1 => table(&words.probabilities(joint)),
        2 => counts(&(0..joint).map(|_| words.below(5) as f64).chain([]).map(|x| x + 0.5).collect::<Vec<_>>()),
        _ => parameters(&random_mean(&nodes, &mut words)),
    };
    let learned = nodes.iter().any(|node| !node.visible);
    let mut at = At::new(build(Parameters { chart, learned, ..custom(nodes.clone(), target) }));
    let mean = random_mean(&nodes, &mut words);
    at.model.mean_to_theta(&mean, &mut at.theta).expect("a point");
    let hidden = joint / visible;
    for row in at.phi.chunks_mut((hidden - 1).max(1)) {
        let p = words.probabilities(hidden);
        let last = p[hidden - 1];
        row.iter_mut().zip(&p).for_each(|(x, p)| *x = if chart == Chart::Mean { *p } else { (p / last).ln() });
    }
    at.renew();
    (at, nodes, mean)
}

/// Largest difference, relative to the larger of 1 and the largest value.
pub fn difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let scale = b.iter().fold(1.0_f64, |scale, x| scale.max(x.abs()));
    let worst = |worst: f64, (x, y): (&f64, &f64)| if (x - y).abs() <= worst { worst } else { (x - y).abs() };
    a.iter().zip(b).fold(0.0, worst) / scale
}

/// All entries, row by row.
pub fn entries(matrix: &Mat<f64>) -> Vec<f64> {
    (0..matrix.nrows()).flat_map(|i| (0..matrix.ncols()).map(move |j| matrix[(i, j)])).collect()
}

/// The same proptest cases in every run.
pub fn config(cases: u32) -> proptest::prelude::ProptestConfig {
    let rng_seed = proptest::test_runner::RngSeed::Fixed(20_250_711);
    proptest::prelude::ProptestConfig { cases, rng_seed, failure_persistence: None, ..Default::default() }
}
