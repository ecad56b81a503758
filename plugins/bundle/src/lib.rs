//! The built-in plugins, linked into the binary.
