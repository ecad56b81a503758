//! Batches, noise and drawn pixels: functions of the seed and a number alone, with the distributions that they should have.

mod common;

use common::*;
use elbow_data::{Batches, Data, Noise, binarized_row, binarized_row_single, purpose, uniforms};
use elbow_sdk::{Code, Host, Rng};

/// Beyond the last row they go on with the first: in as many steps as there are rows each row comes as often as a batch has
/// places, and its epoch counts how often it came before.
#[test]
fn batches_in_order() {
    let mut batches = Batches::new(7, 3, false).unwrap();
    let mut step = |step| batches.indices(Host::NONE, 0, step).unwrap().to_vec();
    let steps: Vec<Vec<usize>> = (0..7).map(&mut step).collect();
    assert_eq!(steps, [[0, 1, 2], [3, 4, 5], [6, 0, 1], [2, 3, 4], [5, 6, 0], [1, 2, 3], [4, 5, 6]]);
    assert_eq!((step(7), step(u64::MAX)), (vec![0, 1, 2], steps[1].clone()));
    let mut seen = [0; 7];
    for (t, rows) in steps.iter().enumerate() {
        for (place, row) in rows.iter().enumerate() {
            assert_eq!(batches.epoch(t as u64, place), seen[*row], "row {row} in step {t}");
            seen[*row] += 1;
        }
    }
    assert_eq!((seen, batches.size()), ([3; 7], 3));
}

#[test]
fn all_rows_in_a_batch() {
    for shuffle in [false, true] {
        let mut batches = Batches::new(4, 0, shuffle).unwrap();
        assert_eq!(batches.indices(Host::NONE, 0, 9).unwrap(), [0, 1, 2, 3]);
        assert_eq!((batches.epoch(9, 3), batches.size()), (9, 4));
    }
}

/// In an epoch no row comes twice; a step does not depend on the steps before it.
#[test]
fn shuffled_batches() {
    let mut batches = Batches::new(10, 3, true).unwrap();
    let mut steps =
        |seed| -> Vec<Vec<usize>> { (0..6).map(|step| batches.indices(host(), seed, step).unwrap().to_vec()).collect() };
    let (first, other) = (steps(1), steps(2));
    for epoch in first.chunks(3) {
        let mut rows = epoch.concat();
        rows.sort_unstable();
        rows.dedup();
        assert!(rows.len() == 9 && rows[8] < 10);
    }
    assert_ne!(first[..3], first[3..]);
    assert_eq!([0, 2, 3, 5].map(|step| batches.epoch(step, 2)), [0, 0, 1, 1]);
    assert_ne!(first, other);
    let mut batches = Batches::new(10, 3, true).unwrap();
    for step in [4, 1, 1, 5, 0] {
        assert_eq!(batches.indices(host(), 1, step).unwrap(), first[step as usize]);
    }
}

/// The first row of an epoch is any row equally often: 5 standard errors of 2000 epochs.
#[test]
fn shuffles_are_fair() {
    let (mut batches, mut counts) = (Batches::new(4, 2, true).unwrap(), [0_u32; 4]);
    (0..2000).for_each(|epoch| counts[batches.indices(host(), 3, 2 * epoch).unwrap()[0]] += 1);
    let error = (2000.0_f64 * 0.25 * 0.75).sqrt();
    assert!(counts.iter().all(|count| (f64::from(*count) - 500.0).abs() < 5.0 * error), "{counts:?}");
}

#[test]
fn wrong_batches() {
    let error = Batches::new(10, 11, false).unwrap_err();
    assert_eq!(error.issues()[0].path, "batch");
    assert!(error.to_string().contains("is 11, but there are 10 rows; expected at most 10, or 0 for all"));
    assert!(Batches::new(0, 0, false).is_err());
    let missing = Batches::new(10, 5, true).unwrap().indices(Host::NONE, 0, 0).unwrap_err();
    assert_eq!(missing.code(), Code::Unsupported);
}

/// Moments 1 to 4 and the product of neighbours, within 5 standard errors.
#[test]
fn normal_numbers() {
    let (n, mut x) = (100_000, vec![f64::NAN; 100_000]);
    Noise::streams().fill(host(), 1, purpose::LOSS, 7, &mut x).unwrap();
    let mean = |f: &dyn Fn(f64) -> f64| x.iter().map(|x| f(*x)).sum::<f64>() / f64::from(n);
    let error = |variance: f64| 5.0 * (variance / f64::from(n)).sqrt();
    let moments = [mean(&|x| x), mean(&|x| x * x) - 1.0, mean(&|x| x.powi(3)), mean(&|x| x.powi(4)) - 3.0];
    for (moment, variance) in moments.iter().zip([1.0, 2.0, 15.0, 96.0]) {
        assert!(moment.abs() < error(variance), "{moments:?}");
    }
    let neighbours = x.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / f64::from(n);
    assert!(neighbours.abs() < error(1.0), "{neighbours}");
}

/// Names make streams: another seed, purpose or number is another array; a shorter one is its beginning.
#[test]
fn streams_by_name() {
    let fill = |seed, purpose, number, len| {
        let mut out = vec![f64::NAN; len];
        Noise::streams().fill(host(), seed, purpose, number, &mut out).unwrap();
        out
    };
    let first = fill(1, purpose::LOSS, 0, 5);
    assert_eq!(first[..3], fill(1, purpose::LOSS, 0, 3));
    for other in [fill(2, purpose::LOSS, 0, 5), fill(1, purpose::FISHER_HIDDEN, 0, 5), fill(1, purpose::LOSS, 1, 5)] {
        assert!(first.iter().zip(&other).all(|(a, b)| a != b));
    }
    assert_eq!(Noise::streams().fill(Host::NONE, 0, 0, 0, &mut [0.0]).unwrap_err().code(), Code::Unsupported);
}

#[test]
fn uniform_numbers() {
    let (mut words, mut out) = ([0; 8], [f64::NAN; 8]);
    host().words(1, 2, 3, &mut words).unwrap();
    uniforms(host(), 1, 2, 3, &mut out).unwrap();
    let mut words = words.into_iter();
    let mut source = || words.next().unwrap();
    let mut rng = Rng::new(&mut source);
    assert_eq!(out, std::array::from_fn(|_| rng.uniform()));
    assert_eq!(uniforms(Host::NONE, 0, 0, 0, &mut out).unwrap_err().code(), Code::Unsupported);
}

/// A file's array of a step is that at the step modulo their number.
#[test]
fn noise_of_a_file() {
    let files = Files::new();
    let file = |shape: &str, values: &[f64]| {
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
        let header = format!("{header:<117}\n");
        let values: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        files.write("noise.npy", [b"\x93NUMPY\x01\x00\x76\x00", header.as_bytes(), &values].concat())
    };
    let noise = Noise::file(&file("(2, 1, 2)", &[1.0, 2.0, 3.0, 4.0])).unwrap();
    assert_eq!((noise.shape(), Noise::streams().shape()), (Some([2, 1, 2]), None));
    let mut out = [f64::NAN; 2];
    for (number, expected) in [(0, [1.0, 2.0]), (1, [3.0, 4.0]), (4, [1.0, 2.0]), (u64::MAX, [3.0, 4.0])] {
        noise.fill(Host::NONE, 5, purpose::LOSS, number, &mut out).unwrap();
        assert_eq!(out, expected);
    }
    let error = noise.fill(Host::NONE, 0, 0, 0, &mut [0.0; 3]).unwrap_err().to_string();
    assert!(error.contains("has 1 × 2 numbers for a step; expected 3"), "{error}");
    let text = |shape, values: &[f64]| Noise::file(&file(shape, values)).unwrap_err().to_string();
    assert!(text("(2, 2)", &[0.0; 4]).contains("has 2 dimensions; expected 3, (cycle, rows, latent)"));
    assert!(text("(1, 1, 1)", &[f64::NAN]).contains("expected finite numbers"));
    assert!(text("(0, 1, 1)", &[]).contains("at least one"));
}

/// A pixel is 1 with a probability of its value: 5 standard errors of 4000 epochs.
#[test]
fn drawn_pixels() {
    let data = Data::from_levels(3, vec![0, 0, 0, 0, 4, 16], 16).unwrap();
    let (mut sums, mut out, mut single) = ([0.0; 3], [f64::NAN; 3], [f32::NAN; 3]);
    for epoch in 0..4000 {
        binarized_row(host(), 1, epoch, 1, &data, &mut out).unwrap();
        binarized_row_single(host(), 1, epoch, 1, &data, &mut single).unwrap();
        assert!(out.iter().zip(single).all(|(a, b)| (*a == 0.0 || *a == 1.0) && *a == f64::from(b)));
        sums.iter_mut().zip(out).for_each(|(sum, x)| *sum += x);
    }
    assert_eq!((sums[0], sums[2]), (0.0, 4000.0));
    assert!((sums[1] - 1000.0).abs() < 5.0 * (4000.0_f64 * 0.25 * 0.75).sqrt(), "{sums:?}");
}

/// Rows and epochs have streams of their own.
#[test]
fn pixels_differ() {
    let data = Data::from_levels(64, vec![8; 128], 16).unwrap();
    let draw = |seed, epoch, row| {
        let mut out = vec![f64::NAN; 64];
        binarized_row(host(), seed, epoch, row, &data, &mut out).unwrap();
        out
    };
    assert_eq!(draw(0, 3, 1), draw(0, 3, 1));
    assert!(draw(0, 3, 1) != draw(0, 3, 0) && draw(0, 3, 1) != draw(0, 2, 1) && draw(0, 3, 1) != draw(1, 3, 1));
    assert!(binarized_row(Host::NONE, 0, 0, 0, &data, &mut [0.0; 64]).is_err());
}
