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

    /// Uniform on the open interval (0, 1): the middles of 2⁵² equal parts, which are numbers of 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (((self.0)() >> 12) as f64 + 0.5) * 2f64.powi(-52)
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

#[cfg(test)]
mod tests {
    use super::Rng;

    /// SplitMix64, as a source of words.
    fn words() -> impl FnMut() -> u64 {
        let mut state = 0u64;
        move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }
    }

    /// Mean and variance of draws against k/2 and k/2 within five standard errors; uniform stays inside (0, 1).
    #[test]
    fn gammas_have_their_moments() {
        let (mut source, n) = (words(), 20_000);
        for halves in [1, 2, 3, 6] {
            let mut rng = Rng::new(&mut source);
            let draws: Vec<f64> = (0..n).map(|_| rng.gamma_halves(halves)).collect();
            let shape = f64::from(halves) / 2.0;
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            assert!((mean - shape).abs() < 5.0 * (shape / f64::from(n)).sqrt(), "Gamma({shape}): mean {mean}");
            let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n);
            let error = ((2.0 * shape + 6.0) * shape / f64::from(n)).sqrt();
            assert!((variance - shape).abs() < 5.0 * error, "Gamma({shape}): variance {variance}");
        }
    }

    #[test]
    fn the_extreme_words_stay_inside() {
        let mut extremes = [0, u64::MAX].into_iter().cycle();
        let mut source = || extremes.next().unwrap_or(0);
        let mut rng = Rng::new(&mut source);
        assert!((0..4).map(|_| rng.uniform()).all(|u| u > 0.0 && u < 1.0));
    }
}
