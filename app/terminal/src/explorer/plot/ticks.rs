//! Tick marks: where, and with which words.

use super::geometry::Axis;
use super::scale::{KNEE, Range, Scale, nice_step};
use crate::explorer::number::number;

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
        Scale::Symlog => symlog(range, limit),
    }
}

/// Multiples of a nice step, with as many decimals as the step has.
fn linear(range: Range, limit: usize) -> Vec<Tick> {
    let (step, multiples) = multiples(range, limit);
    let multiples: Vec<f64> = multiples.collect();
    let largest = multiples.iter().fold(0.0, |largest: f64, at| largest.max(at.abs()));
    if largest > MOST_STEPS * step {
        return from_lowest(&multiples, step);
    }
    multiples.into_iter().map(|at| Tick { at, label: decimal(at, step) }).collect()
}

/// A value of more steps than this would need too many digits to tell it from the next one.
const MOST_STEPS: f64 = 1e5;

/// The lowest tick by its value, the others by how far they are above it.
fn from_lowest(multiples: &[f64], step: f64) -> Vec<Tick> {
    let label = |(index, &at): (usize, &f64)| match index {
        0 => number(at),
        _ => format!("+{}", decimal(index as f64 * step, step)),
    };
    multiples.iter().enumerate().map(|tick| Tick { at: *tick.1, label: label(tick) }).collect()
}

/// A nice step and at most `limit` multiples of it inside the range.
fn multiples(range: Range, limit: usize) -> (f64, impl Iterator<Item = f64>) {
    let width = range.high / 2.0 - range.low / 2.0;
    let mut step = nice_step((width / limit as f64) * 2.0);
    let count = |step: f64| (range.high / step + 1e-6).floor() - (range.low / step - 1e-6).ceil() + 1.0;
    while count(step) > limit as f64 {
        step = nice_step(step * 1.5);
    }
    let first = (range.low / step - 1e-6).ceil();
    (step, (0..count(step).max(0.0) as usize).map(move |index| (first + index as f64) * step))
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
        let found = within_decade(range, limit);
        return if found.len() < 2 { by_value(Axis { scale: Scale::Log, range }, limit) } else { found };
    }
    let powers = |stride: i32| (low as i32..=high as i32).filter(move |power| power % stride == 0);
    let stride = STRIDES.into_iter().find(|&stride| powers(stride).count() <= limit).unwrap_or(400);
    powers(stride).map(|power| Tick { at: f64::from(power), label: format!("1e{power}") }).collect()
}

/// 0 and the powers of ten on either side of it, every so many; where there is less than two of them, multiples of a step.
fn symlog(range: Range, limit: usize) -> Vec<Tick> {
    let height = |power: i32| Scale::Symlog.height(10f64.powi(power)).unwrap_or(f64::NAN);
    let least = KNEE.log10().round() as i32;
    let most = Scale::Symlog.value(range.low.abs().max(range.high.abs()) + 1e-6).log10().min(305.0) as i32;
    let below = (least..=most).rev().map(|power| (-height(power), power, "-"));
    let above = (least..=most).map(|power| (height(power), power, ""));
    let mut found: Vec<(f64, i32, &str)> = below.chain([(0.0, 0, "0")]).chain(above).collect();
    found.retain(|(at, ..)| (range.low - 1e-6..=range.high + 1e-6).contains(at));
    let fits = |stride: &i32| found.iter().filter(|(_, power, _)| power % stride == 0).count() <= limit;
    let stride = STRIDES.into_iter().find(fits).unwrap_or(400);
    found.retain(|(_, power, _)| power % stride == 0);
    found.truncate(limit);
    let label = |at: f64, power: i32, sign: &str| if at == 0.0 { sign.to_owned() } else { format!("{sign}1e{power}") };
    let ticks: Vec<Tick> = found.into_iter().map(|(at, power, sign)| Tick { at, label: label(at, power, sign) }).collect();
    if ticks.len() < 2 { by_value(Axis { scale: Scale::Symlog, range }, limit) } else { ticks }
}

/// Multiples of a step in values instead of heights, for what a zoom leaves of a few decades.
fn by_value(axis: Axis, limit: usize) -> Vec<Tick> {
    let Axis { scale, range: Range { low, high } } = axis;
    let range = Range { low: scale.value(low), high: scale.value(high) };
    if !(range.low < range.high && range.high.is_finite() && range.low.is_finite()) {
        return Vec::new();
    }
    let (step, multiples) = multiples(range, limit);
    let place = |value: f64| Some(Tick { at: scale.height(value)?, label: decimal(value, step) });
    multiples.filter_map(place).filter(|tick| (low - 1e-6..=high + 1e-6).contains(&tick.at)).collect()
}

/// Strides in whole powers of ten that are pleasant to count in.
const STRIDES: [i32; 10] = [1, 2, 3, 4, 5, 10, 20, 50, 100, 200];

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

/// A factor times a power of ten, written out where that is short.
pub(crate) fn label_of(factor: i32, power: i32) -> String {
    match power {
        0..4 => format!("{}", f64::from(factor) * 10f64.powi(power)),
        -3..0 => format!("{:.*}", power.unsigned_abs() as usize, f64::from(factor) * 10f64.powi(power)),
        _ => format!("{factor}e{power}"),
    }
}
