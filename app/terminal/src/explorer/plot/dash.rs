//! Dash patterns: which dot columns a curve leaves out.
//!
//! A pattern depends on the dot column alone. It stays where it is when points arrive, and drawing every point gives the
//! same dots as drawing the extrema of each column.

/// The dot columns that a curve is drawn in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dash {
    #[default]
    Solid,
    Long,
    Dotted,
    Mixed,
}

impl Dash {
    const ALL: [Self; 4] = [Self::Solid, Self::Long, Self::Dotted, Self::Mixed];

    /// The pattern number `index`, round and round.
    pub fn nth(index: usize) -> Self {
        Self::ALL[index % Self::ALL.len()]
    }

    /// Whether the dot column is drawn, with `fine` dot columns to a cell.
    pub fn shows(self, column: usize, fine: usize) -> bool {
        // Where a cell is one dot wide, a unit of the pattern is one dot.
        let unit = if fine > 1 { column } else { column * 2 };
        match self {
            Self::Solid => true,
            Self::Long => unit % 8 < 6,
            Self::Dotted => unit % 4 < if fine > 1 { 1 } else { 2 },
            Self::Mixed => matches!(unit % 12, 0..6 | 8 | 9),
        }
    }
}
