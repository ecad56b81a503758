//! Whole matrices, row by row, by the textbook.

/// A symmetric or square matrix of order n.
pub type Whole = Vec<Vec<f64>>;

pub fn zeros(n: usize) -> Whole {
    vec![vec![0.0; n]; n]
}

/// A⁻¹ of A + shift I, by Gauss–Jordan elimination with partial pivoting.
pub fn inverse(a: &Whole, shift: f64) -> Whole {
    let n = a.len();
    let mut rows: Whole =
        (0..n).map(|i| (0..2 * n).map(|j| if j < n { a[i][j] } else { f64::from(j - n == i) }).collect()).collect();
    (0..n).for_each(|i| rows[i][i] += shift);
    for k in 0..n {
        let pivot = (k..n).max_by(|i, j| rows[*i][k].abs().total_cmp(&rows[*j][k].abs())).expect("a row");
        rows.swap(k, pivot);
        let scale = rows[k][k];
        rows[k].iter_mut().for_each(|x| *x /= scale);
        let done = rows[k].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != k) {
            let factor = row[k];
            row.iter_mut().zip(&done).for_each(|(x, y)| *x -= factor * y);
        }
    }
    rows.into_iter().map(|row| row[n..].to_vec()).collect()
}

pub fn apply(a: &Whole, x: &[f64]) -> Vec<f64> {
    a.iter().map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
}

/// Eigenvectors as rows, by ascending eigenvalue: Jacobi's rotations until nothing is left off the diagonal.
pub fn eigenvectors(a: &Whole) -> Whole {
    let (n, mut a, mut v) = (a.len(), a.clone(), zeros(a.len()));
    (0..n).for_each(|i| v[i][i] = 1.0);
    for _ in 0..60 {
        for (p, q) in (0..n).flat_map(|p| (p + 1..n).map(move |q| (p, q))) {
            if a[p][q].abs() < 1e-300 {
                continue;
            }
            let angle = 0.5 * (2.0 * a[p][q]).atan2(a[q][q] - a[p][p]);
            let (s, c) = angle.sin_cos();
            for row in &mut a {
                (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
            }
            for k in 0..n {
                (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]);
                (v[p][k], v[q][k]) = (c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k]);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| a[*i][*i].total_cmp(&a[*j][*j]));
    order.into_iter().map(|i| v[i].clone()).collect()
}
