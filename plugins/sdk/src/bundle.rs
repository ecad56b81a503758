//! Descriptors, bundles and the two exported symbols.

use crate::about::About;
use crate::model::Model;
use crate::optimizer::Optimizer;
use crate::parameter::{Param, Parameter, leak_all};
use crate::{guard, model_class, optimizer, text};
use elbow_abi::*;
use std::ffi::c_void;

/// A descriptor that lives as long as the process.
#[derive(Clone, Copy)]
pub struct Descriptor(&'static ElbowDescriptor);

impl Descriptor {
    /// Describes an optimizer.
    pub fn optimizer<T: Optimizer>() -> Self {
        let class = Box::leak(Box::new(optimizer::class::<T>()));
        Self::new(&T::ABOUT, KIND_OPTIMIZER, T::Parameters::fields(), (&raw const *class).cast())
    }

    /// Describes a model.
    pub fn model<T: Model>() -> Self {
        let class = Box::leak(Box::new(model_class::class::<T>()));
        Self::new(&T::ABOUT, KIND_MODEL, T::Parameters::fields(), (&raw const *class).cast())
    }

    fn new(about: &About, kind: u32, params: Vec<Param>, class: *const c_void) -> Self {
        let (params, n_params) = leak_all(params);
        let (references, n_references) = text::leak_slice(about.references.iter().map(|name| text::leak(name)).collect());
        let (capabilities, n_capabilities) =
            text::leak_slice(about.capabilities.iter().map(|capability| text::leak(capability.id())).collect());
        let (metrics, n_metrics) = text::leak_slice(about.quantities.iter().map(|quantity| quantity.raw()).collect());
        Self(Box::leak(Box::new(ElbowDescriptor {
            struct_size: size_of::<ElbowDescriptor>() as u32,
            kind,
            id: text::leak(about.id),
            summary: text::leak(about.summary),
            family: text::leak(about.family),
            references,
            n_references,
            params,
            n_params,
            capabilities,
            n_capabilities,
            metrics,
            n_metrics,
            class,
        })))
    }
}

extern "C" fn init(_host: *const ElbowHost) -> i32 {
    guard::contain_panics();
    OK
}

/// Builds the entry of a bundle; called once by [`crate::bundle!`].
pub fn entry(package: &'static str, version: &'static str, descriptors: Vec<Descriptor>) -> &'static ElbowEntry {
    let (descriptors, n) = text::leak_slice(descriptors.into_iter().map(|descriptor| &raw const *descriptor.0).collect());
    Box::leak(Box::new(ElbowEntry {
        magic: MAGIC,
        struct_size: size_of::<ElbowEntry>() as u32,
        abi_major: MAJOR,
        abi_minor: MINOR,
        n_descriptors: n as u32,
        descriptors,
        package: text::borrow(package),
        version: text::borrow(version),
        init: Some(init),
    }))
}

/// An entry in a static; its pointers lead to memory that is never written after it was made.
pub struct Entry(pub &'static ElbowEntry);
// SAFETY: everything behind an entry is immutable and lives as long as the process.
unsafe impl Send for Entry {}
// SAFETY: as above.
unsafe impl Sync for Entry {}

/// The block that a host reads from the file; see [`crate::export_bundle!`].
pub const fn meta(package: &str, version: &str) -> ElbowMeta {
    ElbowMeta {
        magic: MAGIC,
        struct_size: size_of::<ElbowMeta>() as u32,
        abi_major: MAJOR,
        abi_minor: MINOR,
        flags: if cfg!(panic = "unwind") { FLAG_UNWINDS } else { 0 },
        package: padded(package),
        version: padded(version),
        toolchain: padded("Rust"),
    }
}

const fn padded<const N: usize>(text: &str) -> [u8; N] {
    let (bytes, mut out, mut i) = (text.as_bytes(), [0; N], 0);
    while i < bytes.len() && i + 1 < N {
        out[i] = bytes[i];
        i += 1;
    }
    out
}

/// Declares a bundle: a function that gives its entry, and no exported symbol, so that bundles can be linked together.
///
/// `bundle!(pub fn bundle = [optimizer Kfac, model Rbm]);`
#[macro_export]
macro_rules! bundle {
    ($(#[doc = $doc:literal])* $visibility:vis fn $name:ident = [$($kind:ident $plugin:ty),* $(,)?]) => {
        $(#[doc = $doc])*
        $visibility fn $name() -> &'static $crate::abi::ElbowEntry {
            static ENTRY: ::std::sync::OnceLock<$crate::Entry> = ::std::sync::OnceLock::new();
            ENTRY.get_or_init(|| {
                let all = ::std::vec![$($crate::Descriptor::$kind::<$plugin>()),*];
                $crate::Entry($crate::entry(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"), all))
            }).0
        }
    };
}

/// Exports a bundle from a shared library: the only place where symbols are defined. Use it in a `cdylib` crate only.
///
/// `export_bundle!(my_bundle::bundle);`
#[macro_export]
macro_rules! export_bundle {
    ($bundle:path) => {
        /// Read by a host from the file before anything runs.
        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals, reason = "the name of a C symbol")]
        pub static elbow_plugin_meta: $crate::abi::ElbowMeta = $crate::meta(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));

        /// The entry of this library.
        #[unsafe(no_mangle)]
        pub extern "C" fn elbow_plugin_entry_v0() -> *const $crate::abi::ElbowEntry {
            match ::std::panic::catch_unwind($bundle) {
                Ok(entry) => entry,
                Err(_) => ::std::ptr::null(),
            }
        }
    };
}
