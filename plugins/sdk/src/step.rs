//! Pieces of a step, which optimizers put together: how long it is, how it is damped, how a system is solved by products alone.
//!
//! They work on slices and closures and know no [`crate::Point`]. A piece that carries something from step to step visits it in
//! its `state`. Conventions: g = ∇L, d = F⁻¹g, so that the step is −η d and gᵀd ≥ 0; M(δ) = L + gᵀδ + ½ δᵀFδ.

pub mod clip;
pub mod krylov;
pub mod levenberg;
pub mod momentum;
mod natural;
pub mod quadratic;
pub mod schedule;
pub mod search;

pub use clip::{Clip, FlowClip, share, slope, trust_length};
pub use krylov::{Cg, End, MinRes, Solved, Stop};
pub use levenberg::{Levenberg, LevenbergParameters};
pub use momentum::{Momentum, MomentumParameters};
pub use natural::{Control, NaturalStep, REPORTED, StepParameters, loss_at};
pub use quadratic::{Products, QuadraticStep};
pub use schedule::{Schedule, ScheduleKind};
pub use search::{Armijo, Found, Reason, Wolfe};

/// aᵀb, in eight sums: as fast as memory, and the same on every machine.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (mut sums, (a_parts, a_rest), (b_parts, b_rest)) = ([0.0; 8], a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a_parts.iter().zip(b_parts) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}

/// ‖a‖.
pub fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// y ← y + c x.
pub fn add(y: &mut [f64], c: f64, x: &[f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += c * x);
}
