//! Text across the boundary.

use elbow_abi::ElbowStr;

/// Borrows text for the duration of a call.
pub(crate) fn borrow(text: &str) -> ElbowStr {
    ElbowStr { ptr: text.as_ptr(), len: text.len() }
}

/// Reads borrowed text; what is not UTF-8 reads as a replacement mark.
///
/// # Safety
/// `text` must point to `len` readable bytes for `'a`.
pub(crate) unsafe fn read<'a>(text: ElbowStr) -> &'a str {
    if text.len == 0 {
        return "";
    }
    // SAFETY: the caller's contract.
    let bytes = unsafe { std::slice::from_raw_parts(text.ptr, text.len) };
    std::str::from_utf8(bytes).unwrap_or("\u{fffd}")
}

/// Copies text into memory that lives as long as the process: descriptors are never unloaded.
pub(crate) fn leak(text: &str) -> ElbowStr {
    borrow(Box::leak(text.to_owned().into_boxed_str()))
}

/// A slice that lives as long as the process, as pointer and length.
pub(crate) fn leak_slice<T>(items: Vec<T>) -> (*const T, usize) {
    let items = Box::leak(items.into_boxed_slice());
    (items.as_ptr(), items.len())
}
