//! How often which values occurred.

mod labels;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::bars::{lying, standing};
use super::words::{ending, line, mark, width};
use crate::explorer::theme::Theme;
use labels::{edge, percent};

/// Counts of values in bins of equal width.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    pub title: String,
    /// Lower edge of the first bin.
    pub low: f64,
    /// Width of a bin.
    pub width: f64,
    pub counts: Vec<u64>,
    pub style: Style,
    /// Whether a bar's length is the count's logarithm, which shows bins that are a thousand times smaller than others.
    pub log: bool,
}

impl Histogram {
    /// A row to a bin where the area has the height for it, else columns to a bin.
    ///
    /// ```text
    /// cos_elbo  N 50000                      cos_elbo  N 50000
    /// [-1.0, -0.9)                        0   62.1 % ┤                    ███
    /// [-0.9, -0.8)  ▏               0.002 %          │                    ███
    /// [-0.8, -0.7)  ███████         23.9 %        31 ┤     ███            ███
    /// [-0.7, -0.6]  ████████████    62.1 %           │ ▁▁▁ ███ ▂▂▂ ▁▁▁ ▄▄▄███
    ///                                                 -1          0         1
    /// ```
    pub fn render(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        self.render_title(theme, area, buffer);
        let below = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
        if usize::from(below.height) >= self.counts.len() {
            self.render_rows(theme, below, buffer);
        } else {
            self.render_columns(theme, below, buffer);
        }
    }

    fn render_title(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let total = format!("  N {}", self.counts.iter().map(|&count| u128::from(count)).sum::<u128>());
        let log = if self.log { "  log counts" } else { "" };
        let pieces = [(self.title.as_str(), theme.strong()), (&total, Style::new()), (log, theme.faint())];
        line(buffer, area, (area.x, area.y), &pieces);
    }

    /// The part of all values in each bin; zeros if there are none.
    pub fn shares(&self) -> Vec<f64> {
        let total = self.counts.iter().map(|&count| count as f64).sum::<f64>().max(1.0);
        self.counts.iter().map(|&count| count as f64 / total).collect()
    }

    /// Length of a bin's bar, 1 for the fullest. On a log scale the foot is a third of a count, so that one shows.
    fn length(&self, count: u64) -> f64 {
        let most = self.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
        let decades = |count: f64| (count * 3.0).log10();
        match count {
            0 => 0.0,
            _ if self.log => decades(count as f64) / decades(most),
            _ => count as f64 / most,
        }
    }

    fn bin(&self, index: usize) -> String {
        let close = if index + 1 == self.counts.len() { "]" } else { ")" };
        format!("[{}, {}{close}", edge(self.low, self.width, index), edge(self.low, self.width, index + 1))
    }

    fn render_rows(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let shares: Vec<String> = self.shares().into_iter().map(percent).collect();
        let bins: Vec<String> = (0..self.counts.len()).map(|index| self.bin(index)).collect();
        let widest = |texts: &[String]| texts.iter().map(|text| width(text)).max().unwrap_or(0);
        let (before, after) = (widest(&bins) + 1, widest(&shares) + 1);
        for (index, y) in (0..self.counts.len()).zip(area.y..area.bottom()) {
            let bin = area.x.saturating_add(before - 1 - width(&bins[index]));
            line(buffer, area, (bin, y), &[(&bins[index], theme.faint())]);
            let style = if self.counts[index] == 0 { theme.faint() } else { Style::new() };
            ending(buffer, area, (area.right(), y), &shares[index], style);
            let bar = Rect { x: area.x.saturating_add(before), y, width: area.width.saturating_sub(before + after), height: 1 };
            lying(theme, self.length(self.counts[index]), self.style, bar.intersection(area), buffer);
        }
    }

    /// Bars on an axis of shares, and in words what is too small to read off it.
    fn render_columns(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let shares = self.shares();
        let most = percent(shares.iter().copied().fold(0.0, f64::max));
        let gutter = width(&most) + 2;
        if area.height < 3 || area.width <= gutter {
            return;
        }
        self.render_extremes(theme, &shares, area, buffer);
        let field = Rect { x: area.x + gutter, y: area.y + 1, width: area.width - gutter, height: area.height - 2 };
        let share = self.counts.len().div_ceil(usize::from(field.width)).max(1);
        let slot = (usize::from(field.width) / self.counts.len().div_ceil(share).max(1)).max(1);
        for y in field.y..field.bottom() {
            mark(buffer, area, (field.x - 1, y), theme.symbol("│", "|"), theme.faint());
        }
        mark(buffer, area, (field.x - 1, field.y), theme.symbol("┤", "+"), theme.faint());
        ending(buffer, area, (field.x - 2, field.y), &most, theme.faint());
        for (index, group) in self.counts.chunks(share).enumerate() {
            let x = field.x + (index * slot) as u16;
            let bar = Rect { x, width: (slot - usize::from(slot > 2)) as u16, ..field }.intersection(field);
            standing(theme, self.length(group.iter().copied().max().unwrap_or(0)), self.style, bar, buffer);
        }
        self.render_edges(theme, share, slot, field, area, buffer);
    }

    /// Edges under their bars, as many as have a blank between them, both ends first.
    fn render_edges(&self, theme: Theme, share: usize, slot: usize, field: Rect, area: Rect, buffer: &mut Buffer) {
        let last = self.counts.len();
        let mut taken: Vec<(u16, u16)> = Vec::new();
        for index in [0, last, last / 2, last / 4, last * 3 / 4] {
            let label = edge(self.low, self.width, index);
            let x = field.x + (index / share * slot) as u16;
            let x = x.saturating_sub(width(&label) / 2).min(area.right().saturating_sub(width(&label))).max(area.x);
            let end = x + width(&label);
            if taken.iter().all(|&(from, to)| x > to || end < from) {
                line(buffer, area, (x, field.bottom()), &[(&label, theme.faint())]);
                taken.push((x, end));
            }
        }
    }

    fn render_extremes(&self, theme: Theme, shares: &[f64], area: Rect, buffer: &mut Buffer) {
        let seen = || (0..shares.len()).filter(|&index| self.counts[index] > 0);
        let most = seen().max_by(|&one, &other| self.counts[one].cmp(&self.counts[other]).then(other.cmp(&one)));
        let least = seen().min_by_key(|&index| self.counts[index]);
        if let (Some(most), Some(least)) = (most, least) {
            let words = |index: usize| format!("{} in {}", percent(shares[index]), self.bin(index));
            let text = format!("least {}, most {}", words(least), words(most));
            line(buffer, area, (area.x, area.y), &[(&text, theme.faint())]);
        }
    }
}
