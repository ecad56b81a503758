//! Probabilities that were printed: whether they sum to 1 as far as their digits tell.

/// Sums this close to 1 are taken whatever the digits are.
const CLOSE: f64 = 1e-9;
/// No number of entries excuses a sum that is further from 1.
const FAR: f64 = 0.02;

/// What probabilities sum to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Total {
    /// 1, up to the rounding of their sum.
    One,
    /// 1, up to the rounding of the entries to the digits that they have.
    Printed(f64),
    /// Something else.
    Other(f64),
}

/// What they sum to.
///
/// The digits of an entry are those of its shortest decimal form, and all are taken to be printed with the decimals of the entry that
/// has most of them, since zeros at the end are lost. Rounding n numbers to d decimals moves their sum by `½ · 10⁻ᵈ · n` at most; more
/// than that, or than 0.02, is another sum.
pub fn total(probabilities: &[f64]) -> Total {
    let (sum, n) = (probabilities.iter().sum::<f64>(), probabilities.len() as f64);
    let (apart, rounding) = ((sum - 1.0).abs(), n * f64::EPSILON);
    if apart <= rounding {
        return Total::One;
    }
    let digits = probabilities.iter().map(|&x| decimals(x)).max().unwrap_or(0);
    let printed = (0.5 * n * 0.1_f64.powi(digits)).clamp(CLOSE, FAR);
    if apart <= printed + rounding { Total::Printed(sum) } else { Total::Other(sum) }
}

/// Decimals of the shortest number that reads back as this one.
fn decimals(x: f64) -> i32 {
    let text = x.to_string();
    text.find('.').map_or(0, |point| i32::try_from(text.len() - point - 1).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Total, total};

    /// Sums of numbers that were rounded by hand; the bound is ½ · 10⁻ᵈ · n.
    #[test]
    fn as_far_as_the_digits_tell() {
        let printed = |values: &[f64]| matches!(total(values), Total::Printed(_));
        let other = |values: &[f64]| matches!(total(values), Total::Other(_));
        assert!([&[0.5, 0.5][..], &[0.1; 10], &[0.1, 0.2, 0.7], &[1.0]].iter().all(|values| total(values) == Total::One));
        assert!(printed(&[0.3333; 3]) && printed(&[0.33, 0.33, 0.33]) && printed(&[0.1667, 0.5, 0.3334]));
        // Seven entries of four decimals may be 3.5e-4 off: those of 1/7 are 3e-4, those of a smaller number 4e-4.
        assert!(printed(&[0.1429; 7]) && other(&[0.1428; 7]));
        assert!(other(&[0.333, 0.3333, 0.3333]) && other(&[0.5, 0.47]) && other(&[0.5, 0.500_000_002]));
        // One decimal or none says nothing of a sum that is a tenth or more off.
        assert!(other(&[0.5, 0.1, 0.1, 0.1, 0.1, 0.2]) && other(&[1.0, 1.0]) && other(&[0.0, 0.0]) && other(&[]));
        assert!(other(&[f64::NAN, 0.5]) && other(&[f64::INFINITY, 0.5]));
        assert_eq!(total(&[0.5, 0.500_000_000_5]), Total::Printed(1.000_000_000_5));
    }
}
