//! From parameters to data sets.

mod common;

use common::*;
use elbow_data::{Binarization, BinarizeParameters, Data, DataParameters, digits};
use elbow_sdk::{Code, FilePath, Host, Issues};

fn binarize(kind: Binarization, threshold: f64, file: &str) -> BinarizeParameters {
    BinarizeParameters { kind, threshold, file: FilePath(file.to_owned()) }
}

fn digits_by(kind: Binarization) -> DataParameters {
    DataParameters { binarize: binarize(kind, 0.5, ""), ..DataParameters::default() }
}

#[track_caller]
fn expect(parameters: &DataParameters, expected: &[&str]) {
    let found = issues(parameters, host());
    let all = found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
    assert!(all, "{found:#?}");
}

fn row(data: &Data, row: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; data.columns()];
    data.copy_row(row, &mut out);
    out
}

#[test]
fn defaults_are_the_grey_digits() {
    let loaded = load(&DataParameters::default());
    assert_eq!(loaded.train, digits().unwrap());
    assert!(loaded.test.is_none() && !loaded.stochastic);
}

/// `auto`, which is what nobody said, makes zeros and ones for a model of such, of values between 0 and 1 alone.
#[test]
fn automatic_thresholds() {
    let bits = |parameters: &DataParameters| {
        let mut issues = Issues::default();
        let loaded = parameters.load_bits(host(), &mut issues).unwrap();
        issues.finish().unwrap();
        loaded
    };
    let (automatic, asked) = (bits(&DataParameters::default()), load(&digits_by(Binarization::Threshold)));
    assert!(automatic.automatic && !asked.automatic && automatic.train == asked.train);
    assert_eq!(bits(&digits_by(Binarization::None)).train, digits().unwrap());
    let files = Files::new();
    // The share is one of the largest value of the whole source, here 0.8.
    let mut grey = of_file(&files.write("a.csv", "0.3,0.39\n0.41,0.8\n"));
    assert_eq!(values(&bits(&grey).train), [0.0, 0.0, 1.0, 1.0]);
    grey.limit = 1;
    assert_eq!(values(&bits(&grey).train), [0.0, 0.0]);
    grey.binarize.threshold = 0.45;
    assert_eq!(values(&bits(&grey).train), [0.0, 1.0]);
    for as_they_are in ["1,0\n1,1\n", "0,0\n", "-0.5,0.5\n", "0,16\n3,7.5\n"] {
        let file = of_file(&files.write("b.csv", as_they_are));
        assert!(bits(&file).train == load(&file).train && !bits(&file).automatic);
    }
}

#[test]
fn thresholds() {
    let (grey, ones) = (digits().unwrap(), load(&digits_by(Binarization::Threshold)).train);
    assert!(ones.is_binary() && ones.levels().is_some());
    assert!(values(&grey).iter().zip(values(&ones)).all(|(grey, one)| one == f64::from(u8::from(*grey >= 9.0 / 16.0))));
    // A share of the largest value, whatever its scale.
    let files = Files::new();
    let mut parameters = of_file(&files.write("a.csv", "10,2.5\n5.5,5\n"));
    parameters.binarize = binarize(Binarization::Threshold, 0.5, "");
    assert_eq!(values(&load(&parameters).train), [1.0, 0.0, 1.0, 0.0]);
    parameters.binarize.threshold = 0.25;
    assert_eq!(values(&load(&parameters).train), [1.0, 0.0, 1.0, 1.0]);
    parameters.binarize.threshold = 1.0;
    expect(&parameters, &["data.binarize.threshold: is 1; expected a share from 0 to below 1"]);
    parameters = of_file(&files.write("b.csv", "0,-1\n"));
    parameters.binarize = binarize(Binarization::Threshold, 0.5, "");
    expect(&parameters, &["data.binarize.kind: the largest value is 0"]);
}

#[test]
fn stochastic_values_stay_grey() {
    let loaded = load(&digits_by(Binarization::Stochastic));
    assert!(loaded.stochastic && loaded.train == digits().unwrap());
    let files = Files::new();
    let mut parameters = of_file(&files.write("a.csv", "0,2\n"));
    parameters.binarize.kind = Binarization::Stochastic;
    expect(&parameters, &["data.binarize.kind: values go from 0 to 2; `stochastic` needs probabilities, from 0 to 1"]);
    parameters.file = FilePath(files.write("b.csv", "0,1\n"));
    assert!(!load(&parameters).stochastic, "zeros and ones draw themselves");
}

#[test]
fn fixed_rows() {
    let files = Files::new();
    let mut parameters = of_file(&files.write("a.csv", "0.2,0.9\n0.6,0.1\n"));
    let ones = files.write("b.amat", "0 1\n1 1\n");
    parameters.binarize = binarize(Binarization::Fixed, 0.5, &ones);
    assert_eq!(values(&load(&parameters).train), [0.0, 1.0, 1.0, 1.0]);
    parameters.limit = 1;
    assert_eq!(values(&load(&parameters).train), [0.0, 1.0]);
    parameters.binarize.file = FilePath(files.write("c.amat", "0 1\n"));
    expect(&parameters, &["data.binarize.file: has 1 rows of 2 columns, the source 2 of 2"]);
    parameters.binarize.file = FilePath(files.write("d.csv", "1,0\n0.5,1\n"));
    expect(&parameters, &["data.binarize.file: has values other than 0 and 1"]);
    parameters.binarize.file = FilePath::default();
    expect(&parameters, &["data.binarize.file: no file is given"]);
}

#[test]
fn files_that_are_missing_or_too_many() {
    expect(&of_file(""), &["data.file: no file is given; expected a path"]);
    expect(&of_file("/nowhere/a.npy"), &["data.file: /nowhere/a.npy: the file cannot be read"]);
    let both = DataParameters {
        file: FilePath("a".into()),
        binarize: binarize(Binarization::None, 0.5, "b"),
        ..DataParameters::default()
    };
    expect(&both, &["data.source: is `digits`, but a file", "data.binarize.kind: is `none`, but a file"]);
}

#[test]
fn limits() {
    let limited = load(&DataParameters { limit: 10, ..DataParameters::default() }).train;
    assert_eq!((limited.rows(), row(&limited, 9)), (10, row(&digits().unwrap(), 9)));
    assert_eq!(load(&DataParameters { limit: 5000, ..DataParameters::default() }).train.rows(), 1797);
}

/// Both parts together are the source, each in its order, and which rows are held out depends on the seed.
#[test]
fn splits() {
    let files = Files::new();
    let numbers: String = (0..100).map(|k| format!("{k}\n")).collect();
    let split = |test, split_seed| {
        let loaded = load(&DataParameters { test, split_seed, ..of_file(&files.write("a.csv", &numbers)) });
        (values(&loaded.train), values(&loaded.test.unwrap()))
    };
    let (train, test) = split(0.2, 0);
    let increasing = |part: &[f64]| part.windows(2).all(|pair| pair[0] < pair[1]);
    assert!((train.len(), test.len()) == (80, 20) && increasing(&train) && increasing(&test));
    let mut all = [train.clone(), test.clone()].concat();
    all.sort_by(f64::total_cmp);
    assert!(all.iter().enumerate().all(|(k, x)| *x == k as f64));
    assert_eq!(split(0.2, 0), (train.clone(), test));
    assert_ne!(split(0.2, 1).0, train);
    let few = DataParameters { test: 0.001, ..of_file(&files.write("a.csv", &numbers)) };
    expect(&few, &["data.test: holds out 0 of 100 rows"]);
    expect(&DataParameters { test: 0.999, ..few.clone() }, &["data.test: holds out 100 of 100 rows"]);
}

/// Every row is held out equally often: 5 standard errors of 400 splits.
#[test]
fn splits_are_fair() {
    let files = Files::new();
    let path = files.write("a.csv", "0\n1\n2\n3\n4\n");
    let mut counts = [0_u32; 5];
    for split_seed in 0..400 {
        let test = load(&DataParameters { test: 0.4, split_seed, ..of_file(&path) }).test.unwrap();
        values(&test).iter().for_each(|x| counts[*x as usize] += 1);
    }
    let error = (400.0_f64 * 0.4 * 0.6).sqrt();
    assert!(counts.iter().all(|count| (f64::from(*count) - 160.0).abs() < 5.0 * error), "{counts:?}");
}

#[test]
fn without_streams_there_is_no_split() {
    let mut issues = Issues::default();
    assert!(DataParameters { test: 0.5, ..DataParameters::default() }.load(Host::NONE, &mut issues).is_none());
    assert_eq!(issues.finish().unwrap_err().code(), Code::Unsupported);
}
