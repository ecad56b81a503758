//! The floating-point environment of a thread: rounding, flushing of subnormal numbers to zero, trapping.
//!
//! Code compiled with `-ffast-math` can switch on flushing, and every number computed later on that thread, or on one started
//! from it, changes. So the host, which computes in the standard environment, puts that back after every call into a plugin, and a
//! plugin that changed it is caught: its call fails, and so does the cell that made it.
//!
//! A call costs one reading of the control register, some 8 ns where that is slow (AMD EPYC), a comparison and no write.

use crate::error::{Error, Result};
use elbow_abi::FAILED;
use std::cell::Cell;
use std::fmt;

/// The environment of the thread that saved it. Where the processor is not known there is nothing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct FloatingPoint(u64);

/// What of an environment has changed: a bit for each bit that differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed(u64);

impl FloatingPoint {
    /// The environment that compiled code may rely on: no flushing, rounding to nearest, no trapping.
    pub const STANDARD: Self = Self(control::STANDARD);

    /// The environment as it is now.
    #[inline]
    pub fn save() -> Self {
        Self(control::read())
    }

    fn is_standard(self) -> bool {
        (self.0 ^ control::STANDARD) & !control::STICKY == 0
    }

    /// Puts it back if it has changed, and tells what had. Flags of past exceptions are no change and are kept.
    #[inline]
    pub fn restore(self) -> Option<Changed> {
        let now = control::read();
        let changed = (now ^ self.0) & !control::STICKY;
        if changed != 0 {
            control::write(self.0 & !control::STICKY | now & control::STICKY);
        }
        (changed != 0).then_some(Changed(changed))
    }
}

impl Changed {
    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: Vec<&str> = control::PARTS.iter().filter(|(bits, _)| self.0 & bits != 0).map(|(_, name)| *name).collect();
        f.write_str(if named.is_empty() { "control bits" } else { "" })?;
        f.write_str(&named.join(", "))
    }
}

thread_local! {
    /// What was changed for the plugin's call that is going on: on a thread of the pool, or in a function that a model called.
    static ELSEWHERE: Cell<u64> = const { Cell::new(0) };
    /// The plugin that was caught first on this thread since somebody asked.
    static CAUGHT: Cell<Option<(&'static str, Changed)>> = const { Cell::new(None) };
}

/// Counts what was changed elsewhere as a change by the plugin that this thread is in.
pub(crate) fn charge(bits: u64) {
    if bits != 0 {
        ELSEWHERE.set(ELSEWHERE.get() | bits);
    }
}

/// Calls a function of a plugin and puts the environment back, also where the call answers no error: [`judged`] tells.
#[inline]
pub(crate) fn guarded<T>(plugin: &'static str, body: impl FnOnce() -> T) -> T {
    let (answer, changed) = observed(body);
    if let Some(changed) = changed {
        let _ = caught(plugin, changed);
    }
    answer
}

/// Calls a function that may be a plugin's, puts the standard environment back and tells what of it had changed. It was there
/// before: the program starts in it, and whatever a plugin asks of the host runs in it too.
#[inline]
pub(crate) fn observed<T>(body: impl FnOnce() -> T) -> (T, Option<Changed>) {
    // What is charged to a call that this one is inside of stays with that.
    let outer = ELSEWHERE.take();
    let answer = body();
    let (here, elsewhere) = (FloatingPoint::STANDARD.restore(), ELSEWHERE.replace(outer));
    if here.is_none() && elsewhere == 0 {
        return (answer, None);
    }
    (answer, Some(Changed(here.unwrap_or_default().0 | elsewhere)))
}

/// Runs what a plugin asks of the host in the standard environment, and gives the plugin back its own.
#[inline]
pub(crate) fn at_home<T>(body: impl FnOnce() -> T) -> T {
    let theirs = FloatingPoint::save();
    if theirs.is_standard() {
        return body();
    }
    FloatingPoint::STANDARD.restore();
    let answer = body();
    theirs.restore();
    answer
}

/// Remembers that a plugin changed the environment.
#[cold]
pub(crate) fn caught(plugin: &'static str, changed: Changed) -> Error {
    if CAUGHT.get().is_none() {
        CAUGHT.set(Some((plugin, changed)));
    }
    changed_by(plugin, changed)
}

/// The failure of a plugin that changed the environment.
pub(crate) fn changed_by(plugin: &str, changed: Changed) -> Error {
    let what = "the floating-point environment, on which what others compute depends too";
    Error::new(FAILED, format!("the plugin `{plugin}` changed {what}: {changed}"))
}

/// The result of calls on this thread; an error, once, if a plugin was caught in one of them: also in a call that answers no
/// error, or whose error another plugin kept to itself.
///
/// # Errors
/// That of `result`, or the first plugin that was caught and what it changed.
#[inline]
pub fn judged<T>(result: Result<T>) -> Result<T> {
    match CAUGHT.take() {
        None => result,
        Some((plugin, changed)) => Err(changed_by(plugin, changed)),
    }
}

/// MXCSR. The x87 unit has a control word of its own, which no `f64` passes through on this processor.
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod control {
    use std::arch::asm;

    /// Flags of exceptions that have happened.
    pub const STICKY: u64 = 0x3f;
    /// All exceptions masked, rounding to nearest.
    pub const STANDARD: u64 = 0x1f80;
    /// What the bits are about.
    pub const PARTS: [(u64, &str); 4] = [
        (0x8000, "flush to zero"),
        (0x0040, "subnormal numbers as zero"),
        (0x6000, "rounding"),
        (0x1f80, "trapping of exceptions"),
    ];

    #[inline]
    pub fn read() -> u64 {
        let mut value = 0u32;
        // SAFETY: stores 32 bits at the address given, which is that of `value`.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack, preserves_flags)) };
        value.into()
    }

    #[inline]
    pub fn write(value: u64) {
        let value = value as u32;
        // SAFETY: loads 32 bits from the address of `value`; they were read from the register, so no reserved bit is set.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack, preserves_flags, readonly)) };
    }
}

/// FPCR, which holds no sticky flags: those are in FPSR.
#[cfg(all(target_arch = "aarch64", not(miri)))]
mod control {
    use std::arch::asm;

    /// None.
    pub const STICKY: u64 = 0;
    /// All exceptions masked, rounding to nearest.
    pub const STANDARD: u64 = 0;
    /// What the bits are about.
    pub const PARTS: [(u64, &str); 4] = [
        (0x0108_0001, "flush to zero"),
        (0x00c0_0000, "rounding"),
        (0x0000_9f00, "trapping of exceptions"),
        (0x0200_0000, "default NaN"),
    ];

    #[inline]
    pub fn read() -> u64 {
        let value: u64;
        // SAFETY: reads a register that is always accessible.
        unsafe { asm!("mrs {}, fpcr", out(reg) value, options(nostack, preserves_flags)) };
        value
    }

    #[inline]
    pub fn write(value: u64) {
        // SAFETY: the value was read from this register.
        unsafe { asm!("msr fpcr, {}", in(reg) value, options(nostack, preserves_flags)) };
    }
}

/// Other processors, and interpreters that know no inline assembly.
#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod control {
    /// None.
    pub const STICKY: u64 = 0;
    /// Nothing is known of it.
    pub const STANDARD: u64 = 0;
    /// None.
    pub const PARTS: [(u64, &str); 0] = [];

    #[inline]
    pub fn read() -> u64 {
        0
    }

    #[inline]
    pub fn write(_: u64) {}
}

#[cfg(all(test, target_arch = "x86_64", not(miri)))]
mod tests {
    use super::{Changed, FloatingPoint, at_home, charge, control, guarded, judged, observed};
    use std::hint::black_box;

    const FLUSH_TO_ZERO: u64 = 0x8000;

    #[test]
    fn flushing_is_undone_once() {
        let saved = FloatingPoint::save();
        control::write(control::read() | FLUSH_TO_ZERO);
        assert_eq!(black_box(f64::MIN_POSITIVE) / black_box(2.0), 0.0);
        assert_eq!(saved.restore().map(|changed| changed.to_string()).as_deref(), Some("flush to zero"));
        assert_ne!(black_box(f64::MIN_POSITIVE) / black_box(2.0), 0.0);
        assert_eq!(saved.restore(), None);
    }

    #[test]
    fn flags_of_past_exceptions_are_no_change() {
        control::write(control::read() & !control::STICKY);
        let saved = FloatingPoint::save();
        black_box(black_box(1.0) / black_box(3.0));
        assert_ne!(control::read() & control::STICKY, 0);
        assert_eq!(saved.restore(), None);
        control::write(control::read() | FLUSH_TO_ZERO);
        assert!(saved.restore().is_some());
        assert_ne!(control::read() & control::STICKY, 0, "the flag must survive");
    }

    #[test]
    fn the_bits_are_named_as_the_processor_manual_does() {
        // Intel's manual, volume 1, figure 10-3: FZ 15, RC 14 and 13, masks 12 to 7, DAZ 6.
        for (bit, name) in [(15, "flush to zero"), (14, "rounding"), (13, "rounding"), (6, "subnormal numbers as zero")] {
            assert_eq!(Changed(1 << bit).to_string(), name);
        }
        assert!((7..13).all(|bit| Changed(1 << bit).to_string() == "trapping of exceptions"));
        assert_eq!(Changed(0x8040).to_string(), "flush to zero, subnormal numbers as zero");
    }

    #[test]
    fn a_plugin_is_caught_once_and_the_first_one_is_named() {
        let flush = || control::write(control::read() | FLUSH_TO_ZERO);
        guarded("first", flush);
        guarded("second", flush);
        let error = judged(Ok(())).unwrap_err().to_string();
        assert!(error.contains("`first`") && error.ends_with("flush to zero"), "{error}");
        assert!(judged(Ok(())).is_ok());
    }

    #[test]
    fn what_was_changed_elsewhere_counts_for_the_innermost_call() {
        let ((), outer) = observed(|| {
            let ((), inner) = observed(|| charge(FLUSH_TO_ZERO));
            assert_eq!(inner, Some(Changed(FLUSH_TO_ZERO)));
            charge(0x2000);
            assert_eq!(observed(|| ()).1, None, "it is not charged to a later call");
        });
        assert_eq!(outer, Some(Changed(0x2000)));
    }

    #[test]
    fn the_host_computes_in_the_standard_environment_whoever_calls_it() {
        let tiny = || black_box(f64::MIN_POSITIVE) / black_box(2.0);
        let ((), changed) = observed(|| {
            control::write(control::read() | FLUSH_TO_ZERO);
            assert_ne!(at_home(tiny), 0.0);
            assert_eq!(tiny(), 0.0, "the plugin has its own again");
        });
        assert_eq!(changed, Some(Changed(FLUSH_TO_ZERO)));
    }
}
