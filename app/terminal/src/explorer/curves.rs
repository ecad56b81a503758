//! Curves ready to draw: the values of a metric as recorded, or as their distance to a reference, smoothed if wanted, and
//! thinned to what the screen can show.

use super::axis::XKind;
use super::plot::{Geometry, Member, Series, Smoothed, Spread};
use super::runs::Run;

/// What stands on the y axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Values {
    /// The values.
    #[default]
    Plain,
    /// The values minus those of this run at the same x.
    Difference(usize),
    /// How far they are from the best value of all runs.
    GapToBest,
}

/// What a curve was made for: another recipe needs another curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recipe {
    pub x: XKind,
    pub values: Values,
    /// Half-life in points; 0: none.
    pub smoothing: u32,
    /// The best value, where the distance to it is shown.
    pub best: f64,
    /// Points of the reference: as it grows, so does the difference.
    pub reference: usize,
}

/// A metric of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thread {
    recipe: Option<Recipe>,
    /// Values that are not as recorded.
    values: Vec<f64>,
    smoothed: Option<Smoothed>,
    pub raw: Series,
    pub smooth: Series,
}

impl Thread {
    /// Brings the curve up to date.
    pub fn update(&mut self, recipe: Recipe, geometry: Geometry, run: &Run, metric: &str, reference: Option<&Run>) {
        let Some(history) = run.history(metric) else { return };
        if self.recipe != Some(recipe) {
            let smoothed = (recipe.smoothing > 0).then(|| Smoothed::new(f64::from(recipe.smoothing)));
            *self = Self { recipe: Some(recipe), smoothed, ..Self::default() };
        }
        let (xs, recorded) = (run.xs(recipe.x), &history.values);
        let ys = match recipe.values {
            Values::Plain => recorded,
            Values::GapToBest => {
                let new = recorded[self.values.len().min(recorded.len())..].iter();
                self.values.extend(new.map(|value| (value - recipe.best).abs()));
                &self.values
            }
            Values::Difference(_) => {
                let first = self.values.len().min(recorded.len());
                let other = reference.and_then(|run| Some((run.xs(recipe.x), &run.history(metric)?.values[..])));
                let new = xs.iter().zip(recorded).skip(first);
                self.values.extend(new.map(|(&x, y)| y - other.map_or(f64::NAN, |(xs, ys)| at(xs, ys, x))));
                &self.values
            }
        };
        // A fork shares its history with its parent, whose curve is there.
        let first = run.first_own_point();
        self.raw.update(geometry, &xs[first..], &ys[first..]);
        if let Some(smoothed) = &mut self.smoothed {
            smoothed.update(ys);
            self.smooth.update(geometry, &xs[first..], &smoothed.values()[first..]);
        }
    }

    /// The values on the y axis.
    pub fn ys<'a>(&'a self, run: &'a Run, metric: &str) -> &'a [f64] {
        match self.recipe {
            Some(Recipe { values: Values::Plain, .. }) => run.history(metric).map_or(&[], |history| &history.values),
            _ => &self.values,
        }
    }

    /// The curve over the raw one.
    pub fn over(&self) -> Option<&Series> {
        self.smoothed.as_ref().map(|_| &self.smooth)
    }
}

/// A metric of all seeds of an optimizer: median and quartiles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Band {
    recipe: Option<(Recipe, Vec<usize>)>,
    pub spread: Spread,
    pub median: Series,
    pub low: Series,
    pub high: Series,
    /// Name and number of its runs.
    pub label: String,
}

impl Band {
    /// Brings it up to date with the curves of its members, which are up to date.
    pub fn update(
        &mut self,
        recipe: Recipe,
        geometry: Geometry,
        members: &[usize],
        runs: &[Run],
        threads: &[Thread],
        metric: &str,
    ) {
        if self.recipe.as_ref().is_none_or(|(known, of)| *known != recipe || of != members) {
            *self = Self { recipe: Some((recipe, members.to_vec())), ..Self::default() };
        }
        let member = |&index: &usize| {
            let run = &runs[index];
            Member { xs: run.xs(recipe.x), ys: threads[index].ys(run, metric), alive: !run.status.is_final() }
        };
        self.spread.update(&members.iter().map(member).collect::<Vec<_>>());
        let spread = &self.spread;
        let count = spread.count().last().copied().unwrap_or(0);
        self.label = format!("{} n={count}", runs[members[0]].cell.optimizer);
        self.median.update(geometry, spread.xs(), spread.median());
        self.low.update(geometry, spread.xs(), spread.low());
        self.high.update(geometry, spread.xs(), spread.high());
    }
}

/// The value of a curve at `x`, on a straight line between its neighbours; NaN outside.
pub(crate) fn at(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let after = xs.partition_point(|&other| other < x);
    match (after.checked_sub(1).map(|before| (xs[before], ys[before])), xs.get(after).zip(ys.get(after))) {
        (_, Some((&x1, &y1))) if x1 == x => y1,
        (Some((x0, y0)), Some((&x1, &y1))) => y0 + (y1 - y0) * ((x - x0) / (x1 - x0)),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn values_between_points() {
        let (xs, ys) = ([0.0, 1.0, 3.0], [5.0, 7.0, 1.0]);
        let table = [(0.0, 5.0), (0.5, 6.0), (1.0, 7.0), (2.0, 4.0), (3.0, 1.0)];
        for (x, y) in table {
            assert_eq!(at(&xs, &ys, x), y, "at {x}");
        }
        assert!(at(&xs, &ys, 3.5).is_nan() && at(&xs, &ys, -1.0).is_nan() && at(&[], &[], 0.0).is_nan());
    }
}
