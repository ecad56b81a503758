//! The host's linear algebra, as an optimizer sees it.

mod common;

use common::{linear, numbers};
use elbow_sdk::{Code, Dense, Precision, View};

/// X Xᵀ with `rank` columns is singular below rank n, whatever signs rounding leaves: it is never inverted. A shift well above rounding
/// makes it positive definite.
#[test]
fn singular_matrices_are_refused_however_rounding_falls() {
    for precision in [Precision::Double, Precision::Single] {
        for seed in 0..2000 {
            let n = 2 + seed % 60;
            let rank = 1 + (seed * 7) % (n - 1);
            let (mut x, mut a) = (Dense::zeros(precision, n, rank), Dense::zeros(precision, n, n));
            x.copy_from(&numbers(seed as f64, n * rank));
            linear().gram(View::from(&x), 1.0, 0.0, &mut a).unwrap();
            let mut inverse = a.clone();
            let error = linear().inverse(&a, 0.0, &mut inverse).map_err(|error| error.code());
            assert_eq!(error, Err(Code::Numeric), "{precision:?}, rank {rank} of {n}, seed {seed}");
            let shift = 1e4 * precision.epsilon() * a.largest_diagonal();
            linear().inverse(&a, shift, &mut inverse).unwrap_or_else(|error| panic!("{precision:?}, {rank} of {n}: {error}"));
        }
    }
}
