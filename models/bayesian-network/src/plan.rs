//! The order in which nodes get their states, and where their families then lie.
//!
//! Visible nodes come first, hidden ones after them, both in declared order. Any order works, not only one that goes from
//! causes to effects: the entry of a table is brought in at the level at which the last of {i} ∪ pa(i) gets its state.

use crate::network::Network;

/// A node's table together with how far its family moves when the level's node takes its next state.
#[derive(Clone, Copy)]
pub(crate) struct Touch {
    pub node: usize,
    pub stride: usize,
}

/// One node in the order of assignment.
pub(crate) struct Level {
    pub states: usize,
    /// Tables whose families are complete once this node has its state.
    pub complete: Vec<Touch>,
    /// Tables that wait for later nodes.
    pub waiting: Vec<Touch>,
}

impl Level {
    /// Tables that this node belongs to.
    pub fn touches(&self) -> impl Iterator<Item = &Touch> {
        self.complete.iter().chain(&self.waiting)
    }
}

/// The order of assignment.
pub(crate) struct Plan {
    visible: Vec<Level>,
    pub hidden: Vec<Level>,
    /// Nodes that are visible with all their parents.
    pub observed: Vec<usize>,
    /// The first family of each node.
    pub first: Vec<usize>,
    /// Families of all nodes, joint state by joint state, if these are few: then no search is needed.
    pub list: Vec<u32>,
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

/// A visible state: for each node the family that its visible parents and itself give, hidden ones standing at their first state.
pub(crate) struct Position {
    states: Vec<usize>,
    pub family: Vec<usize>,
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
