//! The probabilities of four visible states: points of a tetrahedron.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::legend::{self, Entry, Sample};
use super::sheet::{Point, Sheet, is_finite};
use super::words::{beside, line, mark, width};
use crate::explorer::plot::Dash;
use crate::explorer::theme::{Depth, Theme};

pub(super) mod view;
use view::{View, is_hidden};

/// Yaw and pitch, in radians, from which the saddle of independence is seen as one and no two edges cover each other.
pub(crate) const FRONT: (f64, f64) = (2.85, 0.24);

/// A path of distributions of the visible variables.
#[derive(Clone, Debug)]
pub(crate) struct Trail {
    /// Probabilities of the four visible states, from the start to the present. A point that is not finite is a gap.
    pub points: Vec<[f64; 4]>,
    pub style: Style,
    pub dash: Dash,
    pub name: String,
    /// Whether the run came to a bad end, which puts a cross there.
    pub failed: bool,
}

/// The tetrahedron of all distributions on four states, seen from afar.
#[derive(Clone, Debug)]
pub(crate) struct Simplex {
    /// Labels of the states. The first and the last, like the two others, share no value of either visible variable:
    /// 00, 01, 10, 11.
    pub vertices: [String; 4],
    /// In the order of drawing: later ones lie on top.
    pub trails: Vec<Trail>,
    pub target: Option<[f64; 4]>,
    /// Whether to draw the surface on which the two visible variables are independent.
    pub surface: bool,
    /// Turn about the vertical axis, in radians.
    pub yaw: f64,
    /// Height of the eye above the horizon, in radians.
    pub pitch: f64,
}

impl Simplex {
    /// ```text
    /// 00 ⣀⠤⠤⠤⠤⠤⠤⠤⠤⠤⢄⡀ 11     ⠒⠒ adam
    ///   ⠈⢆⠢⣀⡀   ⣀⠤○⡠⠊        ⠒⠒ evidence
    ///     ⠑⢄⠈⠒⠒★⠥⠤⠊           ★  target
    ///       ⠑⢄⢀⠔⠁
    ///         10
    /// ```
    pub fn render(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        let area = legend::render(theme, &self.entries(theme), area, buffer);
        let label = self.vertices.iter().map(|label| width(label)).max().unwrap_or(0);
        let mut sheet = Sheet::new(theme, area);
        let view = View::new(self.yaw, self.pitch, sheet.size(), (f64::from(label) + 2.0, 2.0));
        self.draw_solid(theme, &view, &mut sheet);
        for trail in &self.trails {
            let mut pen = sheet.pen(trail.style, trail.dash);
            sheet.path(trail.points.iter().map(|point| view.project(*point)), &mut pen);
        }
        if self.surface && !theme.unicode() {
            view::lattice(view.divisions())
                .for_each(|point| place(&sheet, view.project(point), area, (".", theme.grid()), buffer));
        }
        sheet.render(buffer);
        self.render_labels(theme, &view, &sheet, area, buffer);
        self.render_marks(theme, &view, &sheet, area, buffer);
    }

    fn entries(&self, theme: Theme) -> Vec<Entry<'_>> {
        let trail = |trail: &'_ Trail| (trail.style, Sample::Line(trail.dash));
        // The selected one first: where there is little room, the others are left out.
        let trails = self.trails.iter().rev().map(|each| (each.name.as_str(), trail(each)));
        let target = self.target.map(|_| ("target", (theme.strong(), Sample::Symbol(theme.symbol("★", "*")))));
        let surface = self.surface.then(|| ("independent", (theme.grid(), surface_sample(theme))));
        let all = trails.chain(target).chain(surface);
        all.map(|(name, (style, sample))| Entry { name, style, sample }).collect()
    }

    /// From the back to the front: surface, hidden edges, centre, visible edges.
    fn draw_solid(&self, theme: Theme, view: &View, sheet: &mut Sheet) {
        if self.surface && theme.unicode() {
            let mut pen = sheet.pen(theme.grid(), surface_dash(theme));
            for [from, to] in view::rulings(view.divisions()) {
                sheet.line(view.project(from), view.project(to), &mut pen);
            }
        }
        let mut hidden = sheet.pen(theme.grid(), Dash::Long);
        let mut visible = sheet.pen(theme.faint(), Dash::Solid);
        let (back, front): (Vec<_>, Vec<_>) = view::EDGES.into_iter().partition(|&edge| is_hidden(view, edge));
        for (edges, pen) in [(back, &mut hidden), (front, &mut visible)] {
            for (one, other) in edges {
                sheet.line(view.project(view::vertex(one)), view.project(view::vertex(other)), pen);
            }
        }
    }

    fn render_labels(&self, theme: Theme, view: &View, sheet: &Sheet, area: Rect, buffer: &mut Buffer) {
        let centre = view.project([0.25; 4]);
        for (index, label) in self.vertices.iter().enumerate() {
            let at = view.project(view::vertex(index));
            let outward = (at.0 - centre.0, at.1 - centre.1);
            if let Some(cell) = sheet.cell(at) {
                let place = beside(area, cell, outward, label);
                line(buffer, area, (place.x, place.y), &[(label, theme.strong())]);
            }
        }
    }

    /// The centre, each start, the target, each present end.
    fn render_marks(&self, theme: Theme, view: &View, sheet: &Sheet, area: Rect, buffer: &mut Buffer) {
        let mut put = |at: Point, symbol, style| place(sheet, at, area, (symbol, style), buffer);
        let centre = view.project([0.25; 4]);
        if sheet.cell(centre).is_some_and(|cell| sheet.is_blank(cell)) {
            put(centre, theme.symbol("·", "+"), theme.faint());
        }
        let finite = |trail: &Trail| trail.points.iter().map(|point| view.project(*point)).find(|at| is_finite(*at));
        self.trails
            .iter()
            .for_each(|trail| finite(trail).into_iter().for_each(|at| put(at, theme.symbol("○", "o"), trail.style)));
        self.target.into_iter().for_each(|target| put(view.project(target), theme.symbol("★", "*"), theme.strong()));
        for trail in &self.trails {
            let symbol = if trail.failed { theme.symbol("✗", "X") } else { theme.symbol("●", "@") };
            let end = trail.points.iter().rev().map(|point| view.project(*point)).find(|at| is_finite(*at));
            end.into_iter().for_each(|at| put(at, symbol, trail.style.patch(theme.strong())));
        }
    }
}

/// A symbol at a point of the sheet.
fn place(sheet: &Sheet, at: Point, area: Rect, (symbol, style): (&str, Style), buffer: &mut Buffer) {
    if let Some(cell) = sheet.cell(at) {
        mark(buffer, area, cell, symbol, style);
    }
}

/// Without colours the surface must not look like a path.
fn surface_dash(theme: Theme) -> Dash {
    if theme.depth == Depth::Mono { Dash::Dotted } else { Dash::Solid }
}

fn surface_sample(theme: Theme) -> Sample {
    if theme.unicode() { Sample::Line(surface_dash(theme)) } else { Sample::Symbol(".") }
}
