//! From parameters to data sets: read, binarized, limited, split, in this order.

use crate::data::{Data, wrong};
use crate::parameters::{Binarization, DataParameters, Source};
use crate::{digits, file, permutation, purpose};
use elbow_sdk::{Host, Issues, ModelSetup, Result};

/// Data of a model.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The rows to learn from, in the order of the source.
    pub train: Data,
    /// The rows that were held out, in the order of the source.
    pub test: Option<Data>,
    /// Whether values are probabilities, to be drawn in each epoch: see [`crate::binarized_row`].
    pub stochastic: bool,
    /// Whether [`Binarization::Auto`] made zeros and ones of values between them.
    pub automatic: bool,
    /// What was recognized in the file of a parameter, by its path.
    pub notes: Vec<(&'static str, String)>,
}

impl Loaded {
    /// Tells what was recognized.
    pub fn note(&self, setup: &ModelSetup) {
        self.notes.iter().for_each(|(parameter, message)| setup.note(*parameter, message.as_str()));
    }
}

impl DataParameters {
    /// The data. What is wrong is reported with the paths that these parameters have under the key `data`, as `data.file`.
    pub fn load(&self, host: Host, issues: &mut Issues) -> Option<Loaded> {
        self.load_for(false, host, issues)
    }

    /// The same for a model of zeros and ones, for which `auto` makes such of values between them.
    pub fn load_bits(&self, host: Host, issues: &mut Issues) -> Option<Loaded> {
        self.load_for(true, host, issues)
    }

    fn load_for(&self, bits: bool, host: Host, issues: &mut Issues) -> Option<Loaded> {
        self.check(issues);
        let mut notes = Vec::new();
        let source = self.source(&mut notes, issues);
        let data = source?;
        let kind = self.binarize.kind_for(bits, &data);
        let automatic = kind != self.binarize.kind && kind == Binarization::Threshold;
        let data = self.binarized(kind, data, issues)?;
        let limited = if self.limit == 0 { data } else { data.first(self.limit) };
        let stochastic = kind == Binarization::Stochastic && !limited.is_binary();
        let (train, test) = self.split(limited, host, issues)?;
        Some(Loaded { train, test, stochastic, automatic, notes })
    }

    /// Files that are given for nothing.
    fn check(&self, issues: &mut Issues) {
        if self.source == Source::Digits && !self.file.0.is_empty() {
            issues.parameter("data.source", "is `digits`, but a file is given, too; expected `file`, or no `data.file`");
        }
        if self.binarize.kind != Binarization::Fixed && !self.binarize.file.0.is_empty() {
            let message = format!("is `{}`, but a file is given, too; expected `fixed`, or no file", self.binarize.kind.name());
            issues.parameter("data.binarize.kind", message);
        }
        if !(0.0..1.0).contains(&self.binarize.threshold) {
            let found = self.binarize.threshold;
            issues.parameter("data.binarize.threshold", format!("is {found}; expected a share from 0 to below 1"));
        }
    }

    /// The source as it stands.
    fn source(&self, notes: &mut Vec<(&'static str, String)>, issues: &mut Issues) -> Option<Data> {
        match self.source {
            Source::Digits => issues.take(digits()),
            Source::File => named(&self.file.0, "data.file", notes, issues),
        }
    }

    fn binarized(&self, kind: Binarization, data: Data, issues: &mut Issues) -> Option<Data> {
        let (least, largest) = data.range();
        match kind {
            Binarization::Auto | Binarization::None => Some(data),
            Binarization::Stochastic if least >= 0.0 && largest <= 1.0 => Some(data),
            Binarization::Threshold if largest > 0.0 => Some(data.binary(|x| x > self.binarize.threshold * largest)),
            Binarization::Fixed => self.fixed(&data, issues),
            Binarization::Stochastic => {
                let message = format!("values go from {least} to {largest}; `stochastic` needs probabilities, from 0 to 1");
                issues.parameter("data.binarize.kind", message);
                None
            }
            Binarization::Threshold => {
                issues.parameter("data.binarize.kind", format!("the largest value is {largest}; `threshold` needs one above 0"));
                None
            }
        }
    }

    /// The rows of zeros and ones that stand for those of the source.
    fn fixed(&self, source: &Data, issues: &mut Issues) -> Option<Data> {
        let data = named(&self.binarize.file.0, "data.binarize.file", &mut Vec::new(), issues)?;
        let (found, expected) = ((data.rows(), data.columns()), (source.rows(), source.columns()));
        if found != expected {
            let message = format!(
                "has {} rows of {} columns, the source {} of {}; to use these rows alone, give the file as `data.file`",
                found.0, found.1, expected.0, expected.1
            );
            issues.parameter("data.binarize.file", message);
            return None;
        }
        if !data.is_binary() {
            issues.parameter("data.binarize.file", "has values other than 0 and 1");
            return None;
        }
        Some(data)
    }

    /// The rows to learn from and those held out.
    fn split(&self, data: Data, host: Host, issues: &mut Issues) -> Option<(Data, Option<Data>)> {
        if self.test == 0.0 {
            return Some((data, None));
        }
        let rows = data.rows();
        let held = (self.test * rows as f64).round() as usize;
        if !(0.0..1.0).contains(&self.test) || held == 0 || held >= rows {
            let message = format!("holds out {held} of {rows} rows; expected at least one, and one to learn from");
            issues.parameter("data.test", message);
            return None;
        }
        let is_held = issues.take(choice(host, self.split_seed as u64, rows, held))?;
        Some((data.only(|row| !is_held[row]), Some(data.only(|row| is_held[row]))))
    }
}

/// Reads the file of a parameter, and notes what was recognized in it.
fn named(path: &str, parameter: &'static str, notes: &mut Vec<(&'static str, String)>, issues: &mut Issues) -> Option<Data> {
    let found = if path.is_empty() { Err(wrong("no file is given; expected a path")) } else { file::described(path) };
    let found = found.map_err(|error| issues.parameter(parameter, error.to_string())).ok()?;
    notes.push((parameter, found.summary));
    Some(found.data)
}

/// Which rows are held out.
fn choice(host: Host, seed: u64, rows: usize, held: usize) -> Result<Vec<bool>> {
    let (mut order, mut words) = ((0..rows).collect::<Vec<_>>(), Vec::new());
    permutation::shuffle(host, (seed, purpose::SPLIT, 0), &mut words, &mut order)?;
    let mut is_held = vec![false; rows];
    order[..held].iter().for_each(|row| is_held[*row] = true);
    Ok(is_held)
}
