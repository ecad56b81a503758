//! Short runs of an optimizer on a model, both from a catalog: what tests of one against the other are made of.

use crate::complete::complete;
use crate::make_step;
use elbow_abi::{ElbowEntry, OBJECTIVE_ELBO, RECOGNITION_LEARNED};
use elbow_host::{Catalog, Model, Optimizer, Origin, Plugin, PluginKind, Proxy, Result, Stream, Task, Value};
use std::sync::Arc;

/// Values of parameters, by key.
pub type Given<'a> = &'a [(&'a str, Value)];

/// Text as a value.
pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A table as a value.
pub fn table(entries: Given<'_>) -> Value {
    Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

/// A model with a start.
pub struct Course {
    catalog: Catalog,
    model: Arc<Model>,
    /// What is descended, in which parameters.
    pub task: Task,
    /// (θ, φ).
    pub start: Vec<f64>,
}

impl Course {
    /// A model of a bundle that trains both its networks, at a drawn start.
    ///
    /// # Panics
    /// If the bundle has no such model, or it refuses its parameters.
    pub fn new(entry: &'static ElbowEntry, model: &str, given: Given<'_>, draw: &str) -> Self {
        let catalog = Catalog::bundled(entry).expect("the bundle is admitted");
        let plugin = find(&catalog, PluginKind::Model, model);
        let model = Model::new(plugin, &complete(&plugin.schema, given)).unwrap_or_else(|error| panic!("{error}"));
        let (n, m) = (model.shape().generative, model.shape().recognition);
        let mut start = vec![0.0; n + m];
        let (theta, phi) = start.split_at_mut(n);
        model.draw(draw, &mut Stream::new(&["course"]), theta, phi).unwrap_or_else(|error| panic!("{error}"));
        let task = Task { objective: OBJECTIVE_ELBO, recognition: RECOGNITION_LEARNED, generative: true, learned: true };
        Self { catalog, model, task, start }
    }

    /// Takes in another bundle's plugins.
    ///
    /// # Panics
    /// If it is refused.
    pub fn admit(&mut self, entry: &'static ElbowEntry) {
        self.catalog.admit(entry, &Origin::Bundled).expect("the bundle is admitted");
    }

    /// A proxy at the start.
    ///
    /// # Panics
    /// If the model cannot be evaluated there.
    pub fn proxy(&self) -> Box<Proxy> {
        Proxy::new(&self.model, self.task, &self.start, 1, 8).unwrap_or_else(|error| panic!("{error}"))
    }

    /// An optimizer of the bundle for this model.
    ///
    /// # Errors
    /// The plugin's.
    pub fn optimizer(&self, name: &str, given: Given<'_>) -> Result<Optimizer> {
        let plugin = find(&self.catalog, PluginKind::Optimizer, name);
        Optimizer::new(plugin, &complete(&plugin.schema, given), &self.proxy().problem())
    }

    /// (θ, φ) after some steps.
    ///
    /// # Errors
    /// The plugins'.
    pub fn follow(&self, name: &str, given: Given<'_>, steps: usize) -> Result<Vec<f64>> {
        let (mut proxy, mut optimizer) = (self.proxy(), self.optimizer(name, given)?);
        (0..steps).try_for_each(|_| make_step(&mut proxy, &mut optimizer))?;
        Ok(proxy.parameters().to_vec())
    }

    /// The model's quantities at a point.
    ///
    /// # Panics
    /// If the model cannot be evaluated there.
    pub fn quantities(&self, point: &[f64]) -> Vec<f64> {
        let (theta, phi) = point.split_at(self.model.shape().generative);
        let mut out = vec![0.0; self.model.quantities];
        let mut at = self.model.evaluator(1).unwrap_or_else(|error| panic!("{error}"));
        let done = at.move_to(theta, phi, 0).and_then(|()| at.quantities(RECOGNITION_LEARNED, &mut out));
        done.unwrap_or_else(|error| panic!("{error}"));
        out
    }
}

fn find<'a>(catalog: &'a Catalog, kind: PluginKind, name: &str) -> &'a Plugin {
    catalog.find(kind, name).unwrap_or_else(|_| panic!("the bundle has no {name}"))
}
