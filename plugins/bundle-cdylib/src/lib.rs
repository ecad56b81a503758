//! The built-in plugins as one shared library.
