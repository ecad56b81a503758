//! Tick marks: where, and with which words.

use super::geometry::Axis;
use super::scale::{Range, Scale, nice_step};

/// A tick: its height on the axis and its label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub at: f64,
    pub label: String,
}

/// At most `limit` ticks inside the range.
pub(crate) fn ticks(axis: Axis, limit: usize) -> Vec<Tick> {
    let range = axis.range;
    match axis.scale {
        _ if limit == 0 => Vec::new(),
        Scale::Linear => linear(range, limit),
        Scale::Log => log(range, limit),
        Scale::Symlog => linear(range, limit),
    }
}

/// Multiples of a nice step, with as many decimals as the step has.
fn linear(range: Range, limit: usize) -> Vec<Tick> {
    let width = range.high / 2.0 - range.low / 2.0;
    let mut step = nice_step((width / limit as f64) * 2.0);
    let count = |step: f64| (range.high / step + 1e-6).floor() - (range.low / step - 1e-6).ceil() + 1.0;
    while count(step) > limit as f64 {
        step = nice_step(step * 1.5);
    }
    let first = (range.low / step - 1e-6).ceil();
    let multiples = (0..count(step).max(0.0) as usize).map(|index| (first + index as f64) * step);
    multiples.map(|at| Tick { at, label: decimal(at, step) }).collect()
}

/// A multiple of `step` in words that tell it from the next one.
pub(crate) fn decimal(value: f64, step: f64) -> String {
    let value = if value.abs() < step * 1e-6 { 0.0 } else { value };
    let places = -(step.log10() + 1e-9).floor();
    if value.abs().max(step) >= 1e6 || places > 4.0 {
        return power_of_ten(value, step);
    }
    format!("{value:.*}", places.max(0.0) as usize)
}

fn power_of_ten(value: f64, step: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (value.abs().log10() + 1e-9).floor() - (step.log10() + 1e-9).floor();
    format!("{value:.*e}", digits.clamp(0.0, 6.0) as usize)
}

/// Powers of ten, every so many; where there is less than two of them, 1, 2 and 5 times one.
fn log(range: Range, limit: usize) -> Vec<Tick> {
    let (low, high) = ((range.low - 1e-6).ceil(), (range.high + 1e-6).floor());
    if high - low < 1.0 {
        return within_decade(range, limit);
    }
    let stride = decades((high - low + 1.0) / limit as f64);
    let first = (low / stride).ceil() * stride;
    let count = ((high - first) / stride).floor() as usize + 1;
    (0..count).map(|index| first + index as f64 * stride).map(|at| Tick { at, label: format!("1e{at}") }).collect()
}

/// A stride in whole powers of ten that is pleasant to count in.
fn decades(least: f64) -> f64 {
    let strides = [1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
    strides.into_iter().find(|&stride| stride >= least - 1e-9).unwrap_or(400.0)
}

fn within_decade(range: Range, limit: usize) -> Vec<Tick> {
    let decade = (range.low + 1e-9).floor() as i32;
    let candidates = (decade..=decade + 2).flat_map(|power| [(1, power), (2, power), (5, power)]);
    let inside = candidates
        .map(|(factor, power)| Tick { at: f64::from(factor).log10() + f64::from(power), label: label_of(factor, power) });
    let mut found: Vec<Tick> = inside.filter(|tick| (range.low - 1e-6..=range.high + 1e-6).contains(&tick.at)).collect();
    while found.len() > limit {
        found.pop();
    }
    found
}

fn label_of(factor: i32, power: i32) -> String {
    match power {
        0..4 => format!("{}", f64::from(factor) * 10f64.powi(power)),
        -3..0 => format!("{:.*}", power.unsigned_abs() as usize, f64::from(factor) * 10f64.powi(power)),
        _ => format!("{factor}e{power}"),
    }
}
