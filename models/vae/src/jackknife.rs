//! The bound L_K = log (1/K) Σ w_k of one row, with what its draws tell of its variance and bias (Efron, *The Jackknife, the
//! Bootstrap and Other Resampling Plans*, 1982; Nowozin, *Debiasing Evidence Approximations*, ICLR 2018).
//!
//! With L_(k) the bound without the k-th draw and d_k = L_(k) − L_K, the variance of L_K is estimated by (K − 1)/K Σ (d_k − d̄)²,
//! which is not too small on average (Efron and Stein, *The Jackknife Estimate of Variance*, 1981), and its bias, E L_K − log
//! p(x), by (K − 1) d̄. To first order these are Var(w)/(K E[w]²) and −½ of that, the delta method, whose sample version is too
//! small where few draws have most of the weight: with log w ~ N(0, 2²) and K = 64 the variance is 0.26, it finds 0.15, the
//! jackknife 0.27; the bias is −0.16, found as −0.07 and −0.11. For L_K − (1/K) Σ log w_k the variance is estimated likewise.

/// What the draws of one row tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jackknife {
    /// L_K.
    pub bound: f64,
    /// Estimates of its variance and bias; NaN with one draw.
    pub variance: f64,
    pub bias: f64,
    /// L_K − (1/K) Σ log w_k ≥ 0, and its variance: NaN with two draws, as without one of them there is no gap.
    pub gap: f64,
    pub gap_variance: f64,
}

impl Jackknife {
    /// From log w of the draws, at least one.
    pub fn new(logs: &[f64]) -> Self {
        if let [bound] = *logs {
            return Self { bound, variance: f64::NAN, bias: f64::NAN, gap: 0.0, gap_variance: 0.0 };
        }
        let (k, mean) = (logs.len() as f64, logs.iter().sum::<f64>() / logs.len() as f64);
        let place = (1..logs.len()).fold(0, |place, i| if logs[i] > logs[place] { i } else { place });
        let most = logs[place];
        if !most.is_finite() {
            return Self { bound: most, variance: f64::NAN, bias: f64::NAN, gap: f64::NAN, gap_variance: f64::NAN };
        }
        // Relative to the largest weight; without it the others are summed by themselves.
        let others = others(logs, place, most);
        let sum = 1.0 + others.exp();
        let bound = most + (sum / k).ln();
        let (mut bounds, mut gaps) = (Spread::default(), Spread::default());
        for (i, log) in logs.iter().enumerate() {
            let kept = if i == place { others - sum.ln() } else { (-(log - most).exp() / sum).ln_1p() };
            let d = kept - (-1.0 / k).ln_1p();
            bounds.add(d);
            gaps.add(d + (log - mean) / (k - 1.0));
        }
        let gap_variance = if logs.len() == 2 { f64::NAN } else { gaps.variance(k) };
        // By Jensen's inequality the gap is not negative but for rounding.
        let gap = if bound < mean { 0.0 } else { bound - mean };
        Self { bound, variance: bounds.variance(k), bias: (k - 1.0) * bounds.sum / k, gap, gap_variance }
    }
}

/// log Σ eˡ over all but one, less `most`.
fn others(logs: &[f64], place: usize, most: f64) -> f64 {
    let others = || logs[..place].iter().chain(&logs[place + 1..]);
    let next = others().fold(f64::NEG_INFINITY, |next, log| next.max(*log)).max(f64::MIN);
    next - most + others().map(|log| (log - next).exp()).sum::<f64>().ln()
}

/// Sums of the differences that leaving out one draw makes.
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    sum: f64,
    square: f64,
}

impl Spread {
    fn add(&mut self, d: f64) {
        self.sum += d;
        self.square += d * d;
    }

    /// (k − 1)/k Σ (d − d̄)²; rounding can leave less than nothing of it.
    fn variance(self, k: f64) -> f64 {
        let squares = self.square - self.sum * self.sum / k;
        (k - 1.0) / k * if squares < 0.0 { 0.0 } else { squares }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_mean_exp(logs: &[f64]) -> f64 {
        (logs.iter().map(|log| log.exp()).sum::<f64>() / logs.len() as f64).ln()
    }

    /// As the definitions say, leaving out one draw after the other.
    fn plain(logs: &[f64]) -> [f64; 5] {
        let (k, mean) = (logs.len() as f64, |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64);
        let without = |i: usize| -> Vec<f64> { [&logs[..i], &logs[i + 1..]].concat() };
        let bounds: Vec<f64> = (0..logs.len()).map(|i| log_mean_exp(&without(i))).collect();
        let gaps: Vec<f64> = (0..logs.len()).map(|i| log_mean_exp(&without(i)) - mean(&without(i))).collect();
        let variance = |x: &[f64]| (k - 1.0) / k * x.iter().map(|one| (one - mean(x)).powi(2)).sum::<f64>();
        let bound = log_mean_exp(logs);
        [bound, variance(&bounds), (k - 1.0) * (mean(&bounds) - bound), bound - mean(logs), variance(&gaps)]
    }

    #[test]
    fn leaves_out_one_draw_after_the_other() {
        for k in 3..20 {
            let logs: Vec<f64> = (0..k).map(|i| 4.0 * f64::from(i * i + k).sin() - 1.0).collect();
            let found = Jackknife::new(&logs);
            let found = [found.bound, found.variance, found.bias, found.gap, found.gap_variance];
            for (found, expected) in found.into_iter().zip(plain(&logs)) {
                assert!((found - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{k}: {found}, expected {expected}");
            }
        }
    }

    /// Far below and above what has an exponential; (l₁, l₂): L_(1) = l₂, L_(2) = l₁, so the variance is ¼ (l₁ − l₂)².
    #[test]
    fn weights_without_exponentials() {
        let far = Jackknife::new(&[-5000.0, -9000.0]);
        assert!((far.bound - (-5000.0 - 2f64.ln())).abs() < 1e-9 && (far.variance - 4e6).abs() < 1e-6, "{far:?}");
        let shifted = Jackknife::new(&[1e4, 1e4 + 1.0, 1e4 - 2.0]);
        let plain = plain(&[0.0, 1.0, -2.0]);
        assert!((shifted.bound - 1e4 - plain[0]).abs() < 1e-11 && (shifted.variance - plain[1]).abs() < 1e-11);
    }

    #[test]
    fn equal_and_impossible_draws() {
        let equal = Jackknife::new(&[-3.7; 5]);
        assert!((equal.bound + 3.7).abs() < 1e-15 && equal.gap == 0.0);
        assert!(equal.variance < 1e-30 && equal.bias.abs() < 1e-14 && equal.gap_variance < 1e-30, "{equal:?}");
        assert_eq!(Jackknife::new(&[f64::NEG_INFINITY; 3]).bound, f64::NEG_INFINITY);
        assert!(Jackknife::new(&[0.0, f64::NAN, 1.0]).bound.is_nan());
        let one = Jackknife::new(&[-2.0]);
        assert!((one.bound, one.gap, one.gap_variance) == (-2.0, 0.0, 0.0) && one.variance.is_nan() && one.bias.is_nan());
    }
}
