//! The pass where products of entries leave the range of f64: the same sums in wider numbers, a visible state at a time.
//!
//! `G_V` is a sum of squares of `score(c_v) / √p(v)`, which is formed from the wide numbers. What is smaller than any f64 in the end is
//! 0, but nothing is on the way: `log p(v)`, `c_v / p(v)` and `c_v / η` are right however small p(v) is.

use crate::enumerate::Product;
use crate::number::{Number, Wide};
use crate::pass::{Chunk, Context, EVERYWHERE, EVIDENCE, JOINT, SUMS, UNKNOWN, VISIBLE, add};

/// Sums in wide numbers, and room for one visible state; nothing until it is needed.
#[derive(Default)]
pub(crate) struct Extreme {
    /// c_v.
    counts: Vec<Wide>,
    /// R.
    pub evidence: Vec<Wide>,
    /// C.
    pub joint: Vec<Wide>,
    /// A number of each family, and a score.
    room: Vec<f64>,
    score: Vec<f64>,
}

impl Extreme {
    fn clear(&mut self, families: usize, parameters: usize, want: u8) {
        [&mut self.counts, &mut self.evidence, &mut self.joint].into_iter().for_each(|sum| sum.resize(families, Wide::ZERO));
        self.room.resize(families, 0.0);
        self.score.resize(parameters, 0.0);
        for (what, sum) in [(EVIDENCE, &mut self.evidence), (JOINT, &mut self.joint)] {
            if want & what != 0 {
                sum.fill(Wide::ZERO);
            }
        }
    }
}

impl Chunk {
    /// Sums what is wanted, which has been set to zero.
    pub fn extreme_pass(&mut self, on: Context<'_>, want: u8) {
        self.extreme.clear(on.network.families, on.network.parameters, want);
        self.at.start(on.plan, self.states.start);
        for v in self.states.clone() {
            let target = on.target.mass(on.plan, v, &mut self.at);
            if want & EVERYWHERE != 0 || target != 0.0 {
                self.extreme.counts.fill(Wide::ZERO);
                let counts = &mut self.extreme.counts;
                let mass = on.plan.search(&mut self.at, &on.tables.wide, Wide::ONE, counts, &mut Product::<true>);
                self.extreme_state(on, want, target, mass);
            }
            self.at.advance(on.plan);
        }
    }

    /// Adds a visible state to what is wanted.
    fn extreme_state(&mut self, on: Context<'_>, want: u8, target: f64, mass: Wide) {
        let Extreme { counts, evidence, joint, room, score } = &mut self.extreme;
        if want & EVIDENCE != 0 && target != 0.0 {
            add(evidence, Wide::from(target) / mass, counts);
        }
        if want & JOINT != 0 {
            add(joint, Wide::ONE, counts);
        }
        if want & VISIBLE != 0 && mass.is_positive() {
            let root = mass.sqrt();
            on.tables.wide_score(on.network, |f| counts[f] / root, room, score);
            self.gram.add_row(score);
        }
        if want & UNKNOWN != 0 && target == 0.0 {
            self.unknown += mass.value();
        }
        if want & SUMS != 0 {
            self.add_sums(target, mass.value(), mass.ln());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{BayesianNetwork, Chart, Evaluator, Parameters, Preset, TargetParameters};
    use elbow_sdk::{Fisher, Host, Model, ModelSetup, Objective, Recognition};

    /// Everything that is summed in a pass, one after the other.
    fn everything(model: &BayesianNetwork, at: &mut Evaluator) -> Vec<f64> {
        let n = model.network.parameters;
        let (mut all, mut vector, mut matrix) = (Vec::new(), vec![0.0; n], vec![0.0; n * n]);
        for q in [Recognition::Exact, Recognition::Fixed] {
            let mut quantities = [0.0; 5];
            model.quantities(at, q, &mut quantities).expect("quantities");
            all.extend(quantities);
            model.gradient(at, Objective::Elbo, q, &mut vector).expect("a gradient");
            all.extend_from_slice(&vector);
            model.natural_gradient(at, Fisher::Joint, Objective::Elbo, q, &mut vector).expect("a closed form");
            all.extend_from_slice(&vector);
        }
        for kind in [Fisher::Joint, Fisher::Visible] {
            model.fisher(at, kind, &mut matrix).expect("a matrix");
            all.extend_from_slice(&matrix);
        }
        all
    }

    /// Where f64 is enough, wide numbers give the same: what is found does not depend on which of the two passes runs.
    #[test]
    fn both_passes_agree() {
        for (preset, size, states) in
            [(Preset::NonCylindrical, None, 8), (Preset::Chain, Some(14), 1 << 14), (Preset::HiddenChild, None, 8)]
        {
            for chart in [Chart::Mean, Chart::Logit] {
                let counts = (0..states).map(|i| f64::from(i * 7 % 11)).collect();
                let target = TargetParameters { counts: Some(counts), ..TargetParameters::default() };
                let given = Parameters { preset, size, chart, target, ..Parameters::default() };
                let model = BayesianNetwork::new(&ModelSetup::new(Host::NONE), given).expect("a network");
                let mut at = model.evaluator(0);
                let theta: Vec<f64> = (0..model.network.parameters).map(|a| 0.5 + 0.4 * (a as f64).sin()).collect();
                at.move_to(&model, &theta, &[]);
                let expected = everything(&model, &mut at);
                at.move_to(&model, &theta, &[]);
                assert!(!at.tables.extreme());
                at.tables.widen();
                let found = everything(&model, &mut at);
                let close = |(x, y): (&f64, &f64)| (x - y).abs() <= 1e-13 * (1.0 + y.abs());
                assert!(found.iter().zip(&expected).all(close), "{preset:?} {chart:?}");
            }
        }
    }
}
