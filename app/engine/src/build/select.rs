//! Which cells an optimizer has, and whether it can make its changes there.

use super::{Builder, Checked, text};
use crate::change::{self, Planned};
use crate::document::Node;
use elbow_abi::UNSUPPORTED;
use elbow_host::{Optimizer, Problem, Value, judged, nearest};

impl Builder<'_> {
    pub(super) fn whole(&mut self, seeds: &[f64], node: &Node) -> Vec<u64> {
        if let Some(wrong) = seeds.iter().find(|seed| seed.fract() != 0.0 || **seed > 2f64.powi(53)) {
            self.out.error(Some(&node.span), format!("the seed {wrong} is not a whole number"));
        }
        seeds.iter().map(|seed| *seed as u64).collect()
    }

    /// An optimizer for some of the cells names a model and seeds that there are.
    pub(super) fn selections(&mut self, root: &Node, models: &[Checked<'_>], optimizers: &[Checked<'_>], seeds: &[u64]) {
        let written = root.get("model").map(Node::items).unwrap_or_default().iter().filter_map(|node| text(node, "label"));
        let labels: Vec<String> = models.iter().map(|model| model.label.clone()).chain(written).collect();
        for Checked { node, engine, .. } in optimizers {
            if let (Some(model), Some(place)) = (engine.get("model").and_then(Value::as_text), node.get("model"))
                && !labels.iter().any(|label| label == model)
            {
                let near = nearest(model, labels.iter().map(String::as_str));
                let help = near
                    .map_or_else(|| format!("the models are {}", labels.join(", ")), |near| format!("did you mean `{near}`?"));
                self.out.error_with_help(Some(&place.span), format!("there is no model with the label `{model}`"), Some(help));
            }
            if let (Some(Value::Array { data, .. }), Some(place)) = (engine.get("seeds"), node.get("seeds")) {
                let own = self.whole(data, place);
                if let Some(place_of) = own.iter().position(|seed| !seeds.contains(seed)) {
                    let all = seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                    let message = format!("the seed {} is not one of the run's: {all}", own[place_of]);
                    self.out.error(Some(&node.locate(&format!("seeds[{place_of}]")).span), message);
                }
            }
        }
    }

    /// Parameters must be right together after each change too. Err: what this model cannot do, and another may.
    pub(super) fn check_changes(&mut self, optimizer: &Checked<'_>, problem: &Problem) -> Result<(), String> {
        let mut parameters = optimizer.parameters.clone();
        for Planned { step, change } in &optimizer.changes {
            change::put(&mut parameters, &change.path, change.value.clone());
            match judged(Optimizer::new(optimizer.plugin, &parameters, problem).map(drop)) {
                Err(error) if error.code() == UNSUPPORTED => return Err(format!("after the change at step {step}: {error}")),
                Err(error) => {
                    let place = optimizer.node.get("changes").unwrap_or(&optimizer.node);
                    self.out.error(Some(&place.span), format!("after the change at step {step}: {error}"));
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }
}
