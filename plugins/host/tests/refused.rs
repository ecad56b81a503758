//! A library that changes the floating-point environment where it is loaded is refused, however often it is tried.
#![cfg(target_arch = "x86_64")]

#[path = "loading/samples.rs"]
mod samples;

use elbow_host::floating::FloatingPoint;
use elbow_host::{Catalog, PluginKind};
use samples::Sample;

/// Flush-to-zero and denormals-are-zero, as the start-up code of GCC sets them for `-ffast-math`.
const FAST_MATH: &str = "let mut word = 0u32; unsafe { std::arch::asm!(
    \"stmxcsr [{0}]\", \"or dword ptr [{0}], 0x8040\", \"ldmxcsr [{0}]\", in(reg) &raw mut word) }";

#[test]
fn code_with_fast_math_is_not_admitted() {
    let folder = tempfile::tempdir().unwrap();
    // SAFETY: the one test of this process, before anything else runs in it.
    unsafe { std::env::set_var("XDG_CACHE_HOME", folder.path()) };
    let path = Sample { constructor: Some(FAST_MATH.to_owned()), ..Sample::default() }.build(folder.path());
    let mut catalog = Catalog::default();
    for _ in 0..2 {
        let broken = catalog.load(&path).unwrap_err();
        assert!(broken.reason.contains("where it is loaded: flush to zero, subnormal numbers as zero;"), "{broken}");
        catalog.remember(broken);
    }
    assert_eq!(FloatingPoint::STANDARD.restore(), None, "the environment has changed");
    assert!(catalog.find(PluginKind::Optimizer, "any").is_err() && catalog.missing().contains("sample.so: "));
}
