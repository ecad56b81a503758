//! Nanoseconds an element, against the libraries' scalar functions.
#![allow(clippy::print_stdout, reason = "prints its measurements")]

use elbow_geometry::elementwise::{
    Elementwise, bernoulli_loss, exp_into, sigmoid_into, sigmoid_minus, softplus_into, tanh_into, tanh_slope,
};
use std::hint::black_box;
use std::time::Instant;

/// Elements: they fit the first cache.
const N: usize = 1000;

/// Fastest of many rounds, in nanoseconds for one element.
fn time(mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..200 {
        let start = Instant::now();
        (0..20).for_each(|_| call());
        best = best.min(start.elapsed().as_nanos() as f64 / (20 * N) as f64);
    }
    best
}

fn row<T: Elementwise>(name: &str, xs: &[T], ours: fn(&[T], &mut [T]), library: fn(T) -> T) {
    let mut out = xs.to_vec();
    let fast = time(|| ours(black_box(xs), black_box(&mut out)));
    let slow = time(|| {
        let xs = black_box(xs);
        black_box(&mut out).iter_mut().zip(xs).for_each(|(out, &x)| *out = library(x));
    });
    println!("{name:<14} {fast:8.2} {slow:8.2}  {:5.1}×", slow / fast);
}

fn main() {
    let xs: Vec<f64> = (0..N).map(|i| 12.0 * (i as f64 * 0.7).sin()).collect();
    let ys: Vec<f32> = xs.iter().map(|&x| x as f32).collect();
    println!("{:<14} {:>8} {:>8}", "ns an element", "ours", "library");
    row("f64 exp", &xs, exp_into, f64::exp);
    row("f64 tanh", &xs, tanh_into, f64::tanh);
    row("f64 sigmoid", &xs, sigmoid_into, |x| 1.0 / (1.0 + (-x).exp()));
    row("f64 softplus", &xs, softplus_into, |x| x.max(0.0) + (-x.abs()).exp().ln_1p());
    row("f32 exp", &ys, exp_into, f32::exp);
    row("f32 tanh", &ys, tanh_into, f32::tanh);
    row("f32 sigmoid", &ys, sigmoid_into, |x| 1.0 / (1.0 + (-x).exp()));
    row("f32 softplus", &ys, softplus_into, |x| x.max(0.0) + (-x.abs()).exp().ln_1p());
    losses(&xs, &ys);
}

fn losses(xs: &[f64], ys: &[f32]) {
    let (mut out, mut out32) = (xs.to_vec(), ys.to_vec());
    let wide = time(|| {
        black_box(bernoulli_loss(black_box(xs), black_box(xs)));
    });
    let narrow = time(|| {
        black_box(bernoulli_loss(black_box(ys), black_box(ys)));
    });
    println!("bernoulli_loss f64 {wide:.2}, f32 {narrow:.2}");
    let wide = time(|| sigmoid_minus(black_box(xs), black_box(xs), 0.1, &mut out));
    let narrow = time(|| sigmoid_minus(black_box(ys), black_box(ys), 0.1, &mut out32));
    println!("sigmoid_minus  f64 {wide:.2}, f32 {narrow:.2}");
    let (mut slope, mut slope32) = (xs.to_vec(), ys.to_vec());
    let wide = time(|| tanh_slope(black_box(&mut out), &mut slope));
    let narrow = time(|| tanh_slope(black_box(&mut out32), &mut slope32));
    println!("tanh_slope     f64 {wide:.2}, f32 {narrow:.2}");
}
