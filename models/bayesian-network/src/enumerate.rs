//! Depth-first search through the hidden states of one visible state.
//!
//! The hidden nodes are assigned one after the other, in declared order. The entry of a table is multiplied in at the level at which the
//! last of {i} ∪ pa(i) gets its state, so prefixes of products are shared; the sum below that level is what the family's count gains:
//! `c_v[f] = Σ_h w(v, h) 1[f]` with `w` the weight of a leaf, for instance p_θ(v, h). Any order of the nodes works, not only one that
//! goes from causes to effects. Nothing is allocated.

use crate::network::Network;

/// A node's table together with how far its family moves when the level's node takes its next state.
#[derive(Clone, Copy)]
struct Touch {
    node: usize,
    stride: usize,
}

/// One node in the order of assignment.
struct Level {
    states: usize,
    /// Tables whose families are complete once this node has its state.
    complete: Vec<Touch>,
    /// Tables that wait for later nodes.
    waiting: Vec<Touch>,
}

/// What happens along the way to a leaf and at it.
pub(crate) trait Visit {
    /// Whether counts are wanted.
    const COUNT: bool;
    /// Brings one more table entry into a prefix.
    #[inline]
    fn join(prefix: f64, entries: &[f64], family: usize) -> f64 {
        prefix * entries[family]
    }
    /// The weight of a leaf; leaves come in the order of the hidden states.
    fn leaf(&mut self, prefix: f64) -> f64;
}

/// `w = Π η`; with or without counts.
pub(crate) struct Product<const COUNT: bool>;

impl<const COUNT: bool> Visit for Product<COUNT> {
    const COUNT: bool = COUNT;
    #[inline]
    fn leaf(&mut self, prefix: f64) -> f64 {
        prefix
    }
}

/// Given weights, one for each hidden state, times a factor.
pub(crate) struct Given<'a>(pub std::slice::Iter<'a, f64>, pub f64);

impl Visit for Given<'_> {
    const COUNT: bool = true;
    fn join(prefix: f64, _: &[f64], _: usize) -> f64 {
        prefix
    }
    #[inline]
    fn leaf(&mut self, _: f64) -> f64 {
        self.0.next().map_or(0.0, |weight| weight * self.1)
    }
}

/// Writes `Π η` for each hidden state.
pub(crate) struct Products<'a>(pub std::slice::IterMut<'a, f64>);

impl Visit for Products<'_> {
    const COUNT: bool = false;
    #[inline]
    fn leaf(&mut self, prefix: f64) -> f64 {
        if let Some(place) = self.0.next() {
            *place = prefix;
        }
        prefix
    }
}

/// Writes `Σ log η` for each hidden state.
pub(crate) struct Sums<'a>(pub std::slice::IterMut<'a, f64>);

impl Visit for Sums<'_> {
    const COUNT: bool = false;
    fn join(prefix: f64, entries: &[f64], family: usize) -> f64 {
        prefix + entries[family]
    }
    #[inline]
    fn leaf(&mut self, prefix: f64) -> f64 {
        if let Some(place) = self.0.next() {
            *place = prefix;
        }
        prefix
    }
}

/// The order of assignment.
pub(crate) struct Plan {
    visible: Vec<Level>,
    hidden: Vec<Level>,
    /// Nodes that are visible with all their parents.
    observed: Vec<usize>,
    /// The first family of each node.
    first: Vec<usize>,
}

impl Plan {
    pub fn new(network: &Network) -> Self {
        let order: Vec<usize> = network.role(true).into_iter().chain(network.role(false)).collect();
        let split = network.role(true).len();
        let mut levels: Vec<Level> = (0..order.len()).map(|depth| level(network, &order, depth)).collect();
        let hidden = levels.split_off(split);
        let observed = levels.iter().flat_map(|level| &level.complete).map(|touch| touch.node).collect();
        let first = (0..network.nodes.len()).map(|i| network.first_family(i)).collect();
        Self { visible: levels, hidden, observed, first }
    }

    /// The sum of the weights of all hidden states; `counts` gains them. `start` is the weight of an empty prefix.
    #[inline]
    pub fn search<V: Visit>(&self, at: &mut Position, entries: &[f64], start: f64, counts: &mut [f64], visit: &mut V) -> f64 {
        let prefix = self.observed.iter().fold(start, |prefix, &node| V::join(prefix, entries, at.family[node]));
        let family = &mut at.family[..];
        let sum = match &self.hidden[..] {
            [] => visit.leaf(prefix),
            [leaf] => leaves(leaf, prefix, entries, family, counts, visit),
            levels => descend(levels, prefix, entries, family, counts, visit),
        };
        if V::COUNT {
            self.observed.iter().for_each(|&node| counts[family[node]] += sum);
        }
        sum
    }
}

fn level(network: &Network, order: &[usize], depth: usize) -> Level {
    let node = order[depth];
    let member = |i: usize, j: usize| i == j || network.nodes[i].parents.contains(&j);
    let touches = |complete: bool| -> Vec<Touch> {
        let ends = |i: usize| order[depth + 1..].iter().all(|&later| !member(i, later)) == complete;
        let touched = (0..network.nodes.len()).filter(|&i| member(i, node) && ends(i));
        touched.map(|i| Touch { node: i, stride: network.stride(i, node) }).collect()
    };
    Level { states: network.nodes[node].states, complete: touches(true), waiting: touches(false) }
}

/// All states of the first level's node and of all later ones.
fn descend<V: Visit>(
    levels: &[Level],
    prefix: f64,
    entries: &[f64],
    family: &mut [usize],
    counts: &mut [f64],
    visit: &mut V,
) -> f64 {
    let (level, later) = (&levels[0], &levels[1..]);
    let mut total = 0.0;
    for state in 0..level.states {
        let below = extend::<V>(level, state, prefix, entries, family);
        let sum = match later {
            [leaf] => leaves(leaf, below, entries, family, counts, visit),
            _ => descend(later, below, entries, family, counts, visit),
        };
        gain::<V>(level, state, sum, family, counts);
        level.waiting.iter().for_each(|touch| family[touch.node] += touch.stride);
        total += sum;
    }
    level.waiting.iter().for_each(|touch| family[touch.node] -= touch.stride * level.states);
    total
}

/// All states of the last node; a few tables are known by their number, so that loops over them are unrolled.
#[inline]
fn leaves<V: Visit>(level: &Level, prefix: f64, entries: &[f64], family: &[usize], counts: &mut [f64], visit: &mut V) -> f64 {
    match &level.complete[..] {
        [a] => few(level, [*a], prefix, entries, family, counts, visit),
        [a, b] => few(level, [*a, *b], prefix, entries, family, counts, visit),
        [a, b, c] => few(level, [*a, *b, *c], prefix, entries, family, counts, visit),
        _ => {
            let mut total = 0.0;
            for state in 0..level.states {
                let weight = visit.leaf(extend::<V>(level, state, prefix, entries, family));
                gain::<V>(level, state, weight, family, counts);
                total += weight;
            }
            total
        }
    }
}

/// All states of a last node that completes N tables.
#[inline]
fn few<V: Visit, const N: usize>(
    level: &Level,
    touches: [Touch; N],
    prefix: f64,
    entries: &[f64],
    family: &[usize],
    counts: &mut [f64],
    visit: &mut V,
) -> f64 {
    let mut at = touches.map(|touch| family[touch.node]);
    let mut total = 0.0;
    for _ in 0..level.states {
        let weight = visit.leaf(at.iter().fold(prefix, |prefix, &family| V::join(prefix, entries, family)));
        if V::COUNT {
            at.iter().for_each(|&family| counts[family] += weight);
        }
        total += weight;
        at.iter_mut().zip(&touches).for_each(|(family, touch)| *family += touch.stride);
    }
    total
}

/// Brings in the entries that a state completes.
#[inline]
fn extend<V: Visit>(level: &Level, state: usize, prefix: f64, entries: &[f64], family: &[usize]) -> f64 {
    level.complete.iter().fold(prefix, |prefix, touch| V::join(prefix, entries, family[touch.node] + state * touch.stride))
}

/// Adds the sum below to the families that a state completed.
#[inline]
fn gain<V: Visit>(level: &Level, state: usize, sum: f64, family: &[usize], counts: &mut [f64]) {
    if V::COUNT {
        level.complete.iter().for_each(|touch| counts[family[touch.node] + state * touch.stride] += sum);
    }
}

/// A visible state: for each node the family that its visible parents and itself give, hidden ones standing at their first state.
pub(crate) struct Position {
    states: Vec<usize>,
    family: Vec<usize>,
}

impl Position {
    pub fn new(plan: &Plan) -> Self {
        Self { states: vec![0; plan.visible.len()], family: plan.first.clone() }
    }

    /// Stands at the visible state with this number.
    pub fn start(&mut self, plan: &Plan, mut visible: usize) {
        self.family.copy_from_slice(&plan.first);
        for (level, state) in plan.visible.iter().zip(&mut self.states).rev() {
            *state = visible % level.states;
            visible /= level.states;
            let steps = *state;
            level.touches().for_each(|touch| self.family[touch.node] += touch.stride * steps);
        }
    }

    /// Goes to the next visible state; after the last comes the first.
    #[inline]
    pub fn advance(&mut self, plan: &Plan) {
        for (level, state) in plan.visible.iter().zip(&mut self.states).rev() {
            *state += 1;
            if *state < level.states {
                level.touches().for_each(|touch| self.family[touch.node] += touch.stride);
                return;
            }
            *state = 0;
            level.touches().for_each(|touch| self.family[touch.node] -= touch.stride * (level.states - 1));
        }
    }

    /// Families of all nodes when the hidden nodes have the state with this number.
    pub fn families(&self, plan: &Plan, mut hidden: usize, out: &mut [usize]) {
        out.copy_from_slice(&self.family);
        for level in plan.hidden.iter().rev() {
            let state = hidden % level.states;
            hidden /= level.states;
            level.touches().for_each(|touch| out[touch.node] += touch.stride * state);
        }
    }
}

impl Level {
    fn touches(&self) -> impl Iterator<Item = &Touch> {
        self.complete.iter().chain(&self.waiting)
    }
}
