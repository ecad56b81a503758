//! Depth-first search through the hidden states of one visible state.
//!
//! Prefixes of products are shared, and the sum below a level is what the families gain that the level completes:
//! `c_v[f] = Σ_h w(v, h) 1[f]` with `w` the weight of a leaf, for instance p_θ(v, h). Nothing is allocated.

use crate::number::Number;
use crate::plan::{Level, Plan, Position, Touch};

/// What happens along the way to a leaf and at it.
pub(crate) trait Visit<N: Number> {
    /// Whether counts are wanted.
    const COUNT: bool;
    /// Brings one more table entry into a prefix.
    #[inline]
    fn join(prefix: N, entries: &[N], family: usize) -> N {
        prefix * entries[family]
    }
    /// The weight of a leaf; leaves come in the order of the hidden states.
    fn leaf(&mut self, prefix: N) -> N;
}

/// `w = Π η`; with or without counts.
pub(crate) struct Product<const COUNT: bool>;

impl<N: Number, const COUNT: bool> Visit<N> for Product<COUNT> {
    const COUNT: bool = COUNT;
    #[inline]
    fn leaf(&mut self, prefix: N) -> N {
        prefix
    }
}

/// Given weights, one for each hidden state, times a factor.
pub(crate) struct Given<'a>(pub std::slice::Iter<'a, f64>, pub f64);

impl Visit<f64> for Given<'_> {
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
pub(crate) struct Products<'a, N>(pub std::slice::IterMut<'a, N>);

impl<N: Number> Visit<N> for Products<'_, N> {
    const COUNT: bool = false;
    #[inline]
    fn leaf(&mut self, prefix: N) -> N {
        if let Some(place) = self.0.next() {
            *place = prefix;
        }
        prefix
    }
}

/// Writes `Σ log η` for each hidden state.
pub(crate) struct Sums<'a>(pub std::slice::IterMut<'a, f64>);

impl Visit<f64> for Sums<'_> {
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

impl Plan {
    /// Whether [`Plan::listed`] knows this network.
    #[inline]
    pub fn is_listed(&self) -> bool {
        !self.list.is_empty()
    }

    /// Counts and p(v) of all visible states from the first on, without a search: the same sums, with the products in another
    /// order.
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
    pub fn search<N: Number, V: Visit<N>>(
        &self,
        at: &mut Position,
        entries: &[N],
        start: N,
        counts: &mut [N],
        visit: &mut V,
    ) -> N {
        let prefix = self.observed.iter().fold(start, |prefix, &node| V::join(prefix, entries, at.family[node]));
        let sum = Search { entries, family: &mut at.family, counts, visit }.descend(&self.hidden, prefix);
        if V::COUNT {
            self.observed.iter().for_each(|&node| counts[at.family[node]] += sum);
        }
        sum
    }
}

/// What a search reads and writes.
struct Search<'a, N, V> {
    entries: &'a [N],
    family: &'a mut [usize],
    counts: &'a mut [N],
    visit: &'a mut V,
}

impl<N: Number, V: Visit<N>> Search<'_, N, V> {
    /// All states of the first level's node and of all later ones. Few tables are known by their number, so that loops unroll.
    fn descend(&mut self, levels: &[Level], prefix: N) -> N {
        let Some((level, later)) = levels.split_first() else { return self.visit.leaf(prefix) };
        match &level.complete[..] {
            [] => self.states(level, later, [], prefix),
            [a] => self.states(level, later, [*a], prefix),
            [a, b] => self.states(level, later, [*a, *b], prefix),
            [a, b, c] => self.states(level, later, [*a, *b, *c], prefix),
            _ => self.states_of_many(level, later, prefix),
        }
    }

    /// All states of a node that completes K tables.
    #[inline]
    fn states<const K: usize>(&mut self, level: &Level, later: &[Level], touches: [Touch; K], prefix: N) -> N {
        let mut at = touches.map(|touch| self.family[touch.node]);
        let mut total = N::ZERO;
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
    fn states_of_many(&mut self, level: &Level, later: &[Level], prefix: N) -> N {
        let mut total = N::ZERO;
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
