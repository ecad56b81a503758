//! The x axis: what it counts, and which part of it is on the screen.

use super::plot::{Range, Scale};

/// What x counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum XKind {
    #[default]
    Step,
    Gradients,
    Time,
    Path,
}

impl XKind {
    /// All, in the order of the key.
    pub const ALL: [Self; 4] = [Self::Step, Self::Gradients, Self::Time, Self::Path];

    /// The metric that stands on the axis; `None`: the step, which every point has.
    pub fn metric(self) -> Option<&'static str> {
        match self {
            Self::Step => None,
            Self::Gradients => Some("gradient_evaluations"),
            Self::Time => Some("process_time"),
            Self::Path => Some("path_length"),
        }
    }

    /// Name in the header and in recipes.
    pub fn name(self) -> &'static str {
        self.metric().unwrap_or("step")
    }
}

impl Scale {
    /// Name in the header and in recipes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Log => "log",
            Self::Symlog => "symlog",
        }
    }
}

/// The part of the axis on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Window {
    /// Zoomed to these heights of the scale; `None`: everything.
    pub zoom: Option<Range>,
    /// Whether the newest point is kept in sight.
    pub follows: bool,
}

impl Window {
    /// Twice as close, or half, around `centre`; `whole` is everything there is.
    pub fn zoomed(self, whole: Range, centre: f64, closer: bool) -> Self {
        let now = self.zoom.unwrap_or(whole);
        let width = (now.high - now.low) * if closer { 0.5 } else { 2.0 };
        let full = whole.high - whole.low;
        if width >= full || !width.is_finite() {
            return Self { zoom: None, ..self };
        }
        // Closer than this, neighbouring columns are the same floating-point number.
        if width < 1e-9 * full {
            return self;
        }
        let share = ((centre - now.low) / (now.high - now.low)).clamp(0.0, 1.0);
        let low = centre.clamp(now.low, now.high) - share * width;
        self.at(whole, low, width)
    }

    /// A quarter further right or left.
    pub fn panned(self, whole: Range, right: bool) -> Self {
        let Some(now) = self.zoom else { return self };
        let width = now.high - now.low;
        Self { follows: false, ..self.at(whole, now.low + if right { 0.25 } else { -0.25 } * width, width) }
    }

    /// Moved so that `newest` is in sight, in steps of a quarter, so that not every frame paints everything.
    pub fn following(self, whole: Range, newest: f64) -> Self {
        let Some(now) = self.zoom.filter(|now| self.follows && (newest > now.high || newest < now.low)) else { return self };
        let width = now.high - now.low;
        let quarters = ((newest - now.high) / (0.25 * width)).ceil();
        self.at(whole, now.low + quarters * 0.25 * width, width)
    }

    fn at(self, whole: Range, low: f64, width: f64) -> Self {
        let low = low.min(whole.high - width).max(whole.low);
        Self { zoom: Some(Range { low, high: low + width }), ..self }
    }
}

/// Everything there is on an axis: `reached` is the largest x of all runs, `least` the smallest positive one, `planned` where
/// the plan ends, if it says so.
pub(crate) fn whole(scale: Scale, least: f64, reached: f64, planned: Option<f64>) -> Range {
    let end = planned.filter(|&planned| planned >= reached && planned > 0.0).unwrap_or_else(|| round_up(reached));
    match scale {
        Scale::Log => {
            let least = if least.is_finite() { least.min(end) } else { end / 10.0 };
            Range::nice(scale, least.log10(), end.log10())
        }
        _ => Range { low: 0.0, high: scale.height(end).unwrap_or(1.0) },
    }
}

/// 1, 2 or 5 times a power of ten, not below `value`.
pub(crate) fn round_up(value: f64) -> f64 {
    if !(value.is_finite() && value > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|&bound| bound >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::{Range, Scale, Window, whole};

    const ALL: Range = Range { low: 0.0, high: 100.0 };

    #[test]
    fn zoom_keeps_the_centre_where_it_is() {
        let window = Window::default().zoomed(ALL, 60.0, true);
        assert_eq!(window.zoom, Some(Range { low: 30.0, high: 80.0 }));
        assert_eq!(window.zoomed(ALL, 60.0, false).zoom, None, "everything");
        let right = Window::default().zoomed(ALL, 100.0, true);
        assert_eq!(right.zoom, Some(Range { low: 50.0, high: 100.0 }));
    }

    #[test]
    fn zoom_ends_before_the_numbers_do() {
        let deep = (0..100).fold(Window::default(), |window, _| window.zoomed(ALL, 33.0, true));
        let range = deep.zoom.expect("a zoom");
        assert!(range.low < range.high && range.high - range.low > 1e-8, "{range:?}");
    }

    #[test]
    fn pan_stays_inside() {
        let mut window = Window::default().zoomed(ALL, 0.0, true);
        assert_eq!(window.panned(ALL, false).zoom, window.zoom);
        (0..9).for_each(|_| window = window.panned(ALL, true));
        assert_eq!(window.zoom, Some(Range { low: 50.0, high: 100.0 }));
    }

    #[test]
    fn following_moves_seldom() {
        let window = Window { zoom: Some(Range { low: 0.0, high: 20.0 }), follows: true };
        assert_eq!(window.following(ALL, 19.0), window);
        assert_eq!(window.following(ALL, 21.0).zoom, Some(Range { low: 5.0, high: 25.0 }));
        assert_eq!(window.following(ALL, 25.0), window.following(ALL, 22.0));
    }

    #[test]
    fn the_whole_axis() {
        assert_eq!(whole(Scale::Linear, 1.0, 300.0, Some(499.0)).high, 499.0);
        assert_eq!(whole(Scale::Linear, 1.0, 0.3, None).high, 0.5);
        assert_eq!(whole(Scale::Linear, f64::INFINITY, f64::NAN, None).high, 1.0);
        let log = whole(Scale::Log, 1.0, 400.0, Some(500.0));
        assert!((log.low, log.high) == (0.0, 500f64.log10()), "{log:?}");
    }
}
