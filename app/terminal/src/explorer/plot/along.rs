//! Tick marks of x axes: the ends of the window and round numbers between them.

use super::geometry::Axis;
use super::scale::{Range, Scale};
use super::ticks::{Tick, label_of, ticks};

/// Ticks in the order of importance: the ends as far as they are round, then about `limit` between them.
pub(crate) fn along(axis: Axis, limit: usize) -> Vec<Tick> {
    let end = |height: f64| match axis.scale {
        Scale::Linear => round_end(height, axis.range),
        scale => mantissa_end(scale, height),
    };
    let mut found: Vec<Tick> = [axis.range.low, axis.range.high].into_iter().filter_map(end).collect();
    found.extend(if axis.scale == Scale::Linear { between(axis.range, limit) } else { ticks(axis, limit) });
    found
}

/// The end of a window that was not chosen by counting cells: a number of at most five digits of what is in sight.
fn round_end(at: f64, range: Range) -> Option<Tick> {
    let quantum = quantum(range);
    let is_round = ((at / quantum).round() * quantum - at).abs() <= quantum * 1e-6;
    is_round.then(|| Tick { at, label: words(at, quantum) })
}

fn quantum(range: Range) -> f64 {
    10f64.powf((range.high - range.low).log10().floor() - 4.0)
}

/// 0, or 1, 2 or 5 times a power of ten.
fn mantissa_end(scale: Scale, height: f64) -> Option<Tick> {
    let value = scale.value(height);
    if value == 0.0 {
        return Some(Tick { at: height, label: "0".to_owned() });
    }
    let power = (value.abs().log10() + 1e-9).floor();
    let factor = (value.abs() / 10f64.powf(power)).round();
    let is_round = [1.0, 2.0, 5.0].contains(&factor) && (value.abs().log10() - power - factor.log10()).abs() < 1e-6;
    let sign = if value < 0.0 { "-" } else { "" };
    let label = if factor == 1.0 { format!("1e{power}") } else { label_of(factor as i32, power as i32) };
    is_round.then(|| Tick { at: height, label: format!("{sign}{label}") })
}

/// Equal parts of the window if they are round, else multiples of a round number.
fn between(range: Range, limit: usize) -> Vec<Tick> {
    let width = range.high - range.low;
    let is_round = |step: f64| {
        let factor = step / 10f64.powf((step.log10() + 1e-9).floor());
        [1.0, 2.0, 2.5, 5.0].iter().any(|round| (factor - round).abs() < 1e-6)
    };
    let is_multiple = |step: f64| (range.low / step - (range.low / step).round()).abs() < 1e-6;
    let parts = (2..=limit).rev().find(|&parts| is_round(width / parts as f64) && is_multiple(width / parts as f64));
    let quantum = quantum(range);
    let tick = |at: f64| Tick { at, label: words(at, quantum) };
    match parts {
        Some(parts) => (1..parts).map(|part| tick(range.low + width / parts as f64 * part as f64)).collect(),
        None => ticks(Axis { scale: Scale::Linear, range }, limit).into_iter().map(|found| tick(found.at)).collect(),
    }
}

/// A number in as few characters as tell it to a tenth of the quantum: 0.25, 200, 20k, 1.5M, 2.5e-7.
fn words(value: f64, quantum: f64) -> String {
    if value.abs() < quantum * 1e-3 {
        return "0".to_owned();
    }
    let decimals = |value: f64, quantum: f64| {
        let places = (1.0 - quantum.log10()).ceil().clamp(0.0, 15.0) as usize;
        let text = format!("{value:.places$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    let scaled = |unit: f64, suffix: &str| format!("{}{suffix}", decimals(value / unit, quantum / unit));
    match value.abs() {
        1e9.. | ..1e-4 => {
            let power = (value.abs().log10() + 1e-9).floor();
            scaled(10f64.powf(power), &format!("e{power}"))
        }
        1e6.. => scaled(1e6, "M"),
        1e4.. => scaled(1e3, "k"),
        _ => decimals(value, quantum),
    }
}
