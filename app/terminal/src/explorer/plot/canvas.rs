//! A grid of dots inside cells. A cell belongs to one curve: a later curve takes it over whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::octant::octant;
use crate::explorer::options::Glyphs;

/// Dots of a cell by glyph set: columns and rows.
pub(crate) fn fineness(glyphs: Glyphs) -> (usize, usize) {
    match glyphs {
        Glyphs::Braille | Glyphs::Octant | Glyphs::Auto => (2, 4),
        Glyphs::Half => (1, 2),
        Glyphs::Ascii => (1, 3),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    dots: u8,
    owner: u16,
}

/// The dots, row 0 at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Canvas {
    glyphs: Glyphs,
    fine: (usize, usize),
    width: usize,
    height: usize,
    cells: Vec<Cell>,
}

impl Canvas {
    /// An empty canvas of so many cells.
    pub fn new(glyphs: Glyphs, width: u16, height: u16) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        Self { glyphs, fine: fineness(glyphs), width, height, cells: vec![Cell::default(); width * height] }
    }

    /// Dot columns.
    pub fn columns(&self) -> usize {
        self.width * self.fine.0
    }

    /// Dot rows.
    pub fn rows(&self) -> usize {
        self.height * self.fine.1
    }

    /// Dots of one cell: columns and rows.
    pub fn fineness(&self) -> (usize, usize) {
        self.fine
    }

    /// Sets a dot; the cell goes to `owner` and loses the dots of any other. Outside the canvas nothing happens.
    pub fn set(&mut self, column: usize, row: usize, owner: u16) {
        if column >= self.columns() || row >= self.rows() {
            return;
        }
        let dot = (row % self.fine.1) * self.fine.0 + column % self.fine.0;
        let cell = &mut self.cells[row / self.fine.1 * self.width + column / self.fine.0];
        let kept = if cell.owner == owner { cell.dots } else { 0 };
        *cell = Cell { dots: kept | 1 << dot, owner };
    }

    /// Whether no dot is set in the cell.
    pub fn is_blank(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.height && self.cells[y * self.width + x].dots == 0
    }

    /// Copies the cells that have dots; `style` tells the look of an owner.
    pub fn render(&self, area: Rect, buffer: &mut Buffer, style: impl Fn(u16) -> Style) {
        for (index, cell) in self.cells.iter().enumerate().filter(|(_, cell)| cell.dots != 0) {
            let (x, y) = ((index % self.width) as u16, (index / self.width) as u16);
            if x >= area.width || y >= area.height {
                continue;
            }
            if let Some(target) = buffer.cell_mut((area.x + x, area.y + y)) {
                target.set_char(glyph(self.glyphs, cell.dots)).set_style(style(cell.owner));
            }
        }
    }
}

/// Bits of a braille character for the dots in reading order.
const BRAILLE: [u32; 8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

fn glyph(glyphs: Glyphs, dots: u8) -> char {
    match glyphs {
        Glyphs::Braille | Glyphs::Auto => {
            let bits = (0..8).filter(|dot| dots >> dot & 1 == 1).map(|dot| BRAILLE[dot]).sum::<u32>();
            char::from_u32(0x2800 + bits).unwrap_or(' ')
        }
        Glyphs::Octant => octant(dots),
        Glyphs::Half => [' ', '▀', '▄', '█'][usize::from(dots & 3)],
        Glyphs::Ascii => [' ', '\'', '-', '"', '.', ':', '_', '|'][usize::from(dots & 7)],
    }
}
