//! Seeds: whole numbers from 0 to 2⁶⁴ − 1, one by one or in ranges, which are counted before they are written out.
//!
//! An integer of TOML has 63 bits and a sign, so a seed may also be text: `"18446744073709551615"`, `"0..20"`, `"0..20, 99"`.

use crate::diagnostic::Diagnostics;
use crate::document::{Node, NodeKind};
use std::str::FromStr;

/// Some seeds, in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeds(Vec<Run>);

/// Seeds that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: u64,
    count: u64,
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(|part| run(part.trim())).collect::<Result<_, _>>().map(Self)
    }
}

/// A number, or a range without its end.
fn run(text: &str) -> Result<Run, String> {
    let Some((from, to)) = text.split_once("..") else { return Ok(Run { first: number(text)?, count: 1 }) };
    let (first, end) = (number(from)?, number(to)?);
    match end.checked_sub(first) {
        None | Some(0) => {
            Err(format!("there is no seed in `{text}`: a range goes from its first number up to, not including, its last"))
        }
        Some(count) => Ok(Run { first, count }),
    }
}

fn number(text: &str) -> Result<u64, String> {
    let is_plain = !text.trim().starts_with('+');
    text.trim().parse().ok().filter(|_| is_plain).ok_or_else(|| no_seed(text))
}

fn no_seed(written: &str) -> String {
    format!("`{written}` is no seed; expected a whole number from 0 to {}, or a range as 0..20", u64::MAX)
}

impl From<u64> for Seeds {
    fn from(first: u64) -> Self {
        Self(vec![Run { first, count: 1 }])
    }
}

impl Seeds {
    /// Reads what an experiment says: an integer, text, or a list of both. None: something is wrong with it, and told.
    pub fn read(node: &Node, out: &mut Diagnostics) -> Option<Self> {
        let before = out.issues().len();
        let mut all = Vec::new();
        for item in node.items() {
            match one(item) {
                Ok(Self(runs)) => all.extend(runs),
                Err(reason) => out.error(Some(&item.span), reason),
            }
        }
        if node.items().is_empty() {
            out.error(Some(&node.span), "there is no seed in an empty list");
        }
        (out.issues().len() == before).then_some(Self(all))
    }

    /// How many there are.
    pub fn count(&self) -> u128 {
        self.0.iter().map(|run| u128::from(run.count)).sum()
    }

    /// All of them, one by one.
    pub fn all(&self) -> impl Iterator<Item = u64> {
        self.0.iter().flat_map(|run| (0..run.count).map(|place| run.first + place))
    }
}

fn one(item: &Node) -> Result<Seeds, String> {
    match &item.kind {
        NodeKind::Integer(seed) => number(&seed.to_string()).map(Seeds::from),
        NodeKind::Text(text) => text.parse(),
        NodeKind::Number(number) if *number > i64::MAX as f64 => {
            Err(format!("an integer of TOML goes up to {}; write a larger seed as text, \"{}\"", i64::MAX, u64::MAX))
        }
        NodeKind::Number(number) => Err(no_seed(&format!("{number:?}"))),
        _ => Err(format!("a seed is {}; expected a whole number, or text as \"0..20\"", item.describe())),
    }
}

#[cfg(test)]
mod tests {
    use super::Seeds;

    fn all(text: &str) -> Vec<u64> {
        text.parse::<Seeds>().unwrap().all().collect()
    }

    #[test]
    fn numbers_and_ranges_are_read_to_the_last_digit() {
        assert_eq!(all("3"), [3]);
        assert_eq!(all(" 1, 5 ,9"), [1, 5, 9]);
        assert_eq!(all("2..5, 0"), [2, 3, 4, 0]);
        // 2⁵³ + 1 is the first whole number that no f64 holds.
        assert_eq!(all("9007199254740993"), [(1 << 53) + 1]);
        assert_eq!(
            all("18446744073709551613..18446744073709551615, 18446744073709551615"),
            [u64::MAX - 2, u64::MAX - 1, u64::MAX]
        );
    }

    #[test]
    fn the_largest_range_is_counted_and_not_written_out() {
        let seeds: Seeds = "0..18446744073709551615, 0..18446744073709551615".parse().unwrap();
        assert_eq!(seeds.count(), 2 * u128::from(u64::MAX));
        assert_eq!(seeds.all().nth(5), Some(5));
    }

    #[test]
    fn what_is_no_seed_is_refused() {
        for text in ["", "-1", "0.5", "1e3", "+1", "18446744073709551616", "0..", "..3", "a", "1,,2", "0..1..2", "0..-1"] {
            assert!(text.parse::<Seeds>().unwrap_err().contains("is no seed"), "{text}");
        }
        for text in ["3..3", "5..2"] {
            assert!(text.parse::<Seeds>().unwrap_err().contains("there is no seed"), "{text}");
        }
    }
}
