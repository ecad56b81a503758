//! Starts depend on the stream, the shape and the data alone.

mod common;

use common::*;
use elbow_linear_gaussian::{Noise, Parameters};
use elbow_sdk::{Model, Rng};

fn start(given: Parameters, kind: &str) -> (Vec<f64>, Vec<f64>) {
    let model = build(given).unwrap();
    let (mut theta, mut phi) = (vec![0.0; model.shape().generative], vec![0.0; model.shape().recognition]);
    let mut words = words(11);
    model.draw(kind, &mut Rng::new(&mut words), &mut theta, &mut phi).unwrap();
    (theta, phi)
}

/// The same numbers in other folders, under other names and in other formats.
#[test]
fn the_place_of_a_file_does_not_count() {
    let table = elbow_data::read(TABLE).unwrap();
    let bytes = (0..44).flat_map(|k| table.value(k / 4, k % 4).to_le_bytes());
    let header = format!("{:<117}\n", "{'descr': '<f8', 'fortran_order': False, 'shape': (11, 4), }");
    let npy: Vec<u8> = b"\x93NUMPY\x01\x00\x76\x00".iter().copied().chain(header.bytes()).chain(bytes).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("below")).unwrap();
    let paths = ["other.csv", "below/data.csv", "a.npy"].map(|name| folder.path().join(name));
    std::fs::copy(TABLE, &paths[0]).unwrap();
    std::fs::copy(TABLE, &paths[1]).unwrap();
    std::fs::write(&paths[2], npy).unwrap();
    for kind in ["default", "ml"] {
        let expected = start(small(2, Noise::Learned, true), kind);
        for path in &paths {
            let given = Parameters { data: of_file(path.to_str().unwrap()), ..small(2, Noise::Learned, true) };
            assert_eq!(start(given, kind), expected, "{kind} {path:?}");
        }
    }
}

/// Whether the noise is learned, what it is and whether the data are centred change the weights of no default start; the split takes
/// rows away from log σ², which is of the data, and from nothing else.
#[test]
fn the_weights_are_of_the_stream() {
    let (theta, phi) = start(small(2, Noise::Learned, true), "default");
    let mut held = small(2, Noise::Learned, false);
    held.data.test = 0.2;
    let fixed = Parameters { variance: 7.0, ..small(2, Noise::Fixed, true) };
    for given in [small(2, Noise::Learned, false), fixed, held] {
        let other = start(given, "default");
        assert_eq!((&other.0[..12], &other.1), (&theta[..12], &phi));
    }
}
