//! `G_V = Σ_v p(v) s̄ s̄ᵀ` with `s̄(v) = ∇ log p(v) = score(c_v) / p(v)`: a sum of squares of rows.

use crate::network::Network;
use crate::rows::{Tables, pair_score};
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::{Accum, MatMut, MatRef, Par};

/// Up to this size plain loops are faster than blocks.
const SMALL: usize = 32;

/// `Σ s sᵀ` of rows s; only the lower triangle.
#[derive(Default)]
pub(crate) struct Gram {
    size: usize,
    /// Column by column.
    lower: Vec<f64>,
    /// Rows of a block.
    rows: Vec<f64>,
}

impl Gram {
    /// Starts from zero, with room for blocks of this many rows.
    pub fn clear(&mut self, size: usize, block: usize) {
        self.size = size;
        self.rows.resize(block * size, 0.0);
        self.lower.resize(size * size, 0.0);
        self.lower.fill(0.0);
    }

    /// Adds `score(c_v) score(c_v)ᵀ / p(v)` for each visible state of a block; states with p(v) = 0 have no part in p.
    pub fn add(&mut self, network: &Network, tables: &Tables, counts: &[f64], mass: &[f64]) {
        match self.size {
            1 => self.tiny::<1>(network, tables, counts, mass),
            2 => self.tiny::<2>(network, tables, counts, mass),
            3 => self.tiny::<3>(network, tables, counts, mass),
            4 => self.tiny::<4>(network, tables, counts, mass),
            5 => self.tiny::<5>(network, tables, counts, mass),
            6 => self.tiny::<6>(network, tables, counts, mass),
            7 => self.tiny::<7>(network, tables, counts, mass),
            8 => self.tiny::<8>(network, tables, counts, mass),
            _ => self.any(network, tables, counts, mass),
        }
    }

    /// The same for a known size: sums stay in registers.
    fn tiny<const N: usize>(&mut self, network: &Network, tables: &Tables, counts: &[f64], mass: &[f64]) {
        let (mut sums, mut score) = ([[0.0; N]; N], [0.0; N]);
        for (k, mass) in mass.iter().enumerate() {
            let counts = &counts[k * network.families..][..network.families];
            match tables.binary_inverse() {
                Some(inverse) => (0..N).for_each(|a| score[a] = pair_score(&counts[2 * a..], &inverse[2 * a..])),
                None => tables.score(network, counts, &mut score),
            }
            let weight = if *mass > 0.0 { 1.0 / mass } else { 0.0 };
            for j in 0..N {
                let factor = weight * score[j];
                (j..N).for_each(|i| sums[j][i] += factor * score[i]);
            }
        }
        let columns = self.lower.chunks_exact_mut(N).zip(&sums);
        columns.for_each(|(column, sums)| column.iter_mut().zip(sums).for_each(|(x, sum)| *x += sum));
    }

    /// The same for any size.
    fn any(&mut self, network: &Network, tables: &Tables, counts: &[f64], mass: &[f64]) {
        let n = self.size;
        let each = counts.chunks_exact(network.families).zip(mass);
        for (row, (counts, mass)) in self.rows.chunks_exact_mut(n).zip(each) {
            tables.score(network, counts, row);
            let scale = if *mass > 0.0 { 1.0 / mass.sqrt() } else { 0.0 };
            row.iter_mut().for_each(|x| *x *= scale);
        }
        let rows = &self.rows[..mass.len() * n];
        if n <= SMALL {
            return rows.chunks_exact(n).for_each(|row| rank_one(&mut self.lower, row));
        }
        let columns = MatRef::from_column_major_slice(rows, n, mass.len());
        let lower = MatMut::from_column_major_slice_mut(&mut self.lower, n, n);
        let (full, triangle) = (BlockStructure::Rectangular, BlockStructure::TriangularLower);
        matmul(lower, triangle, Accum::Add, columns, full, columns.transpose(), full, 1.0, Par::Seq);
    }

    /// Adds `s sᵀ`.
    pub fn add_row(&mut self, s: &[f64]) {
        rank_one(&mut self.lower, s);
    }

    /// The lower triangle, column by column.
    pub fn lower(&self) -> &[f64] {
        &self.lower
    }
}

/// `lower += s sᵀ`.
fn rank_one(lower: &mut [f64], s: &[f64]) {
    for (j, (column, &factor)) in lower.chunks_exact_mut(s.len()).zip(s).enumerate() {
        column[j..].iter_mut().zip(&s[j..]).for_each(|(x, y)| *x += factor * y);
    }
}

/// Copies the lower triangle of a column-major matrix to the upper one.
pub(crate) fn mirror(matrix: &mut [f64], n: usize) {
    for j in 0..n {
        (j + 1..n).for_each(|i| matrix[i * n + j] = matrix[j * n + i]);
    }
}
