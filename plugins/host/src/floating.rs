//! The floating-point environment of a thread: rounding, flushing of subnormal numbers to zero, trapping.
//!
//! A library compiled with `-ffast-math` can switch on flushing in its constructor, and every number computed later on that
//! thread, or on one started from it, changes. So the host saves the environment before it lets a plugin run and puts it
//! back afterwards.

/// The environment of the thread that saved it. Where the processor is not known there is nothing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct FloatingPoint(u64);

impl FloatingPoint {
    /// The environment as it is now.
    #[inline]
    pub fn save() -> Self {
        Self(control::read())
    }

    /// Puts it back if it has changed, and tells whether it had. Flags of past exceptions are no change and are kept.
    #[inline]
    pub fn restore(self) -> bool {
        let now = control::read();
        let changed = (now ^ self.0) & !control::STICKY != 0;
        if changed {
            control::write(self.0 & !control::STICKY | now & control::STICKY);
        }
        changed
    }
}

/// MXCSR. The x87 unit has a control word of its own, which no `f64` passes through on this processor.
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod control {
    use std::arch::asm;

    /// Flags of exceptions that have happened.
    pub const STICKY: u64 = 0x3f;

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

    #[inline]
    pub fn read() -> u64 {
        0
    }

    #[inline]
    pub fn write(_: u64) {}
}

#[cfg(all(test, target_arch = "x86_64", not(miri)))]
mod tests {
    use super::{FloatingPoint, control};
    use std::hint::black_box;

    const FLUSH_TO_ZERO: u64 = 0x8000;

    #[test]
    fn flushing_is_undone_once() {
        let saved = FloatingPoint::save();
        control::write(control::read() | FLUSH_TO_ZERO);
        assert_eq!(black_box(f64::MIN_POSITIVE) / black_box(2.0), 0.0);
        assert!(saved.restore());
        assert_ne!(black_box(f64::MIN_POSITIVE) / black_box(2.0), 0.0);
        assert!(!saved.restore());
    }

    #[test]
    fn flags_of_past_exceptions_are_no_change() {
        control::write(control::read() & !control::STICKY);
        let saved = FloatingPoint::save();
        black_box(black_box(1.0) / black_box(3.0));
        assert_ne!(control::read() & control::STICKY, 0);
        assert!(!saved.restore());
        control::write(control::read() | FLUSH_TO_ZERO);
        assert!(saved.restore());
        assert_ne!(control::read() & control::STICKY, 0, "the flag must survive");
    }
}
