//! The full simplex of joint tables.
