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

    /// Sets the dots of a column from one row to another, both included. The cells go to `owner` and lose the dots of any
    /// other. Outside the canvas nothing happens.
    pub fn fill(&mut self, column: usize, (first, last): (i64, i64), owner: u16) {
        let (first, last) = (first.max(0) as usize, last.min(self.rows() as i64 - 1));
        if column >= self.columns() || last < first as i64 {
            return;
        }
        let (last, (wide, high)) = (last as usize, self.fine);
        let x = column / wide;
        for y in first / high..=last / high {
            let (top, bottom) = (first.max(y * high) - y * high, last.min(y * high + high - 1) - y * high);
            let dots = (top..=bottom).fold(0, |dots, row| dots | 1 << (row * wide + column % wide));
            let cell = &mut self.cells[y * self.width + x];
            let kept = if cell.owner == owner { cell.dots } else { 0 };
            *cell = Cell { dots: kept | dots, owner };
        }
    }

    /// Whether no dot is set in the cell.
    pub fn is_blank(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.height && self.cells[y * self.width + x].dots == 0
    }

    /// Copies the cells that have dots; `style` tells the look of an owner.
    pub fn render(&self, area: Rect, buffer: &mut Buffer, style: impl Fn(u16) -> Style) {
        for (y, row) in (area.y..area.bottom()).zip(self.cells.chunks(self.width.max(1))) {
            for (x, cell) in (area.x..area.right()).zip(row).filter(|(_, cell)| cell.dots != 0) {
                if let Some(target) = buffer.cell_mut((x, y)) {
                    target.set_char(glyph(self.glyphs, cell.dots)).set_style(style(cell.owner));
                }
            }
        }
    }
}

fn glyph(glyphs: Glyphs, dots: u8) -> char {
    match glyphs {
        Glyphs::Braille | Glyphs::Auto => braille(dots),
        Glyphs::Octant => octant(dots),
        Glyphs::Half => [' ', '▀', '▄', '█'][usize::from(dots & 3)],
        Glyphs::Ascii => [' ', '\'', '-', '"', '.', ':', '_', '|'][usize::from(dots & 7)],
    }
}

/// The bits of a braille character count the upper three rows down the columns, and then the lowest row.
fn braille(dots: u8) -> char {
    let moved = |from: u32, to: u32| u32::from(dots >> from & 1) << to;
    let upper = moved(0, 0) | moved(2, 1) | moved(4, 2) | moved(1, 3) | moved(3, 4) | moved(5, 5);
    char::from_u32(0x2800 | upper | u32::from(dots & 0xC0)).unwrap_or(' ')
}
