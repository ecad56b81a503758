//! The graph and where its tables and parameters lie.
//!
//! A family is one entry η_i(x_i | a) of a table: node, state a of its parents, state of the node. Families are numbered node
//! by node in declared order, row by row over the states of the parents (the last parent fastest), state by state; parameters
//! leave out the last state of each row.

/// A node.
pub(crate) struct Node {
    pub name: String,
    pub states: usize,
    /// Numbers of the parents, in the order of the table's rows.
    pub parents: Vec<usize>,
    pub visible: bool,
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    /// Its first family.
    pub family: usize,
    /// Its first parameter.
    pub parameter: usize,
    pub states: usize,
}

impl Row {
    /// Its families.
    pub fn families(&self) -> std::ops::Range<usize> {
        self.family..self.family + self.states
    }

    /// Its parameters.
    pub fn parameters(&self) -> std::ops::Range<usize> {
        self.parameter..self.parameter + self.states - 1
    }
}

/// A network.
pub(crate) struct Network {
    pub nodes: Vec<Node>,
    pub rows: Vec<Row>,
    /// The first row of each node's table.
    pub first_row: Vec<usize>,
    pub families: usize,
    pub parameters: usize,
    pub visible_states: usize,
    pub hidden_states: usize,
}

impl Network {
    /// Expects what [`crate::validate`] has checked.
    pub fn new(nodes: Vec<Node>) -> Self {
        let mut network = Self {
            visible_states: nodes.iter().filter(|node| node.visible).map(|node| node.states).product(),
            hidden_states: nodes.iter().filter(|node| !node.visible).map(|node| node.states).product(),
            nodes,
            rows: Vec::new(),
            first_row: Vec::new(),
            families: 0,
            parameters: 0,
        };
        (0..network.nodes.len()).for_each(|i| network.number(i));
        network
    }

    /// Whether all nodes are binary, as none has fewer states: then each row of a table has one parameter.
    pub fn is_binary(&self) -> bool {
        self.families == 2 * self.parameters
    }

    /// Numbers the rows of one node.
    fn number(&mut self, i: usize) {
        let states = self.nodes[i].states;
        self.first_row.push(self.rows.len());
        for _ in 0..self.parent_states(i) {
            self.rows.push(Row { family: self.families, parameter: self.parameters, states });
            self.families += states;
            self.parameters += states - 1;
        }
    }

    /// Number of states of a node's parents.
    pub fn parent_states(&self, i: usize) -> usize {
        self.nodes[i].parents.iter().map(|&j| self.nodes[j].states).product()
    }

    /// Number of parameters of a node's table.
    pub fn node_parameters(&self, i: usize) -> usize {
        self.parent_states(i) * (self.nodes[i].states - 1)
    }

    /// The families of a node's table.
    pub fn node_families(&self, i: usize) -> std::ops::Range<usize> {
        let first = self.first_family(i);
        first..first + self.parent_states(i) * self.nodes[i].states
    }

    /// The first family of a node's table.
    pub fn first_family(&self, i: usize) -> usize {
        self.rows[self.first_row[i]].family
    }

    /// How far the family of node `i` moves when `j` takes its next state.
    pub fn stride(&self, i: usize, j: usize) -> usize {
        let parents = &self.nodes[i].parents;
        let Some(k) = parents.iter().position(|&parent| parent == j) else { return usize::from(i == j) };
        parents[k + 1..].iter().map(|&later| self.nodes[later].states).product::<usize>() * self.nodes[i].states
    }

    /// Number of joint states.
    pub fn joint_states(&self) -> usize {
        self.visible_states * self.hidden_states
    }

    /// The nodes that are visible, or hidden, in declared order.
    pub fn role(&self, visible: bool) -> Vec<usize> {
        (0..self.nodes.len()).filter(|&i| self.nodes[i].visible == visible).collect()
    }

    /// `P(Y|X)`.
    pub fn block_name(&self, i: usize) -> String {
        let parents: Vec<&str> = self.nodes[i].parents.iter().map(|&j| self.nodes[j].name.as_str()).collect();
        let bar = if parents.is_empty() { "" } else { "|" };
        format!("P({}{bar}{})", self.nodes[i].name, parents.join(","))
    }

    /// Brings a table over all states in declared order into rows of hidden states, one for each visible state.
    pub fn by_visible_state(&self, declared: &[f64]) -> Vec<f64> {
        let mut rows = vec![0.0; declared.len()];
        for (index, &value) in declared.iter().enumerate() {
            rows[self.position(index)] = value;
        }
        rows
    }

    /// Where the joint state with this number in declared order stands in rows of hidden states.
    fn position(&self, mut index: usize) -> usize {
        let (mut visible, mut hidden, mut places) = (0, 0, (1, 1));
        for node in self.nodes.iter().rev() {
            let (sum, place) = if node.visible { (&mut visible, &mut places.0) } else { (&mut hidden, &mut places.1) };
            *sum += index % node.states * *place;
            *place *= node.states;
            index /= node.states;
        }
        visible * self.hidden_states + hidden
    }
}
