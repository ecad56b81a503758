//! How much of each direction of the joint distribution the visible variables see.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::bars::standing;
use super::words::{ending, line, mark, width};
use crate::explorer::number::number;
use crate::explorer::theme::Theme;

/// Eigenvalues this near to 0 or 1 count as such in words.
const NEAR: f64 = 0.01;
/// Columns left of the bars, for the ticks.
const GUTTER: u16 = 5;
/// A bar and the blank beside it are at most so wide.
const WIDEST: usize = 12;
/// Bars this wide have their value below.
const LEGIBLE: usize = 5;

/// The eigenvalues of the visible Fisher matrix relative to the joint one, and what follows from them.
#[derive(Clone, Debug)]
pub(crate) struct Spectrum {
    /// Eigenvalues of the pencil (G_V, G), between 0 and 1, in any order.
    pub values: Vec<f64>,
    /// The cylindricity defect (4/r) Σ λ(1 − λ), from 0 for a cylindrical model to 1.
    pub kappa_bar: Option<f64>,
    /// The least positive eigenvalue.
    pub lambda_min_plus: Option<f64>,
    /// The predicted contraction of an EM step; left out, it is 1 − `lambda_min_plus`.
    pub rate: Option<f64>,
    pub style: Style,
}

impl Spectrum {
    /// ```text
    /// κ̄ 0.1200  (0: cylindrical)
    /// predicted rate 1 − λmin⁺ = 0.8300 per EM step
    /// spectrum of (G_V, G): 2 near 0, 1 between, 2 near 1
    ///    1 ┤                      ██████ ██████
    ///      │                      ██████ ██████
    ///      │┄┄ λmin⁺ 0.1700 ┄┄┄┄┄ ██████ ██████
    ///    0 ┤ ·      ·      ▂▂▂▂▂▂ ██████ ██████
    ///        0      0      0.1700 1      1
    /// ```
    pub fn render(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        let mut values: Vec<f64> = self.values.iter().copied().filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let words = self.words(theme, &values);
        let shown = words.len().min(usize::from(area.height.saturating_sub(5).max(1)));
        for ([long, short], y) in words.iter().take(shown).zip(area.y..area.bottom()) {
            let words = if width(long) <= area.width { long } else { short };
            line(buffer, area, (area.x, y), &[(words, Style::new())]);
        }
        let top = shown as u16;
        let chart = Rect { y: area.y.saturating_add(top), height: area.height.saturating_sub(top), ..area };
        if chart.width > GUTTER + 1 && chart.height > 1 && !values.is_empty() {
            self.render_chart(theme, &values, chart, buffer);
        }
    }

    /// Each line, and what it says where there is little room.
    fn words(&self, theme: Theme, values: &[f64]) -> Vec<[String; 2]> {
        let kappa = self.kappa_bar.filter(|kappa| kappa.is_finite());
        let kappa = kappa.map(|kappa| format!("{} {}", theme.symbol("κ̄", "kappa-bar"), number(kappa)));
        let kappa = kappa.map(|kappa| [format!("{kappa}  (0: cylindrical)"), kappa]);
        let rate = self.rate.or(self.lambda_min_plus.map(|least| 1.0 - least)).filter(|rate| rate.is_finite());
        let name = theme.symbol("1 − λmin⁺", "1 - lambda_min+");
        let rate = rate.map(|rate| format!("rate {name} = {}", number(rate)));
        let rate = rate.map(|rate| [format!("predicted {rate} per EM step"), rate]);
        let counts = counts(values, self.values.len() - values.len());
        kappa.into_iter().chain(rate).chain([[format!("spectrum of (G_V, G): {counts}"), counts]]).collect()
    }

    fn render_chart(&self, theme: Theme, values: &[f64], area: Rect, buffer: &mut Buffer) {
        let slots = Slots::new(values.len(), usize::from(area.width - GUTTER - 1));
        let is_legible = slots.width >= LEGIBLE && area.height > 2;
        let height = area.height - u16::from(is_legible);
        let field = Rect { x: area.x + GUTTER + 1, width: area.width - GUTTER - 1, height, ..area };
        axis(theme, field, buffer);
        for (slot, group) in values.chunks(slots.share).enumerate() {
            let mean = group.iter().sum::<f64>() / group.len() as f64;
            let x = field.x + (slot * slots.width) as u16;
            let bar = Rect { x, width: slots.bar() as u16, ..field }.intersection(field);
            match mean > 0.0 {
                true => standing(theme, mean.min(1.0), self.style, bar, buffer),
                false => mark(buffer, field, (x, field.bottom() - 1), theme.symbol("·", "."), self.style),
            }
            if is_legible {
                line(buffer, area, (x, field.bottom()), &[(&value(mean, slots.width), theme.faint())]);
            }
        }
        self.render_least(theme, field, buffer);
    }

    /// The level of the least positive eigenvalue, through the cells that the bars leave.
    fn render_least(&self, theme: Theme, field: Rect, buffer: &mut Buffer) {
        let Some(least) = self.lambda_min_plus.filter(|least| (0.0..=1.0).contains(least)) else { return };
        let up = ((least * f64::from(field.height)).ceil().max(1.0) as u16).min(field.height);
        let y = field.bottom() - up;
        let blank = |buffer: &Buffer, x: u16| buffer.cell((x, y)).is_some_and(|cell| cell.symbol() == " ");
        let free = (field.x..field.right()).take_while(|&x| blank(buffer, x)).count() as u16;
        for x in (field.x..field.x + free).step_by(if theme.unicode() { 1 } else { 2 }) {
            mark(buffer, field, (x, y), theme.symbol("┄", "-"), theme.faint());
        }
        let label = format!(" {} {} ", theme.symbol("λmin⁺", "lambda_min+"), number(least));
        if width(&label) + 4 <= free {
            line(buffer, field, (field.x + 2, y), &[(&label, theme.faint())]);
        }
    }
}

/// An eigenvalue in a column of the given width with a blank behind it.
fn value(value: f64, columns: usize) -> String {
    match value {
        _ if columns > 8 || value == 0.0 || value == 1.0 => number(value),
        0.0..0.01 => format!("{value:.0e}"),
        _ => format!("{value:.2}"),
    }
}

/// How many eigenvalues are 0, 1 or neither, as far as can be told.
fn counts(values: &[f64], undefined: usize) -> String {
    let low = values.iter().filter(|value| **value <= NEAR).count();
    let high = values.iter().filter(|value| **value >= 1.0 - NEAR).count();
    let undefined = if undefined > 0 { format!(", {undefined} undefined") } else { String::new() };
    format!("{low} near 0, {} between, {high} near 1{undefined}", values.len() - low - high)
}

/// Bars in the columns there are: some columns to a bar, or some eigenvalues to a column.
struct Slots {
    width: usize,
    share: usize,
}

impl Slots {
    fn new(count: usize, columns: usize) -> Self {
        let share = count.div_ceil(columns.max(1)).max(1);
        Self { width: (columns / count.div_ceil(share).max(1)).clamp(1, WIDEST), share }
    }

    /// Columns of the bar itself.
    fn bar(&self) -> usize {
        if self.width > 1 { self.width - 1 } else { 1 }
    }
}

fn axis(theme: Theme, field: Rect, buffer: &mut Buffer) {
    let gutter = Rect { x: field.x - GUTTER - 1, width: GUTTER + 1, ..field };
    for y in field.y..field.bottom() {
        mark(buffer, gutter, (field.x - 1, y), theme.symbol("│", "|"), theme.faint());
    }
    let last = field.height - 1;
    let middle = [(0.5, "0.5")].into_iter().filter(|_| last >= 4 && last.is_multiple_of(2));
    let quarters = [(0.25, "0.25"), (0.75, "0.75")].into_iter().filter(|_| last >= 8 && last.is_multiple_of(4));
    for (value, label) in [(0.0, "0"), (1.0, "1")].into_iter().chain(middle).chain(quarters) {
        let y = field.y + ((1.0 - value) * f64::from(last)).round() as u16;
        mark(buffer, gutter, (field.x - 1, y), theme.symbol("┤", "+"), theme.faint());
        ending(buffer, gutter, (field.x - 2, y), label, theme.faint());
    }
}
