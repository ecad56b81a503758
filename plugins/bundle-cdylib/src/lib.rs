//! The built-in plugins as one shared library, so that the way through the dynamic linker can be compared with the one that
//! is linked in. Two symbols are exported; this is the only crate of the built-in plugins that defines any.

elbow_sdk::export_bundle!(elbow_bundle::bundle);
