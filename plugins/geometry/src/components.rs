//! Coordinates that a symmetric matrix does not mix: the connected components of its entries that are not zero.
//!
//! The Fisher matrix of a directed network is block-diagonal, one block for each row of a table. Each block is solved by itself, so
//! that one of them near the boundary takes no digit from the others.

use faer::MatRef;

/// The components, in the order of their first coordinates.
#[derive(Debug, Default)]
pub(crate) struct Components {
    /// Coordinates, component after component, ascending in each.
    members: Vec<usize>,
    /// Where each component ends.
    ends: Vec<usize>,
    /// Which coordinates have been reached.
    reached: Vec<bool>,
}

impl Components {
    /// Finds those of a matrix.
    pub fn find(&mut self, f: MatRef<'_, f64>) {
        let n = f.nrows();
        self.members.clear();
        self.ends.clear();
        self.reached.clear();
        self.reached.resize(n, false);
        for start in 0..n {
            if !self.reached[start] {
                self.reach(f, start);
                self.ends.push(self.members.len());
            }
        }
    }

    /// Everything that is connected with a coordinate. One without a positive diagonal entry stands alone.
    fn reach(&mut self, f: MatRef<'_, f64>, start: usize) {
        let (first, alone) = (self.members.len(), |i: usize| f[(i, i)].is_nan() || f[(i, i)] <= 0.0);
        self.reached[start] = true;
        self.members.push(start);
        let mut next = first;
        while next < self.members.len() {
            let i = self.members[next];
            for j in 0..if alone(i) { 0 } else { f.nrows() } {
                if !self.reached[j] && f[(i, j)] != 0.0 && !alone(j) {
                    self.reached[j] = true;
                    self.members.push(j);
                }
            }
            next += 1;
        }
        self.members[first..].sort_unstable();
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// The coordinates of one.
    pub fn get(&self, k: usize) -> &[usize] {
        &self.members[if k == 0 { 0 } else { self.ends[k - 1] }..self.ends[k]]
    }
}
