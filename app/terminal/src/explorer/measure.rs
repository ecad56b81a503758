//! The explorer without a terminal, for the benchmark of its budgets: nothing that others may rely on.

use std::sync::Arc;
use std::time::Duration;

use elbow_engine::live::Live;
use ratatui::buffer::Buffer;

use super::fit::fit;
use super::key::Key;
use super::options::Glyphs;
use super::screen::Screen;
use super::state::State;
use super::theme::{Depth, Theme};
use super::update::{Message, update};
use super::view::render;

/// Cells, what the explorer knows of them, and the screen it is shown on: true colours, braille.
pub struct Stage {
    live: Arc<Live>,
    state: State,
    screen: Screen,
    scratch: Vec<f64>,
}

impl Stage {
    /// Before the first row and the first frame, for a screen of so many columns and rows.
    pub fn new(live: Arc<Live>, size: (u16, u16)) -> Self {
        let mut state = State::new("measured", "", &live, Theme::new(Depth::True, Glyphs::Braille));
        state.size = size;
        Self { live, state, screen: Screen::new(), scratch: Vec::new() }
    }

    /// Takes over what the cells recorded.
    pub fn absorb(&mut self) {
        self.state.absorb(&self.live, &mut self.scratch);
    }

    /// Shows the latest numbers, and how long the runs have been going.
    pub fn numbers(&mut self, elapsed: Duration) {
        update(&mut self.state, Message::Numbers(elapsed));
    }

    /// The terminal has another size.
    pub fn resize(&mut self, size: (u16, u16)) {
        update(&mut self.state, Message::Size(size.0, size.1));
    }

    /// A key by its name in the settings, as `z` or `tab`.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn key(&mut self, name: &str) -> Result<(), String> {
        let key = Key::parse(name).map_err(|trouble| trouble.message)?;
        update(&mut self.state, Message::Key(key));
        Ok(())
    }

    /// Draws what a frame shows, and nothing more.
    pub fn draw(&mut self, buffer: &mut Buffer) {
        fit(&mut self.state);
        render(&self.state, buffer);
    }

    /// Makes a frame; its length in bytes.
    pub fn frame(&mut self) -> usize {
        fit(&mut self.state);
        let state = &self.state;
        // Writing into memory does not fail.
        self.screen.frame(state.size, |buffer| render(state, buffer)).map_or(0, <[u8]>::len)
    }
}
