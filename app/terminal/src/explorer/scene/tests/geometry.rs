//! Whether the pictures are right: distances, the surface of independence, balls, shares, axes.

use proptest::prelude::*;

use super::pictures::{histogram, simplex, theme, trajectory};
use crate::explorer::options::Glyphs;
use crate::explorer::plot::Dash;
use crate::explorer::scene::axis::Axis;
use crate::explorer::scene::ball::Ball;
use crate::explorer::scene::plane::Plane;
use crate::explorer::scene::sheet::Sheet;
use crate::explorer::scene::simplex::view::{EDGES, View, embed, is_hidden, lattice, product, rulings, vertex};
use crate::explorer::scene::words::mark;
use crate::explorer::scene::{Histogram, Local2};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

fn distance<const N: usize>(one: [f64; N], other: [f64; N]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

fn distribution() -> impl Strategy<Value = [f64; 4]> {
    prop::array::uniform4(0.001f64..1.0).prop_map(|parts| parts.map(|part| part / parts.iter().sum::<f64>()))
}

/// p00 p11 = p01 p10.
fn is_independent([a, b, c, d]: [f64; 4]) -> bool {
    (a * d - b * c).abs() < 1e-12 && (a + b + c + d - 1.0).abs() < 1e-12
}

#[test]
fn the_tetrahedron_is_regular() {
    for (one, other) in EDGES {
        assert!((distance(embed(vertex(one)), embed(vertex(other))) - 2f64.sqrt()).abs() < 1e-12);
    }
    assert_eq!(embed([0.25; 4]), [0.0; 3]);
}

#[test]
fn edges_are_hidden_behind_the_solid_only() {
    // From straight above one sees the upper edge and the four sides; from below the lower one.
    for (pitch, hidden) in [(1.57, (1, 2)), (-1.57, (0, 3))] {
        let view = View::new(0.3, pitch, (80.0, 80.0), (0.0, 0.0));
        assert_eq!(EDGES.into_iter().filter(|&edge| is_hidden(&view, edge)).collect::<Vec<_>>(), [hidden]);
    }
}

#[test]
fn rulings_and_lattice_lie_on_the_surface() {
    let lines: Vec<_> = rulings(8).collect();
    assert_eq!(lines.len(), 14);
    for [from, to] in &lines {
        for time in [0.0, 0.3, 0.5, 1.0] {
            assert!(is_independent(std::array::from_fn(|index| from[index] + time * (to[index] - from[index]))));
        }
    }
    assert!(lattice(8).all(is_independent));
    assert_eq!(lattice(8).count(), 49);
}

/// The surface is drawn where it is: each point of a ruling has its dot, or a later line's, in its cell.
#[test]
fn the_surface_is_drawn() {
    let (area, mut bare) = (Rect::new(0, 0, 60, 30), simplex());
    bare.trails.clear();
    bare.target = None;
    let mut with = Buffer::empty(area);
    bare.vertices = Default::default();
    bare.render(theme(Glyphs::Braille), area, &mut with);
    let legend = "independent".len() as u16 + 4 + 1;
    let field = Rect { width: area.width - legend, ..area };
    let sheet = Sheet::new(theme(Glyphs::Braille), field);
    let view = View::new(bare.yaw, bare.pitch, sheet.size(), (2.0, 2.0));
    for index in 0..100 {
        let other = f64::from(index) / 99.0;
        let point = product(1.0 / view.divisions() as f64, other);
        let cell = sheet.cell(view.project(point)).expect("inside");
        let near = |x: u16, y: u16| with.cell((x, y)).is_some_and(|cell| cell.symbol() != " ");
        assert!(near(cell.0, cell.1) || near(cell.0 + 1, cell.1) || near(cell.0, cell.1 + 1) || near(cell.0 - 1, cell.1));
    }
}

#[test]
fn shares_add_up_and_the_least_can_be_read() {
    assert!((histogram(false).shares().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let area = Rect::new(0, 0, 60, 24);
    for (log, height) in [(false, 24), (true, 24), (false, 10)] {
        let mut buffer = Buffer::empty(area);
        histogram(log).render(theme(Glyphs::Braille), Rect { height, ..area }, &mut buffer);
        let text: String = buffer.content().iter().map(|cell| cell.symbol()).collect();
        assert!(text.contains("0.00200 %") && text.contains("[-0.9, -0.8)"), "{text}");
    }
    let empty = Histogram { counts: vec![0; 4], ..histogram(false) };
    assert_eq!(empty.shares(), [0.0; 4]);
}

#[test]
fn a_dash_goes_on_along_a_steep_path() {
    let mut sheet = Sheet::new(theme(Glyphs::Braille), Rect::new(0, 0, 4, 20));
    let mut pen = sheet.pen(Style::new(), Dash::Dotted);
    sheet.path((0..=400).map(|step| (1.1, f64::from(step) * 0.1)), &mut pen);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 20));
    sheet.render(&mut buffer);
    let column: Vec<&str> = (0..20).map(|y| buffer[(1, y)].symbol()).collect();
    assert!(column.iter().all(|symbol| *symbol == "⠁"), "{column:?}");
}

#[test]
fn arrows_point_downhill() {
    let mut picture = trajectory();
    picture.trails.drain(..2);
    picture.trails[0].local = Some(Local2 { fisher: [1.0, 0.0, 1.0], gradient: (1.0, 0.0), natural: (0.0, -1e-9) });
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    picture.render(theme(Glyphs::Braille), area, &mut buffer);
    let find = |symbol: &str| area.positions().skip(80).find(|at| buffer[*at].symbol() == symbol);
    let (end, left, up) = (find("●").expect("an end"), find("←").expect("a head"), find("↑").expect("a head"));
    assert!(left.y == end.y && left.x < end.x && up.x == end.x && up.y < end.y, "{end} {left} {up}");
}

#[test]
fn a_point_that_is_not_finite_is_a_gap() {
    let area = Rect::new(0, 0, 20, 2);
    for odd in [(f64::NAN, 1.0), (8.0, f64::INFINITY), (f64::NEG_INFINITY, f64::NAN)] {
        let mut sheet = Sheet::new(theme(Glyphs::Braille), area);
        let mut pen = sheet.pen(Style::new(), Dash::Solid);
        sheet.path([(2.5, 1.0), (4.5, 1.0), odd, (12.5, 1.0), (14.5, 1.0), odd, (17.5, 1.0)].into_iter(), &mut pen);
        sheet.line((6.0, 3.0), odd, &mut pen);
        let drawn: Vec<u16> = (0..20).filter(|&x| !sheet.is_blank((x, 0)) || !sheet.is_blank((x, 1))).collect();
        assert_eq!(drawn, [2, 3, 4, 12, 13, 14, 17]);
    }
}

/// The part of a line on the sheet is where the whole line would be.
#[test]
fn a_line_from_outside_is_cut_off() {
    let mut sheet = Sheet::new(theme(Glyphs::Braille), Rect::new(0, 0, 10, 5));
    let mut pen = sheet.pen(Style::new(), Dash::Solid);
    sheet.line((-995.0, -995.0), (1005.0, 1005.0), &mut pen);
    sheet.line((-5.0, 4.0), (4.0, -5.0), &mut pen);
    let drawn: Vec<(u16, u16)> = (0..5).flat_map(|y| (0..10).map(move |x| (x, y))).filter(|at| !sheet.is_blank(*at)).collect();
    assert_eq!(drawn, (0..10).map(|x| (x, x / 2)).collect::<Vec<_>>());
}

#[test]
fn a_mark_outside_its_area_is_not_made() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 9, 9));
    mark(&mut buffer, Rect::new(2, 2, 3, 3), (5, 2), "x", Style::new());
    assert_eq!(buffer, Buffer::empty(buffer.area));
}

fn plane() -> Plane {
    let axis = Axis { low: 0.0, high: 1.0 };
    Plane::new(axis, axis, Rect::new(0, 0, 60, 30)).expect("room")
}

#[test]
fn a_singular_metric_says_so_and_has_a_strip_at_most() {
    let local = |fisher| Local2 { fisher, gradient: (1.0, 0.0), natural: (0.0, 1.0) };
    for fisher in [[1.0, 1.0, 1.0], [4.0, 0.0, 0.0], [1.0, 0.0, -1.0], [1e-320, 0.0, 0.0], [f64::NAN, 0.0, 1.0]] {
        assert!(local(fisher).is_singular(), "{fisher:?}");
    }
    assert!(!local([2.0, 1.0, 1.0]).is_singular());
    assert!(Ball::new([4.0, 0.0, 0.0]).boundary(8).all(|point| point.1.abs() < 1e-12 && point.0.abs() <= 0.5 + 1e-12));
    assert_eq!(Ball::new([-1.0, 0.0, -2.0]).boundary(8).count(), 0);
    assert_eq!(local([0.0; 3]).radius(&plane()), None);
}

proptest! {
    #[test]
    fn embedding_keeps_distances(one in distribution(), other in distribution()) {
        prop_assert!((distance(one, other) - distance(embed(one), embed(other))).abs() < 1e-12);
    }

    #[test]
    fn a_turn_keeps_distances(one in distribution(), yaw in -9.0f64..9.0, pitch in -9.0f64..9.0) {
        let view = View::new(yaw, pitch, (80.0, 48.0), (4.0, 2.0));
        let turned = view.turn(embed(one));
        prop_assert!((distance(turned, [0.0; 3]) - distance(embed(one), [0.0; 3])).abs() < 1e-12);
        for (width, height) in [(80.0, 48.0), (20.0, 90.0)] {
            let (x, y) = View::new(yaw, pitch, (width, height), (4.0, 2.0)).project(one);
            prop_assert!((4.0 - 1e-9..=width - 4.0 + 1e-9).contains(&x) && (2.0 - 1e-9..=height - 2.0 + 1e-9).contains(&y));
        }
    }

    #[test]
    fn the_ball_has_radius_one(a in -3.0f64..3.0, b in -3.0f64..3.0, c in -3.0f64..3.0, size in -200i32..200) {
        let scale = 10f64.powi(size);
        let [xx, xy, yy] = [a * a + b * b + 0.01, b * c, c * c + 0.01];
        for (x, y) in Ball::new([xx * scale, xy * scale, yy * scale]).boundary(24) {
            let length = scale * xx * x * x + 2.0 * scale * xy * x * y + scale * yy * y * y;
            prop_assert!((length - 1.0).abs() < 1e-6, "{length}");
        }
    }

    #[test]
    fn the_ball_can_be_seen(a in 0.1f64..3.0, b in -3.0f64..3.0, size in -9i32..9) {
        let fisher = [a, b, b * b / a + 0.2].map(|entry| entry * 10f64.powi(size));
        let local = Local2 { fisher, gradient: (1.0, 1.0), natural: (1.0, 1.0) };
        let radius = local.radius(&plane()).expect("a radius");
        let ways = Ball::new(fisher).boundary(120).map(|(x, y)| plane().way((x * radius, y * radius)));
        let reach = ways.map(|(x, y)| x.hypot(y)).fold(0.0, f64::max);
        let (width, height) = plane().size();
        prop_assert!((0.08..=0.2201).contains(&(reach / width.min(height))), "{reach}");
    }

    #[test]
    fn axes_hold_their_values(values in prop::collection::vec(-1e6f64..1e6, 1..9), scale in -12i32..12, limit in 1usize..12) {
        let values: Vec<f64> = values.iter().map(|value| value * 10f64.powi(scale)).collect();
        let axis = Axis::around(values.iter().copied());
        prop_assert!(values.iter().all(|value| (-1e-5..=1.0 + 1e-5).contains(&axis.fraction(*value))));
        let ticks = axis.ticks(limit);
        prop_assert!(ticks.len() <= limit && ticks.iter().all(|(at, _)| (-1e-5..=1.0 + 1e-5).contains(&axis.fraction(*at))));
        prop_assert!(ticks.windows(2).all(|pair| pair[0].1 != pair[1].1), "{ticks:?}");
    }
}
