//! Frames as bytes: the difference to what the terminal shows, inside synchronized-update marks, or nothing at all.

use std::io;

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
const CLEAR: &[u8] = b"\x1b[0m\x1b[2J";

/// What the terminal shows, and the memory for the next frame.
pub(crate) struct Screen {
    shown: Buffer,
    next: Buffer,
    bytes: Vec<u8>,
    /// Whether the terminal shows something else altogether.
    unknown: bool,
}

impl Screen {
    /// Of a terminal that may show anything.
    pub fn new() -> Self {
        // The theme has already decided about colours; the library would strip more than colours under NO_COLOR.
        crossterm::style::force_color_output(true);
        let buffer = Buffer::empty(Rect::ZERO);
        Self { shown: buffer.clone(), next: buffer, bytes: Vec::new(), unknown: true }
    }

    /// Makes the next frame paint everything.
    pub fn forget(&mut self) {
        self.unknown = true;
    }

    /// The bytes that bring the terminal from the frame before to this one; empty if they look the same.
    pub fn frame(&mut self, size: (u16, u16), render: impl FnOnce(&mut Buffer)) -> io::Result<&[u8]> {
        self.prepare(Rect::new(0, 0, size.0, size.1));
        render(&mut self.next);
        self.bytes.clear();
        let updates = self.shown.diff(&self.next);
        if self.unknown || !updates.is_empty() {
            self.bytes.extend_from_slice(BEGIN);
            self.bytes.extend_from_slice(if self.unknown { CLEAR } else { b"" });
            CrosstermBackend::new(&mut self.bytes).draw(updates.into_iter())?;
            self.bytes.extend_from_slice(END);
        }
        self.unknown = false;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(&self.bytes)
    }

    fn prepare(&mut self, area: Rect) {
        self.unknown |= self.shown.area != area;
        self.next.resize(area);
        self.next.reset();
        if self.unknown {
            self.shown.resize(area);
            self.shown.reset();
        }
    }

    /// The frame that the terminal shows.
    #[cfg(test)]
    pub fn shown(&self) -> &Buffer {
        &self.shown
    }
}
