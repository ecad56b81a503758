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
    /// Families of all nodes, joint state by joint state, if these are few: then no search is needed.
    list: Vec<u32>,
}

/// Longest list of families.
const LISTED: usize = 256;

impl Plan {
    pub fn new(network: &Network) -> Self {
        let order: Vec<usize> = network.role(true).into_iter().chain(network.role(false)).collect();
        let split = network.role(true).len();
        let mut levels: Vec<Level> = (0..order.len()).map(|depth| level(network, &order, depth)).collect();
        let hidden = levels.split_off(split);
        let observed = levels.iter().flat_map(|level| &level.complete).map(|touch| touch.node).collect();
        let first = (0..network.nodes.len()).map(|i| network.first_family(i)).collect();
        let mut plan = Self { visible: levels, hidden, observed, first, list: Vec::new() };
        if network.joint_states() * order.len() <= LISTED {
            plan.list(network);
        }
        plan
    }

    fn list(&mut self, network: &Network) {
        let (mut place, mut families) = (Position::new(self), vec![0; network.nodes.len()]);
        let mut list = Vec::new();
        for state in 0..network.joint_states() {
            let hidden = state % network.hidden_states;
            place.families(self, hidden, &mut families);
            list.extend(families.iter().map(|&family| family as u32));
            if hidden + 1 == network.hidden_states {
                place.advance(self);
            }
        }
        self.list = list;
    }

    /// Whether [`Plan::listed`] knows this network.
    #[inline]
    pub fn is_listed(&self) -> bool {
        !self.list.is_empty()
    }

    /// Counts and p(v) of all visible states from the first on, without a search: the same sums, with the products in another order.
    #[inline]
    pub fn listed(&self, entries: &[f64], counts: &mut [f64], mass: &mut [f64]) {
        let nodes = self.first.len();
        let each = self.list.len() / mass.len();
        counts.fill(0.0);
        for (v, mass) in mass.iter_mut().enumerate() {
            let (counts, states) = (&mut counts[v * entries.len()..][..entries.len()], &self.list[v * each..][..each]);
            *mass = 0.0;
            let mut at = 0;
            while at < each {
                let families = &states[at..at + nodes];
                let product: f64 = families.iter().map(|&family| entries[family as usize]).product();
                families.iter().for_each(|&family| counts[family as usize] += product);
                *mass += product;
                at += nodes;
            }
        }
    }

    /// The sum of the weights of all hidden states; `counts` gains them. `start` is the weight of an empty prefix.
    #[inline]
    pub fn search<V: Visit>(&self, at: &mut Position, entries: &[f64], start: f64, counts: &mut [f64], visit: &mut V) -> f64 {
        let prefix = self.observed.iter().fold(start, |prefix, &node| V::join(prefix, entries, at.family[node]));
        let sum = Search { entries, family: &mut at.family, counts, visit }.descend(&self.hidden, prefix);
        if V::COUNT {
            self.observed.iter().for_each(|&node| counts[at.family[node]] += sum);
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

/// What a search reads and writes.
struct Search<'a, V> {
    entries: &'a [f64],
    family: &'a mut [usize],
    counts: &'a mut [f64],
    visit: &'a mut V,
}

impl<V: Visit> Search<'_, V> {
    /// All states of the first level's node and of all later ones. Few tables are known by their number, so that loops unroll.
    fn descend(&mut self, levels: &[Level], prefix: f64) -> f64 {
        let Some((level, later)) = levels.split_first() else { return self.visit.leaf(prefix) };
        match &level.complete[..] {
            [] => self.states(level, later, [], prefix),
            [a] => self.states(level, later, [*a], prefix),
            [a, b] => self.states(level, later, [*a, *b], prefix),
            [a, b, c] => self.states(level, later, [*a, *b, *c], prefix),
            _ => self.states_of_many(level, later, prefix),
        }
    }

    /// All states of a node that completes N tables.
    #[inline]
    fn states<const N: usize>(&mut self, level: &Level, later: &[Level], touches: [Touch; N], prefix: f64) -> f64 {
        let mut at = touches.map(|touch| self.family[touch.node]);
        let mut total = 0.0;
        for _ in 0..level.states {
            let below = at.iter().fold(prefix, |prefix, &family| V::join(prefix, self.entries, family));
            let sum = if later.is_empty() { self.visit.leaf(below) } else { self.descend(later, below) };
            if V::COUNT {
                at.iter().for_each(|&family| self.counts[family] += sum);
            }
            total += sum;
            at.iter_mut().zip(&touches).for_each(|(family, touch)| *family += touch.stride);
            level.waiting.iter().for_each(|touch| self.family[touch.node] += touch.stride);
        }
        level.waiting.iter().for_each(|touch| self.family[touch.node] -= touch.stride * level.states);
        total
    }

    /// All states of a node that completes any number of tables.
    fn states_of_many(&mut self, level: &Level, later: &[Level], prefix: f64) -> f64 {
        let mut total = 0.0;
        for _ in 0..level.states {
            let family = &self.family;
            let join = |prefix, touch: &Touch| V::join(prefix, self.entries, family[touch.node]);
            let sum = self.descend(later, level.complete.iter().fold(prefix, join));
            if V::COUNT {
                level.complete.iter().for_each(|touch| self.counts[self.family[touch.node]] += sum);
            }
            total += sum;
            level.touches().for_each(|touch| self.family[touch.node] += touch.stride);
        }
        level.touches().for_each(|touch| self.family[touch.node] -= touch.stride * level.states);
        total
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
        if visible == 0 {
            return self.states.fill(0);
        }
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
