//! Structured natural gradients written out plainly, as an optimizer of their own: every matrix whole, every inverse by elimination.
#![allow(missing_docs, reason = "helpers of tests")]

pub mod plain;
pub mod whole;
