//! How many cells an experiment has: counted before any is made, so that a slip of a digit does not fill the memory.

use super::{Builder, keys, natural_label, text};
use crate::document::Node;
use crate::seeds::Seeds;
use crate::sweep::{Sweep, combinations};
use elbow_host::{PluginKind, Schema};

/// Most cells of a plan, and most models and optimizers.
pub const MOST: u128 = 1_000_000;

/// So many, or more than can be counted.
type Count = Option<u128>;

fn times(a: Count, b: Count) -> Count {
    a?.checked_mul(b?)
}

fn sum(counts: impl IntoIterator<Item = Count>) -> Count {
    counts.into_iter().try_fold(0u128, |sum, count| sum.checked_add(count?))
}

fn words(count: Count, noun: &str) -> String {
    match count {
        Some(1) => format!("1 {noun}"),
        Some(count) => format!("{count} {noun}s"),
        None => format!("more {noun}s than can be counted"),
    }
}

impl Builder<'_> {
    /// Whether the plan is small enough to be made; if not, the product is told.
    pub(super) fn is_small(&mut self, root: &Node, sweeps: &[Sweep], seeds: &Seeds) -> bool {
        let models = self.entries(root, PluginKind::Model, sweeps);
        let optimizers = self.entries(root, PluginKind::Optimizer, sweeps);
        let total = |entries: &[(&Node, Count)]| sum(entries.iter().map(|(_, count)| *count));
        let (m, o, s) = (total(&models), total(&optimizers), Some(seeds.count()));
        let own_seeds = |node: &Node| node.get("seeds").and_then(|node| Seeds::read(node, &mut Default::default()));
        let of = |(node, count): &(&Node, Count)| {
            let models = if node.get("model").is_some() { Some(1) } else { m };
            times(*count, times(models, own_seeds(node).map_or(s, |own| Some(own.count()))))
        };
        let is_probe = root.get("probe").is_some();
        let cells = if is_probe { times(m, s) } else { sum(optimizers.iter().map(of)) };
        if [cells, m, o].iter().all(|count| count.is_some_and(|count| count <= MOST)) {
            return true;
        }
        let factors = [(s, "seed"), (m, "model"), (o, "optimizer")].map(|(count, noun)| words(count, noun));
        let factors = &factors[..if is_probe { 2 } else { 3 }];
        let whole = if is_probe { times(m, s) } else { times(times(s, m), o) };
        let product = if whole == cells { factors.join(" × ") + " =" } else { factors.join(", ") + ":" };
        let swept = sweeps
            .iter()
            .map(|sweep| format!("; {}.{} is swept over {} values", sweep.section, sweep.path.join("."), sweep.count()));
        let swept: String = swept.collect();
        self.out.error(None, format!("{product} {}; a plan has at most {MOST}{swept}", words(cells, "cell")));
        false
    }

    /// The entries of a section, and how many each becomes by sweeps.
    fn entries<'n>(&self, root: &'n Node, kind: PluginKind, sweeps: &[Sweep]) -> Vec<(&'n Node, Count)> {
        let count = |node: &'n Node| {
            let Some(Ok(plugin)) = text(node, "plugin").map(|name| self.catalog.find(kind, &name)) else {
                return (node, Some(1));
            };
            let keys = keys(kind, plugin);
            let fields: Vec<&Schema> = keys.iter().chain(&plugin.schema).collect();
            let label = text(node, "label").unwrap_or_else(|| natural_label(node, plugin));
            (node, combinations(kind.name(), &label, &fields, sweeps))
        };
        root.get(kind.name()).map(Node::items).unwrap_or_default().iter().map(count).collect()
    }
}
