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

    /// The pattern of a chart's metric number `index`: as different as can be for two.
    pub fn of_metric(index: usize) -> Self {
        [Self::Solid, Self::Dotted, Self::Long, Self::Mixed][index % 4]
    }

    /// Whether the dot column is drawn, with `fine` dot columns to a cell. The patterns differ within three cells, which is
    /// what samples of them have.
    pub fn shows(self, column: usize, fine: usize) -> bool {
        match (self, fine) {
            (Self::Solid, _) => true,
            (Self::Long, 1) => column % 3 < 2,
            (Self::Dotted, 1) => column.is_multiple_of(2),
            (Self::Mixed, 1) => column.is_multiple_of(3),
            (Self::Long, _) => column % 6 < 4,
            (Self::Dotted, _) => column.is_multiple_of(4),
            (Self::Mixed, _) => matches!(column % 6, 0 | 1 | 4),
        }
    }
}
