//! The machine: the terminal's size, vector instructions, threads.

use super::Section;
use crate::command::run::default_jobs;
use rustix::termios::tcgetwinsize;
use std::fs::File;

/// The smallest screen that the explorer draws on.
const SMALLEST: (u16, u16) = (60, 16);

/// The size of the controlling terminal, or that there is none.
pub fn size() -> String {
    let Ok(terminal) = File::open("/dev/tty") else { return "not there: the explorer needs one".into() };
    match tcgetwinsize(&terminal) {
        Ok(size) => size_in_words((size.ws_col, size.ws_row)),
        Err(error) => format!("there, of a size unknown: {error}"),
    }
}

fn size_in_words((columns, rows): (u16, u16)) -> String {
    let (least_columns, least_rows) = SMALLEST;
    match (columns, rows) {
        (0, _) | (_, 0) => "there, of a size unknown: 80 × 24 is assumed".into(),
        _ if columns < least_columns || rows < least_rows => {
            format!("there, {columns} × {rows}: too small, the explorer needs {least_columns} × {least_rows}")
        }
        _ => format!("there, {columns} × {rows}"),
    }
}

/// What makes runs fast or slow.
pub fn section() -> Section {
    let mut section = Section("machine", Vec::new());
    section.line("system", format!("{}, {}", std::env::consts::OS, std::env::consts::ARCH));
    section.line("vectors", vectors());
    section.line("threads", format!("{}: cells at a time, unless -j says otherwise", default_jobs()));
    section
}

#[cfg(target_arch = "x86_64")]
fn vectors() -> String {
    let (avx2, fma) = (std::arch::is_x86_feature_detected!("avx2"), std::arch::is_x86_feature_detected!("fma"));
    let avx512 = std::arch::is_x86_feature_detected!("avx512f");
    let word = |is: bool| if is { "yes" } else { "no" };
    let means = if avx2 && fma { "" } else { "; without the first two, linear algebra is slower" };
    format!("AVX2 {}, FMA {}, AVX-512 {}{means}", word(avx2), word(fma), word(avx512))
}

#[cfg(not(target_arch = "x86_64"))]
fn vectors() -> String {
    "those that every processor of this kind has".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_words() {
        assert_eq!(size_in_words((120, 40)), "there, 120 × 40");
        assert!(size_in_words((59, 40)).contains("too small"));
        assert!(size_in_words((80, 15)).contains("60 × 16"));
        assert!(size_in_words((0, 0)).contains("80 × 24"));
    }
}
