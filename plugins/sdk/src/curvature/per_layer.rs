//! What every curvature that works layer by layer has in common: the visit of the rows, the running averages, the host's threads.

use super::average::{Adding, Averaging};
use super::{Curvature, Damped, Network, Source, about, gather};
use crate::dense::Linear;
use crate::error::Result;
use crate::layers::{Layer, LayerRows, Precision, Rows};
use crate::optimizer::Setup;
use crate::point::Point;
use crate::state::State;

/// The curvature of one layer.
pub trait LayerCurvature: Send + Sized {
    /// Nothing observed yet.
    fn new(layer: &Layer, precision: Precision) -> Self;
    /// Adds a batch of rows; `adding` weighs them, for E[δ…] with `rows.weight` and for E[ā āᵀ] with `rows.inputs_weight`.
    fn observe(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut [Adding; 2]) -> Result<()>;
    /// Prepares solving with damping λ.
    fn refresh(&mut self, linear: Linear, lambda: f64) -> Result<Damped>;
    /// Computes the natural gradient of the layer's part of the gradient, which [`LayerCurvature::copy_to`] hands out.
    fn solve(&mut self, linear: Linear, gradient: &[f64]) -> Result<()>;
    /// Computes (F + λ) times the layer's part of a vector, which [`LayerCurvature::copy_to`] hands out.
    fn multiply(&mut self, linear: Linear, vector: &[f64]) -> Result<()>;
    /// Whether the F that is inverted changes with each update.
    const FOLLOWS: bool = false;
    /// Hands out what was solved or multiplied last.
    fn copy_to(&self, out: &mut [f64]);
    /// Visits what it carries from step to step.
    fn state(&mut self, state: &mut State<'_>) -> Result<()>;
}

/// One layer and its curvature.
#[derive(Debug)]
pub(crate) struct Item<T> {
    pub layer: Layer,
    pub curvature: T,
    pub adding: [Adding; 2],
    outcome: Result<Damped>,
}

/// Multiply-adds below which layers are not spread over threads: waking them costs more.
const WORTH_SPREADING: usize = 4_000_000;

/// A curvature for each layer of a source.
#[derive(Debug)]
pub struct PerLayer<T> {
    network: Network,
    averaging: Averaging,
    pub(crate) items: Vec<Item<T>>,
}

fn item<T: LayerCurvature>(layer: &Layer, precision: Precision, adding: Adding) -> Item<T> {
    Item { layer: layer.clone(), curvature: T::new(layer, precision), adding: [adding; 2], outcome: Ok(Damped::default()) }
}

/// Does something for each layer, on the host's threads if there are enough multiply-adds.
fn spread<T: Send>(network: &Network, items: &mut [Item<T>], work: usize, body: impl Fn(usize, &mut Item<T>) + Sync) {
    if work < WORTH_SPREADING {
        items.iter_mut().enumerate().for_each(|(place, item)| body(place, item));
    } else {
        network.host.for_each(items, body);
    }
}

impl<T: LayerCurvature> PerLayer<T> {
    /// For the layers of a source; `decay` is that of the running averages.
    ///
    /// # Errors
    /// [`crate::Code::Unsupported`] if the source has no layer.
    pub fn new(setup: &Setup, source: Source, decay: f64) -> Result<Self> {
        Ok(Self { network: Network::new(setup, source)?, averaging: Averaging::new(decay), items: Vec::new() })
    }

    /// The curvature of the layer at a place among those of the source, once there was an update.
    pub fn layer(&self, place: usize) -> Option<&T> {
        self.items.get(place).map(|item| &item.curvature)
    }

    /// One visit of the rows; what was kept is scaled by the first weight and the rows by the second.
    pub(crate) fn visit(
        &mut self,
        at: &Point<'_>,
        adding: Adding,
        take: impl Fn(&mut Item<T>, Linear, &Rows<'_>, &LayerRows<'_>) -> Result<()> + Sync,
    ) -> Result<()> {
        let Self { network, items, .. } = self;
        let linear = network.host.linear();
        items.iter_mut().for_each(|item| item.adding = [adding; 2]);
        network.visit(at, &mut |rows| {
            if items.is_empty() {
                let precision = rows.layers.first().map_or(Precision::Double, |layer| layer.deltas.precision());
                items.extend(network.layers().iter().map(|layer| item(layer, precision, adding)));
            }
            let work = items.iter().map(|item| rows.count * ((item.layer.inputs + 1).pow(2) + item.layer.outputs.pow(2))).sum();
            spread(network, items, work, |place, item| {
                if let Some(layer) = network.rows_of(rows, place) {
                    item.outcome = take(item, linear, rows, &layer).map(|()| Damped::default());
                }
            });
            gather(items.iter_mut().map(|item| &mut item.outcome)).map(drop)
        })
    }

    /// Something done for each layer.
    pub(crate) fn each(&mut self, body: impl Fn(&mut Item<T>, Linear) -> Result<Damped> + Sync) -> Result<Damped> {
        let linear = self.network.host.linear();
        let size = |layer: &Layer| layer.len() * (layer.inputs + 1 + layer.outputs);
        let work = self.items.iter().map(|item| size(&item.layer)).sum();
        let named = |item: &mut Item<T>| body(item, linear).map_err(|error| about(format!("layer {}", item.layer.name))(error));
        spread(&self.network, &mut self.items, work, |_, item| item.outcome = named(item));
        gather(self.items.iter_mut().map(|item| &mut item.outcome))
    }
}

impl<T: LayerCurvature> Curvature for PerLayer<T> {
    fn update(&mut self, at: &Point<'_>) -> Result<()> {
        let adding = Adding::new(self.averaging.observe());
        self.visit(at, adding, |item, linear, rows, layer| item.curvature.observe(linear, rows, layer, &mut item.adding))
    }

    fn refresh(&mut self, lambda: f64) -> Result<Damped> {
        self.each(|item, linear| item.curvature.refresh(linear, lambda))
    }

    fn solve(&mut self, _: &Point<'_>, gradient: &[f64], natural: &mut [f64]) -> Result<()> {
        self.each(|item, linear| item.curvature.solve(linear, item.layer.of(gradient)).map(|()| Damped::default()))?;
        self.items.iter().for_each(|item| item.curvature.copy_to(item.layer.of_mut(natural)));
        Ok(())
    }

    fn multiply(&mut self, _: &Point<'_>, vector: &[f64], image: &mut [f64]) -> Result<()> {
        self.each(|item, linear| item.curvature.multiply(linear, item.layer.of(vector)).map(|()| Damped::default()))?;
        self.items.iter().for_each(|item| item.curvature.copy_to(item.layer.of_mut(image)));
        Ok(())
    }

    fn follows(&self) -> bool {
        T::FOLLOWS
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.averaging.state(state)?;
        let make = |layer: &Layer| item(layer, Precision::Double, Adding::new((0.0, 1.0)));
        state.list(&mut self.items, self.network.layers(), make, |item, state| item.curvature.state(state))
    }
}
