//! Numbers in at most nine characters, always with the same number of digits so that columns stand still.

use std::time::Duration;

/// A value with five significant digits, or three and an exponent.
pub(crate) fn number(value: f64) -> String {
    let magnitude = value.abs();
    match magnitude {
        _ if value.is_nan() => "NaN".to_owned(),
        _ if value.is_infinite() => if value > 0.0 { "inf" } else { "-inf" }.to_owned(),
        0.0 => "0".to_owned(),
        0.001..1e5 if value.fract() == 0.0 => format!("{value}"),
        0.001..1e5 => {
            let whole = magnitude.log10().floor().max(0.0) as usize;
            format!("{value:.*}", 4usize.saturating_sub(whole).max(1))
        }
        _ => format!("{value:.2e}"),
    }
}

/// `00:12`, `1:02:03`.
pub(crate) fn clock(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}
