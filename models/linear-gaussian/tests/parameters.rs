//! Sizes, starts, and what is said of wrong parameters.

mod common;

use common::*;
use elbow_check::host::HOST;
use elbow_data::{Binarization, DataParameters};
use elbow_linear_gaussian::{LinearGaussian, Noise, Parameters};
use elbow_sdk::{Block, Code, Domain, Host, Model, ModelSetup, Objective, Recognition, Rng};

/// Each issue, as `path: message`, begins with what is expected of it.
#[track_caller]
fn wrong(given: Parameters, expected: &[&str]) {
    let error = build(given).err().expect("the parameters are wrong");
    let found: Vec<String> = error.issues().iter().map(|issue| format!("{}: {}", issue.path, issue.message)).collect();
    let all = found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
    assert!(all && error.code() == Code::BadParameter, "{found:#?}");
}

#[test]
fn sizes() {
    let model = build(digits(3)).unwrap();
    let block = |name: &str, recognition, len| Block { name: name.to_owned(), recognition, len };
    let decoder = block("decoder", false, 256);
    let recognition = [block("encoder", true, 195), block("log_sigma", true, 3)];
    assert_eq!(model.blocks(), [&[decoder.clone(), block("log_variance", false, 1)], &recognition[..]].concat());
    let offsets: Vec<_> = model.layers().iter().map(|layer| (layer.offset, layer.inputs, layer.outputs)).collect();
    assert_eq!(offsets, [(0, 3, 64), (256, 0, 1), (0, 64, 3), (195, 0, 3)]);
    let shape = model.shape();
    assert_eq!((shape.generative, shape.recognition, shape.stochastic, shape.has_fixed), (257, 198, false, false));
    let fixed = build(Parameters { noise: Noise::Fixed, ..digits(3) }).unwrap();
    assert_eq!(fixed.blocks(), [&[decoder], &recognition[..]].concat());
}

#[test]
fn wrong_latent() {
    wrong(digits(0), &["latent: is 0; expected at least 1 hidden dimension"]);
    wrong(digits(64), &["latent: is 64, but the data have 64 columns; expected at most 63"]);
    wrong(small(4, Noise::Learned, true), &["latent: is 4, but the data have 4 columns; expected at most 3"]);
    // Three pixels of the digits are always 0.
    for latent in [61, 62] {
        let expected = format!("latent: is {latent}, but the data vary in 61 dimensions only, so with learned noise");
        wrong(digits(latent), &[&expected]);
    }
    assert!(build(digits(60)).is_ok() && build(Parameters { noise: Noise::Fixed, ..digits(62) }).is_ok());
}

#[test]
fn wrong_noise_and_data() {
    wrong(Parameters { noise: Noise::Fixed, variance: 0.0, ..digits(2) }, &["variance: is 0; expected a variance above 0"]);
    let mut drawn_anew = digits(2);
    drawn_anew.data.binarize.kind = Binarization::Stochastic;
    wrong(drawn_anew, &["data.binarize.kind: is `stochastic`, but this model sums over all data once"]);
    let all = Parameters { data: of_file("/nowhere/a.csv"), ..digits(0) };
    wrong(all, &["latent: is 0", "data.file: /nowhere/a.csv: the file cannot be read"]);
}

#[test]
fn wrong_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Parameters { data: of_file(path.to_str().unwrap()), ..digits(1) }
    };
    let truncated = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3];
    let message = |given: Parameters| build(given).err().expect("the file is refused").to_string();
    assert!(message(file("a", &truncated)).contains("truncated: 24 bytes expected, 19 found"));
    assert!(message(file("b.csv", b"1,2\n3,nan\n")).contains("line 2, column 2 is `nan`; expected a finite number"));
    assert!(message(file("c.csv", b"1\n2\n")).contains("expected data of at least 2 columns"));
}

/// What was recognized in the file is noted at its parameter.
#[test]
fn notes() {
    let setup = ModelSetup::new(Host::of(&HOST));
    LinearGaussian::new(&setup, small(2, Noise::Learned, true)).unwrap();
    let found: Vec<(String, String)> = setup.notes().into_iter().map(|note| (note.path, note.message)).collect();
    assert_eq!(found, [("data.file".into(), "CSV (names in line 1), 11 × 4 values from -2.0 to 2.1".into())]);
}

/// Centred data have no mean; others keep theirs, and the same covariance.
#[test]
fn centring() {
    let [centred, plain] = [true, false].map(|center| build(small(2, Noise::Learned, center)).unwrap());
    let (centred, plain, mean) = (centred.statistics(), plain.statistics(), elbow_data::read(TABLE).unwrap().mean());
    assert_eq!((centred.mean(), plain.mean()), (&[0.0; 4][..], &mean[..]));
    assert_eq!(entries(centred.covariance()), entries(plain.covariance()));
    for (i, m) in mean.iter().chain(&[1.0]).enumerate() {
        let (centred, plain) = (centred.second_moment()[(4, i)], plain.second_moment()[(4, i)]);
        assert_eq!((centred, plain), (f64::from(u8::from(i == 4)), *m));
    }
}

/// Held-out rows do not enter.
#[test]
fn held_out_rows() {
    let data = DataParameters { test: 0.25, ..DataParameters::default() };
    let [part, whole] =
        [Parameters { data, ..digits(2) }, digits(2)].map(|given| drawn(given, "ml").quantities(Recognition::Exact)[0]);
    assert!((part - whole).abs() > 1e-6);
}

#[test]
fn starts() {
    let at = drawn(digits(2), "default");
    let covariance = at.model.statistics().covariance();
    let mean = (0..64).map(|i| covariance[(i, i)]).sum::<f64>() / 64.0;
    assert_eq!(at.theta[128..192], [0.0; 64]);
    assert_eq!(at.theta[192], mean.ln());
    assert_eq!(at.phi[128..], [0.0; 4]);
    let spread = at.theta[..128].iter().chain(&at.phi[..128]).map(|x| x * x).sum::<f64>() / 256.0;
    assert!((spread - 0.01).abs() < 5.0 * 0.01 * (2.0_f64 / 256.0).sqrt(), "{spread}");
    let mut words = words(1);
    let error = at.model.draw("jeffreys", &mut Rng::new(&mut words), &mut at.theta.clone(), &mut at.phi.clone()).unwrap_err();
    assert!(error.to_string().contains("no distribution `jeffreys`; there are `default`, `ml`"));
}

#[test]
fn domain() {
    let at = drawn(digits(2), "default");
    let place = |change: &dyn Fn(&mut [f64], &mut [f64])| {
        let (mut theta, mut phi) = (at.theta.clone(), at.phi.clone());
        change(&mut theta, &mut phi);
        at.model.domain(&theta, &phi)
    };
    assert_eq!(place(&|_, _| ()), Domain::Inside);
    assert_eq!(place(&|theta, _| theta[3] = f64::NAN), Domain::Outside { parameter: 3 });
    assert_eq!(place(&|theta, _| theta[192] = -700.0), Domain::Outside { parameter: 192 });
    assert_eq!(place(&|theta, _| theta[191] = -700.0), Domain::Inside);
    assert_eq!(place(&|_, phi| phi[131] = 400.0), Domain::Outside { parameter: 193 + 131 });
    assert_eq!(place(&|_, phi| phi[129] = 400.0), Domain::Inside);
}

#[test]
fn missing_parts() {
    let mut at = drawn(digits(2), "default");
    let fixed = at.model.loss(&mut at.evaluator, Objective::Elbo, Recognition::Fixed).unwrap_err();
    assert_eq!(fixed.code(), Code::Unsupported);
    assert!(at.model.quantities(&mut at.evaluator, Recognition::Fixed, &mut [0.0; 4]).is_err());
    assert!(at.model.gradient(&mut at.evaluator, Objective::Elbo, Recognition::Fixed, &mut at.theta.clone()).is_err());
    let mut unmoved = at.model.evaluator(0);
    let error = at.model.loss(&mut unmoved, Objective::Evidence, Recognition::Exact).unwrap_err();
    assert!(error.to_string().contains("was not moved"));
    let huge = vec![1e200; at.theta.len()];
    assert_eq!(at.model.move_to(&mut unmoved, &huge, &at.phi, 0).unwrap_err().code(), Code::Numeric);
}
