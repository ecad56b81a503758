//! Conformance suite for plugins: library, command and one macro line in a plugin's tests.
