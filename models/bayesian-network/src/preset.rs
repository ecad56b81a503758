//! Networks with a name (Ay, van Oostrum and Datar, JMLR 2025, for `cylindrical` and `non-cylindrical`).
//!
//! | name | graph | cylindrical |
//! |---|---|---|
//! | `cylindrical` | X, Y, Z without arrows, X hidden | yes |
//! | `non-cylindrical` | Y ← X → Z, X hidden | no |
//! | `naive-bayes` | H → V1, …, H → Vn, H hidden | no |
//! | `chain` | H1 → V1 → H2 → V2 → …, `size` nodes | no |
//! | `hidden-child` | all arrows Vi → Vj for i < j and Vi → H, H hidden | yes: p(v; α) p(h\|v; β) |

use crate::parameters::{NodeParameters, Parameters, Preset};
use elbow_sdk::Issues;

/// More nodes never fit into the limit of joint states.
const LARGEST: i64 = 24;

/// The nodes of an experiment.
pub(crate) fn nodes(parameters: &Parameters, issues: &mut Issues) -> Option<Vec<NodeParameters>> {
    let (preset, nodes) = (parameters.preset, &parameters.nodes.0);
    match (preset, nodes.is_empty()) {
        (Preset::Custom, true) => issues.parameter("nodes", "give the nodes of the network, or a `preset` other than `custom`"),
        (Preset::Custom, false) => {}
        (_, false) => {
            issues.parameter("nodes", format!("the preset `{}` brings its own nodes: give one or the other", preset.name()))
        }
        _ => {}
    }
    let size = size(parameters, issues);
    let given = (preset == Preset::Custom) != nodes.is_empty();
    given.then(|| if preset == Preset::Custom { Some(nodes.clone()) } else { size.map(|size| build(preset, size)) })?
}

/// The size of a preset that has one; `None` if it is wrong.
fn size(parameters: &Parameters, issues: &mut Issues) -> Option<usize> {
    let preset = parameters.preset;
    let (least, usual) = match preset {
        Preset::NaiveBayes => (1, 3),
        Preset::HiddenChild => (1, 2),
        Preset::Chain => (2, 4),
        _ => {
            let Some(_) = parameters.size else { return Some(3) };
            issues.parameter("size", format!("does not apply to `{}`: leave it out", preset.name()));
            return None;
        }
    };
    let size = parameters.size.unwrap_or(usual);
    if (least..=LARGEST).contains(&size) {
        return usize::try_from(size).ok();
    }
    issues.parameter("size", format!("{size} is not in {least} … {LARGEST}, the sizes of `{}`", preset.name()));
    None
}

fn build(preset: Preset, size: usize) -> Vec<NodeParameters> {
    match preset {
        Preset::Custom => Vec::new(),
        Preset::Cylindrical => vec![node("X", &[], false), node("Y", &[], true), node("Z", &[], true)],
        Preset::NonCylindrical => vec![node("X", &[], false), node("Y", &["X"], true), node("Z", &["X"], true)],
        Preset::NaiveBayes => {
            let leaves = names(size).into_iter().map(|name| node(&name, &["H"], true));
            std::iter::once(node("H", &[], false)).chain(leaves).collect()
        }
        Preset::Chain => chain(size),
        Preset::HiddenChild => hidden_child(&names(size)),
    }
}

fn chain(size: usize) -> Vec<NodeParameters> {
    let name = |i: usize| format!("{}{}", ["H", "V"][i % 2], i / 2 + 1);
    let link = |i: usize| if i == 0 { node("H1", &[], false) } else { node(&name(i), &[&name(i - 1)], i % 2 == 1) };
    (0..size).map(link).collect()
}

fn hidden_child(names: &[String]) -> Vec<NodeParameters> {
    let earlier = |n: usize| names[..n].iter().map(String::as_str).collect::<Vec<_>>();
    let visible = names.iter().enumerate().map(|(i, name)| node(name, &earlier(i), true));
    visible.chain(std::iter::once(node("H", &earlier(names.len()), false))).collect()
}

fn names(size: usize) -> Vec<String> {
    (1..=size).map(|i| format!("V{i}")).collect()
}

fn node(name: &str, parents: &[&str], visible: bool) -> NodeParameters {
    let parents = Some(parents.iter().map(|&parent| parent.to_owned()).collect());
    NodeParameters { name: name.to_owned(), states: 2, parents, visible }
}
