//! Dense blocks of the Fisher matrix, F_b = E[s_b s_bᵀ] with s_b the score's part in the block, so Δ_b = (F_b + λ I)⁻¹ g_b.
//!
//! A block is a layer or a whole network: P_b² numbers, P_b³/3 operations. On a model that is no network the blocks are those that the
//! model names, cut out of its exact Fisher matrix.
//!
//! # References
//! - N. Ay, *On the locality of the natural gradient for learning in deep Bayesian networks*, Information Geometry 6, 2023
//!   (arXiv 2005.10791).

use super::average::{Adding, Averaging};
use super::{Curvature, Damped, Network, Source, about, raising};
use crate::dense::{Dense, Linear, View};
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::layers::{Layer, Numbers, Precision, Rows};
use crate::optimizer::Setup;
use crate::point::{Matrix, Metric, Point};
use crate::state::State;
use crate::step::add;
use std::ops::Range;

crate::choices! {
    /// What makes a block.
    pub enum Grouping {
        /// Each layer.
        Layer = "layer",
        /// Each network.
        Network = "network",
    }
}

/// Largest block.
const LARGEST: usize = 8192;
/// Rows of scores at once.
const AT_ONCE: usize = 64;

/// One block.
#[derive(Debug)]
struct Block {
    /// Places of its layers among those of the source; empty on a model that is no network.
    places: Range<usize>,
    /// Its parameters.
    parameters: Range<usize>,
    /// F_b, and (F_b + λ I)⁻¹.
    matrix: Dense,
    inverse: Dense,
    /// What the inverse is damped with.
    lambda: f64,
    scores: Dense,
    buffer: Vec<f64>,
    work: [Dense; 2],
}

impl Block {
    fn of_layers(layers: &[Layer], places: Range<usize>) -> Result<Self> {
        let (first, last) = (&layers[places.start], &layers[places.end - 1]);
        Self::new(first.offset..last.offset + last.len(), places)
    }

    fn new(parameters: Range<usize>, places: Range<usize>) -> Result<Self> {
        let n = parameters.len();
        if n > LARGEST {
            return Err(Error::new(Code::Unsupported, format!("a dense block of {n} parameters is larger than {LARGEST}")));
        }
        let zeros = |cols| Dense::zeros(Precision::Double, n, cols);
        let (buffer, work) = (vec![0.0; n * AT_ONCE], [zeros(1), zeros(1)]);
        let (matrix, inverse, scores) = (zeros(n), zeros(n), zeros(0));
        Ok(Self { places, parameters, matrix, inverse, lambda: 0.0, scores, buffer, work })
    }

    /// Adds the block of an exact matrix.
    fn cut(&mut self, fisher: &Matrix<'_>, (keep, weight): (f64, f64)) {
        let (n, start) = (self.parameters.len(), self.parameters.start);
        self.matrix.change(|k, old| keep * old + weight * fisher.at(start + k % n, start + k / n));
    }

    /// The scores of some rows, one after the other.
    fn scores(&mut self, network: &Network, rows: &Rows<'_>, range: Range<usize>) {
        let n = self.parameters.len();
        self.buffer[..n * range.len()].fill(0.0);
        for place in self.places.clone() {
            let (layer, Some(seen)) = (&network.layers()[place], network.rows_of(rows, place)) else { continue };
            let start = layer.offset - self.parameters.start;
            for (k, r) in range.clone().enumerate() {
                let part = &mut self.buffer[k * n + start..k * n + start + layer.len()];
                for (j, column) in part.chunks_exact_mut(layer.outputs).enumerate() {
                    let a = seen.inputs.at(r * (layer.inputs + 1) + j);
                    column.iter_mut().enumerate().for_each(|(i, s)| *s = seen.deltas.at(r * layer.outputs + i) * a);
                }
            }
        }
        self.scores.set(n, Numbers::Double(&self.buffer[..n * range.len()]), |_, x| x);
    }
}

/// Dense blocks of a source; see the module's text.
#[derive(Debug)]
pub struct Blocks {
    host: Host,
    metric: Metric,
    /// None on a model that is no network.
    network: Option<Network>,
    averaging: Averaging,
    blocks: Vec<Block>,
}

/// The groups of layers.
fn groups(layers: &[Layer], grouping: Grouping) -> impl Iterator<Item = Range<usize>> {
    let generative = layers.iter().take_while(|layer| !layer.recognition).count();
    let all: Vec<Range<usize>> = match grouping {
        Grouping::Layer => (0..layers.len()).map(|place| place..place + 1).collect(),
        Grouping::Network => vec![0..generative, generative..layers.len()],
    };
    all.into_iter().filter(|places| !places.is_empty())
}

impl Blocks {
    /// For the layers of a source; `decay` is that of the running averages.
    ///
    /// # Errors
    /// [`Code::Unsupported`] if the source has no layer, or a block is larger than 8192 parameters.
    pub fn new(setup: &Setup, source: Source, decay: f64, grouping: Grouping) -> Result<Self> {
        let (metric, averaging) = (source.metric.clone(), Averaging::new(decay));
        if setup.layers.is_empty() {
            let blocks = setup.blocks.iter().map(|block| Block::new(block.clone(), 0..0)).collect::<Result<_>>()?;
            return Ok(Self { host: setup.host, metric, network: None, averaging, blocks });
        }
        let network = Network::new(setup, source)?;
        let blocks = groups(network.layers(), grouping).map(|places| Block::of_layers(network.layers(), places));
        let blocks = blocks.collect::<Result<_>>()?;
        Ok(Self { host: setup.host, metric, network: Some(network), averaging, blocks })
    }

    /// The matrix of a block.
    pub fn matrix(&self, block: usize) -> Option<&Dense> {
        self.blocks.get(block).map(|block| &block.matrix)
    }
}

/// out ← matrix · vector.
fn times(linear: Linear, matrix: &Dense, vector: &[f64], [x, y]: &mut [Dense; 2], out: &mut [f64]) -> Result<()> {
    x.copy_from(vector);
    linear.product(View::from(matrix), View::from(&*x), 1.0, 0.0, y)?;
    y.copy_to(out);
    Ok(())
}

impl Curvature for Blocks {
    fn update(&mut self, at: &Point<'_>) -> Result<()> {
        let Self { network, averaging, blocks, host, metric } = self;
        let (weights, linear) = (averaging.observe(), host.linear());
        let Some(network) = network else {
            let fisher = at.fisher(metric)?;
            blocks.iter_mut().for_each(|block| block.cut(&fisher, weights));
            return Ok(());
        };
        let mut adding: Vec<Adding> = blocks.iter().map(|_| Adding::new(weights)).collect();
        network.visit(at, &mut |rows| {
            for (block, adding) in blocks.iter_mut().zip(&mut adding) {
                // Rows of the other network say nothing of this block.
                if !block.places.clone().any(|place| network.rows_of(rows, place).is_some()) {
                    continue;
                }
                for start in (0..rows.count).step_by(AT_ONCE) {
                    block.scores(network, rows, start..rows.count.min(start + AT_ONCE));
                    if let Some((keep, weight)) = adding.next(rows.weight) {
                        linear.gram(View::from(&block.scores), weight, keep, &mut block.matrix)?;
                    }
                }
            }
            Ok(())
        })
    }

    fn refresh(&mut self, lambda: f64) -> Result<Damped> {
        let (linear, mut all) = (self.host.linear(), Damped::default());
        for (place, block) in self.blocks.iter_mut().enumerate() {
            let Block { parameters, matrix, inverse, .. } = block;
            let damped = raising(lambda, matrix.largest_diagonal(), |lambda| linear.inverse(matrix, lambda, inverse));
            let name = || format!("block {place}, parameters {} to {}", parameters.start, parameters.end - 1);
            let damped = damped.map_err(|error| about(name())(error))?;
            (block.lambda, all) = (damped.lambda, all.and(damped));
        }
        Ok(all)
    }

    fn solve(&mut self, _: &Point<'_>, gradient: &[f64], natural: &mut [f64]) -> Result<()> {
        let linear = self.host.linear();
        self.blocks.iter_mut().try_for_each(|block| {
            let Block { parameters, inverse, work, .. } = block;
            times(linear, inverse, &gradient[parameters.clone()], work, &mut natural[parameters.clone()])
        })
    }

    fn multiply(&mut self, _: &Point<'_>, vector: &[f64], image: &mut [f64]) -> Result<()> {
        let linear = self.host.linear();
        self.blocks.iter_mut().try_for_each(|block| {
            let Block { parameters, matrix, lambda, work, .. } = block;
            let (vector, image) = (&vector[parameters.clone()], &mut image[parameters.clone()]);
            matrix.mirror();
            times(linear, matrix, vector, work, image)?;
            add(image, *lambda, vector);
            Ok(())
        })
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.averaging.state(state)?;
        self.blocks.iter_mut().try_for_each(|block| {
            state.number(&mut block.lambda)?;
            [&mut block.matrix, &mut block.inverse].into_iter().try_for_each(|matrix| matrix.state(state))
        })
    }
}
