//! Which cells an optimizer has, and whether it can make its changes there.

use super::{Builder, Checked, text};
use crate::change::{self, Planned};
use crate::diagnostic::Span;
use crate::document::Node;
use crate::plan::{Cell, Plan, Until};
use crate::record::{Recorder, is_cost};
use crate::seeds::Seeds;
use elbow_abi::UNSUPPORTED;
use elbow_host::{Optimizer, Problem, Value, judged, nearest};
use std::collections::{BTreeMap, HashSet};

/// The item of a list of seeds that has this one.
fn place_of(seed: u64, seeds: &Node) -> &Span {
    let has = |item: &&Node| Seeds::read(item, &mut Default::default()).is_some_and(|item| item.all().any(|one| one == seed));
    seeds.items().iter().find(has).map_or(&seeds.span, |item| &item.span)
}

/// The first few seeds in words.
fn some(seeds: &[u64]) -> String {
    let shown = seeds.iter().take(20).map(u64::to_string).collect::<Vec<_>>().join(", ");
    if seeds.len() > 20 { format!("{shown}, … ({} in all)", seeds.len()) } else { shown }
}

impl Builder<'_> {
    /// An optimizer for some of the cells names a model and seeds that there are.
    pub(super) fn selections(&mut self, root: &Node, models: &[Checked<'_>], optimizers: &[Checked<'_>], seeds: &[u64]) {
        let written = root.get("model").map(Node::items).unwrap_or_default().iter().filter_map(|node| text(node, "label"));
        let labels: Vec<String> = models.iter().map(|model| model.label.clone()).chain(written).collect();
        let known: HashSet<u64> = seeds.iter().copied().collect();
        for Checked { node, engine, seeds: own, .. } in optimizers {
            if let (Some(model), Some(place)) = (engine.get("model").and_then(Value::as_text), node.get("model"))
                && !labels.iter().any(|label| label == model)
            {
                let near = nearest(model, labels.iter().map(String::as_str));
                let help = near
                    .map_or_else(|| format!("the models are {}", labels.join(", ")), |near| format!("did you mean `{near}`?"));
                self.out.error_with_help(Some(&place.span), format!("there is no model with the label `{model}`"), Some(help));
            }
            if let Some(wrong) = own.iter().flatten().find(|seed| !known.contains(seed)) {
                let place = node.get("seeds").map_or(&node.span, |seeds| place_of(*wrong, seeds));
                self.out.error(Some(place), format!("the seed {wrong} is not one of the run's: {}", some(seeds)));
            }
        }
    }

    /// Changes that come after the last step.
    pub(super) fn late_changes(&mut self, plan: &Plan, optimizers: &[Checked<'_>]) {
        for Checked { node, changes, .. } in optimizers {
            for (place, late) in changes.iter().enumerate().filter(|(_, change)| change.step >= plan.budget.steps) {
                let span = node.locate(&format!("changes[{place}]")).span.clone();
                let message = format!("the change at step {} comes after the last of {} steps", late.step, plan.budget.steps);
                self.out.note(Some(&span), message);
            }
        }
    }

    /// Conditions of convergence name recorded quantities, not costs.
    pub(super) fn conditions(&mut self, root: &Node, plan: &Plan) {
        if plan.budget.until.is_empty() {
            return;
        }
        let pairs: BTreeMap<(usize, usize), &Cell> = plan.cells.iter().map(|cell| ((cell.model, cell.optimizer), cell)).collect();
        let recorded: Vec<(&Cell, Vec<String>)> = pairs.values().map(|cell| (*cell, Recorder::new(plan, cell).names)).collect();
        for Until { quantity, .. } in &plan.budget.until {
            let span = root.locate("run.until").entries().iter().find(|entry| entry.key == *quantity);
            let span = span.map(|entry| entry.key_span.clone());
            let names = || recorded.iter().flat_map(|(_, names)| names.iter().map(String::as_str)).filter(|name| !is_cost(name));
            if is_cost(quantity) {
                let help = Some("the budget is given by `steps`, `gradient_evaluations` and `seconds`".to_owned());
                self.out.error_with_help(span.as_ref(), format!("`{quantity}` is a cost, not a quantity to converge"), help);
            } else if !names().any(|name| name == quantity) {
                let near = nearest(quantity, names()).map(|near| format!("did you mean `{near}`?"));
                self.out.error_with_help(span.as_ref(), format!("no cell records `{quantity}`"), near);
            }
            for (cell, _) in
                recorded.iter().filter(|(_, names)| names.iter().any(|name| name == quantity) != names_it(&recorded, quantity))
            {
                let (model, optimizer) = (&plan.model_of(cell).label, &plan.optimizer_of(cell).label);
                let message =
                    format!("{model} with {optimizer} does not record `{quantity}`: it runs until its budget is used up");
                self.out.note(span.as_ref(), message);
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

/// Whether any cell records a quantity.
fn names_it(recorded: &[(&Cell, Vec<String>)], quantity: &str) -> bool {
    recorded.iter().any(|(_, names)| names.iter().any(|name| name == quantity))
}
