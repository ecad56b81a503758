//! Random numbers, only ever from the host's streams: the same for any thread count, machine and language.

use elbow_abi::ElbowRng;

/// A stream of random numbers.
pub struct Rng<'a>(&'a mut dyn FnMut() -> u64);

impl<'a> Rng<'a> {
    /// A stream from any source of 64-bit words.
    pub fn new(words: &'a mut dyn FnMut() -> u64) -> Self {
        Self(words)
    }

    /// # Safety
    /// `raw` must be valid during the calls of the closure.
    pub(crate) unsafe fn words(raw: *const ElbowRng) -> impl FnMut() -> u64 {
        move || {
            let mut word = 0;
            // SAFETY: the caller's contract; `word` takes one word.
            unsafe { ((*raw).fill)((*raw).ctx, &raw mut word, 1) };
            word
        }
    }

    /// Uniform on the open interval (0, 1): a multiple of 2⁻⁵³ and a half.
    pub fn uniform(&mut self) -> f64 {
        ((self.0)() >> 11) as f64 * 2f64.powi(-53) + 2f64.powi(-54)
    }

    /// Standard normal (Box–Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with shape `halves`/2 and unit scale: half a χ² with `halves` degrees of freedom, so it is exact.
    pub fn gamma_halves(&mut self, halves: u32) -> f64 {
        let whole: f64 = (0..halves / 2).map(|_| -self.uniform().ln()).sum();
        whole + if halves % 2 == 1 { 0.5 * self.normal().powi(2) } else { 0.0 }
    }

    /// Dirichlet with parameters `halves`/2: normalized gammas.
    pub fn dirichlet_halves(&mut self, halves: &[u32], out: &mut [f64]) {
        for (value, &halves) in out.iter_mut().zip(halves) {
            *value = self.gamma_halves(halves);
        }
        let sum: f64 = out.iter().sum();
        out.iter_mut().for_each(|value| *value /= sum);
    }
}
