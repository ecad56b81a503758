//! Numbers in a histogram's words.

/// Edge number `index` of bins from `low` on, in digits that tell it from its neighbours: where the edges are written
/// exactly with a digit more, with that.
pub(super) fn edge(low: f64, width: f64, index: usize) -> String {
    let value = low + index as f64 * width;
    let digits = -(width.abs().log10() + 1e-9).floor();
    match digits {
        _ if !value.is_finite() => "?".to_owned(),
        _ if value.abs() < width.abs() / 2.0 && value.abs() < 1e-6 * low.abs() => "0".to_owned(),
        -6.0..=6.0 => {
            let digits = digits.max(0.0) as usize;
            let exact = (digits..digits + 2).find(|&digits| is_written(low, digits) && is_written(width, digits));
            format!("{value:.*}", exact.unwrap_or(digits + 1))
        }
        _ => format!("{value:.2e}"),
    }
}

/// Whether a number has no more than so many decimals.
fn is_written(value: f64, digits: usize) -> bool {
    let scaled = value * 10f64.powi(digits as i32);
    (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1.0)
}

/// A share in percent with three significant digits, however small.
pub(super) fn percent(share: f64) -> String {
    let value = share * 100.0;
    let digits = (2.0 - value.abs().max(1e-300).log10().floor()).clamp(0.0, 300.0) as usize;
    match value {
        0.0 => "0".to_owned(),
        _ if value < 1e-4 => format!("{value:.1e} %"),
        _ => format!("{value:.*} %", digits),
    }
}
