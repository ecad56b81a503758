//! The one dependency of a plugin author: traits, parameters, shared pieces; every shim and its unsafe code.
