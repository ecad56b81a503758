//! The real binary in a real terminal: it draws, obeys keys, and leaves the terminal as it found it on every way out.
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/terminal.rs"]
mod terminal;

mod hang_up;
mod keys;
mod leaving;
mod matrix;
mod resize;
mod slow;
mod ssh;
mod tmux;
mod unruly;
