//! From probabilities to the sheet: an isometry into space, a turn, and a look from infinitely far away.

use crate::explorer::scene::sheet::Point;

pub(crate) const EDGES: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];

/// The distribution that is certain of a state.
pub(crate) fn vertex(index: usize) -> [f64; 4] {
    std::array::from_fn(|other| if other == index { 1.0 } else { 0.0 })
}

/// Coordinates of a distribution in the space of the simplex, centre at the origin; distances stay what they are. Up is
/// where the two visible variables tend to agree, the horizontal axes are their two marginals.
pub(crate) fn embed([a, b, c, d]: [f64; 4]) -> [f64; 3] {
    [(a + b - c - d) / 2.0, (a - b + c - d) / 2.0, (a - b - c + d) / 2.0]
}

/// The distribution of two independent variables that are 1 with the given probabilities.
pub(crate) fn product(one: f64, other: f64) -> [f64; 4] {
    [(1.0 - one) * (1.0 - other), (1.0 - one) * other, one * (1.0 - other), one * other]
}

/// The surface of independence as the straight lines on it: one variable's probability stays, the other's goes from 0
/// to 1. The outermost ones, which are edges of the simplex, are left out.
pub(crate) fn rulings(divisions: usize) -> impl Iterator<Item = [[f64; 4]; 2]> {
    let parts = (1..divisions).map(move |part| part as f64 / divisions as f64);
    parts.flat_map(|part| [[product(part, 0.0), product(part, 1.0)], [product(0.0, part), product(1.0, part)]])
}

/// Where the lines of [`rulings`] cross, for glyphs too coarse for lines.
pub(crate) fn lattice(divisions: usize) -> impl Iterator<Item = [f64; 4]> {
    let part = move |index: usize| index as f64 / divisions as f64;
    (1..divisions).flat_map(move |one| (1..divisions).map(move |other| product(part(one), part(other))))
}

/// Largest distance of a vertex from the vertical axis, and its height.
const RADIUS: f64 = std::f64::consts::FRAC_1_SQRT_2;
const HEIGHT: f64 = 0.5;

/// Where the eye is, and how large the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    yaw: (f64, f64),
    pitch: (f64, f64),
    scale: f64,
    centre: Point,
}

impl View {
    /// As large as a margin (across, down) allows for every yaw, so that the picture keeps its size while it turns.
    pub fn new(yaw: f64, pitch: f64, size: Point, margin: Point) -> Self {
        let angle = |angle: f64| if angle.is_finite() { angle.sin_cos() } else { (0.0, 1.0) };
        let (yaw, pitch) = (angle(yaw), angle(pitch));
        let rise = HEIGHT * pitch.1.abs() + RADIUS * pitch.0.abs();
        let scale = ((size.0 / 2.0 - margin.0) / RADIUS).min((size.1 / 2.0 - margin.1) / rise).max(0.0);
        Self { yaw, pitch, scale, centre: (size.0 / 2.0, size.1 / 2.0) }
    }

    /// Right, up, and towards the eye.
    pub fn turn(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let ((sin, cos), (lift, level)) = (self.yaw, self.pitch);
        let (right, near) = (x * cos - y * sin, -(x * sin + y * cos));
        [right, z * level - near * lift, z * lift + near * level]
    }

    /// Where a distribution is seen on the sheet.
    pub fn project(&self, point: [f64; 4]) -> Point {
        let [right, up, _] = self.turn(embed(point));
        (self.centre.0 + self.scale * right, self.centre.1 - self.scale * up)
    }

    /// So many strips of the surface leave air between its lines.
    pub fn divisions(&self) -> usize {
        ((self.scale / 4.0) as usize).clamp(2, 10)
    }
}

/// Whether both faces at an edge look away from the eye. A face looks away from its opposite vertex.
pub(crate) fn is_hidden(view: &View, (one, other): (usize, usize)) -> bool {
    let opposite = (0..4).filter(|&index| index != one && index != other);
    opposite.map(|index| view.turn(embed(vertex(index)))[2]).all(|towards| towards >= 0.0)
}
