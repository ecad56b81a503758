//! The five quantities of variational inference on explicit tables, in nats per datum.
//!
//! With `p*` the target, `p_θ` the model, `q` the recognition distribution, `p_θ(v) = Σ_h p_θ(v, h)`:
//! - evidence `Ev = Σ_v p* log p_θ(v)`, lower bound `ELBO = Σ_v p* E_q[log p_θ(v, h) − log q]`;
//! - `Gap = Σ_v p* KL(q ‖ p_θ(·|v))`, `D_J = KL(p* q ‖ p_θ)`, `D_V = KL(p* ‖ p_θ(v))`, `H* = −Σ_v p* log p*`.
//!
//! They satisfy `Ev = ELBO + Gap`, `D_J = D_V + Gap`, `D_J = −ELBO − H*`, `D_V = −Ev − H*`. Divergences are summed from terms of
//! which none is negative, not from differences of the other quantities: they are right also where they are far below the last
//! digit of those.

/// Sums over the visible states.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Decomposition {
    /// `Ev`, at most 0 for discrete v.
    pub log_evidence: f64,
    /// `ELBO`, at most `Ev`.
    pub elbo: f64,
    /// `Gap`, at least 0.
    pub gap: f64,
    /// `D_J`, at least 0.
    pub kl_joint: f64,
    /// `D_V`, at least 0.
    pub kl_visible: f64,
    /// `H*`.
    pub entropy: f64,
}

impl Decomposition {
    /// Adds one visible state: `target` = p*(v), `visible` = p_θ(v) and its logarithm, which counts where p_θ(v) underflows.
    pub fn add_visible(&mut self, target: f64, visible: f64, log_visible: f64) {
        let divergence = divergence_term(target, visible, log_visible);
        self.kl_visible += divergence;
        self.kl_joint += divergence;
        if target != 0.0 {
            self.log_evidence += target * log_visible;
            self.entropy -= xlogx(target);
        }
    }

    /// Adds what q makes of a visible state: `bound` = `E_q[log p_θ(v, h) − log q(h|v)]` and `gap` = `KL(q ‖ p_θ(·|v))`.
    ///
    /// A state with `target` = 0 adds nothing, whatever the rest.
    pub fn add_hidden(&mut self, target: f64, bound: f64, gap: f64) {
        if target != 0.0 {
            self.elbo += target * bound;
            self.gap += target * gap;
            self.kl_joint += target * gap;
        }
    }

    /// Adds the sums of other visible states.
    pub fn merge(&mut self, other: &Self) {
        self.log_evidence += other.log_evidence;
        self.elbo += other.elbo;
        self.gap += other.gap;
        self.kl_joint += other.kl_joint;
        self.kl_visible += other.kl_visible;
        self.entropy += other.entropy;
    }

    /// Largest absolute residual of the four identities; infinite or NaN if a quantity is.
    pub fn residual(&self) -> f64 {
        let residuals = [
            self.log_evidence - self.elbo - self.gap,
            self.kl_joint - self.kl_visible - self.gap,
            self.kl_joint + self.elbo + self.entropy,
            self.kl_visible + self.log_evidence + self.entropy,
        ];
        // `f64::max` would pass over NaN.
        let undefined = residuals.iter().any(|x| x.is_nan());
        if undefined { f64::NAN } else { residuals.into_iter().map(f64::abs).fold(0.0, f64::max) }
    }
}

/// `x log x`, with `0 log 0 = 0`.
pub fn xlogx(x: f64) -> f64 {
    xlogy(x, x)
}

/// `x log y`, with `0 log y = 0`; −∞ for x > 0, y = 0.
pub fn xlogy(x: f64, y: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x * y.ln() }
}

/// `a log(a/b) − a + b ≥ 0` for a, b ≥ 0, one state's term of `KL(a ‖ b)` between vectors of equal sum; b for a = 0, ∞ for b = 0.
///
/// Its relative error is a few roundings of a and b however close they are. `log_b` counts where b is far from a or underflows.
pub fn divergence_term(a: f64, b: f64, log_b: f64) -> f64 {
    if a == 0.0 {
        return b;
    }
    let r = (b - a) / a;
    if r.abs() <= 0.5 { a * excess(r) } else { (b - a) - a * (log_b - a.ln()) }
}

/// `r − log(1 + r)` for |r| ≤ ½: with `s = r / (2 + r)` it is `r s − 2 (s³/3 + s⁵/5 + …)`, since `log(1 + r) = 2 artanh s`.
fn excess(r: f64) -> f64 {
    let s = r / (2.0 + r);
    let series = (0..16).rev().fold(0.0, |sum, k| sum * s * s + 1.0 / f64::from(2 * k + 3));
    r * s - 2.0 * s * s * s * series
}
