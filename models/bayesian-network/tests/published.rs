//! The trajectories published with the paper (Ay, van Oostrum and Datar, JMLR 2025; addat10/Nat-Gradient-ELBO): explicit Euler,
//! Δt = 0.01, pseudo-inverse. Some rows are written here; all rows are compared if the environment variable `ELBOW_REFERENCE`
//! names the folder of the files.

mod common;

use common::*;
use elbow_bayesian_network::Preset;
use elbow_geometry::solve::Solver;
use elbow_sdk::{Fisher, Objective, Recognition};

/// Largest deviation.
const CLOSE: f64 = 1e-10;

/// Name in the files, objective, q, Fisher matrix.
const FLOWS: [(&str, Objective, Recognition, Fisher); 3] = [
    ("elbo_fixed_recognition", Objective::Elbo, Recognition::Fixed, Fisher::Joint),
    ("elbo_exact_recognition", Objective::Elbo, Recognition::Exact, Fisher::Joint),
    ("evidence", Objective::Evidence, Recognition::Exact, Fisher::Visible),
];

/// File, network, target, start.
const RUNS: [(&str, Preset, &[f64], &[f64]); 3] = [
    ("ay2025_cylindrical.csv", Preset::Cylindrical, &[0.95, 0.1, 0.9], &[0.02, 0.95, 0.02]),
    ("ay2025_noncylindrical_sim2.csv", Preset::NonCylindrical, &[0.78, 0.24, 0.82, 0.97, 0.97], &SECOND),
    ("ay2025_noncylindrical_sim8.csv", Preset::NonCylindrical, &[0.78, 0.24, 0.82, 0.97, 0.97], &EIGHTH),
];
const SECOND: [f64; 5] = [0.035036524101437316, 0.2984494708891794, 0.058512491882074746, 0.8570609425871989, 0.3728540278748075];
const EIGHTH: [f64; 5] = [0.2769963563838095, 0.6954454525534746, 0.9185517481459488, 0.2444757021979903, 0.4580858172767637];

/// Run, flow, step, parameters and D_V.
type Row = (usize, usize, usize, Vec<f64>);

/// Walks one flow through all given steps, in ascending order, and returns the largest deviation.
fn deviation(run: usize, flow: usize, rows: &[(usize, Vec<f64>)]) -> f64 {
    let ((_, name, target, start), (_, objective, q, kind)) = (RUNS[run], FLOWS[flow]);
    let mut at = At::new(build(preset(name, None, parameters(target))));
    let (mut solver, mut direction) = (Solver::new(), vec![0.0; target.len()]);
    at.go(start);
    let (mut step, mut worst) = (0, 0.0_f64);
    for (k, expected) in rows {
        while step < *k {
            let (gradient, matrix, bound) = (at.gradient(objective, q), at.fisher(kind), at.bound(kind));
            solver.pseudo_inverse(matrix.as_ref(), bound.as_deref(), &gradient, 1e-9, &mut direction).expect("a finite matrix");
            let next: Vec<f64> = at.theta.iter().zip(&direction).map(|(x, d)| x - 0.01 * d).collect();
            at.go(&next);
            step += 1;
        }
        let divergence = at.quantities(q)[4];
        let found = at.theta.iter().copied().chain([divergence]);
        found.zip(expected).for_each(|(x, y)| worst = if (x - y).abs() <= worst { worst } else { (x - y).abs() });
    }
    worst
}

/// Every flow of every run.
fn compare(rows: &[Row]) {
    for (run, (file, ..)) in RUNS.iter().enumerate() {
        for (flow, (name, ..)) in FLOWS.iter().enumerate() {
            let own = rows.iter().filter(|row| (row.0, row.1) == (run, flow)).map(|row| (row.2, row.3.clone()));
            let worst = deviation(run, flow, &own.collect::<Vec<_>>());
            assert!(worst <= CLOSE, "{file} {name}: {worst:e}");
        }
    }
}

#[test]
fn rows_of_the_paper() {
    compare(&SOME.iter().map(|(run, flow, step, values)| (*run, *flow, *step, values.to_vec())).collect::<Vec<_>>());
}

#[test]
fn all_rows_of_the_paper() {
    let Some(folder) = std::env::var_os("ELBOW_REFERENCE").filter(|folder| std::path::Path::new(folder).is_dir()) else {
        use std::io::Write;
        writeln!(std::io::stderr(), "skipped: ELBOW_REFERENCE names no folder").expect("a standard error");
        return;
    };
    let mut rows = Vec::new();
    for (run, (file, ..)) in RUNS.iter().enumerate() {
        let text = std::fs::read_to_string(std::path::Path::new(&folder).join(file)).expect("a file of trajectories");
        rows.extend(text.lines().skip(1).map(|line| read(run, line)));
    }
    assert_eq!(rows.len(), 3 * 3 * 500);
    compare(&rows);
}

fn read(run: usize, line: &str) -> Row {
    let mut fields = line.split(',');
    let name = fields.next().expect("a flow");
    let flow = FLOWS.iter().position(|flow| flow.0 == name).expect("a known flow");
    let step = fields.next().expect("a step").parse().expect("a whole number");
    (run, flow, step, fields.map(|field| field.parse().expect("a number")).collect())
}

/// Steps 1, 100 and 499 of each flow: parameters, then D_V.
#[rustfmt::skip]
const SOME: [(usize, usize, usize, &[f64]); 27] = [
    (0, 0, 1, &[0.0293000000000, 0.9415000000000, 0.0288000000000, 5.1062820070994]),
    (0, 0, 100, &[0.6095899226159, 0.4111274900822, 0.5778915396796, 0.4950917247290]),
    (0, 0, 499, &[0.9438277280511, 0.1056413238243, 0.8941595706290, 0.0003543581063]),
    (0, 1, 1, &[0.0200000000000, 0.9415000000000, 0.0288000000000, 5.1062820070994]),
    (0, 1, 100, &[0.0200000000000, 0.4111274900822, 0.5778915396796, 0.4950917247290]),
    (0, 1, 499, &[0.0200000000000, 0.1056413238243, 0.8941595706290, 0.0003543581063]),
    (0, 2, 1, &[0.0200000000000, 0.9415000000000, 0.0288000000000, 5.1062820070994]),
    (0, 2, 100, &[0.0200000000000, 0.4111274900822, 0.5778915396796, 0.4950917247290]),
    (0, 2, 499, &[0.0200000000000, 0.1056413238243, 0.8941595706290, 0.0003543581063]),
    (1, 0, 1, &[0.0424861588604, 0.2854371677390, 0.0602485912886, 0.8822039803289, 0.3742154484586, 1.0994713860534]),
    (1, 0, 100, &[0.5073192747538, 0.2411665395714, 0.2728833847220, 0.9677459525702, 0.5409601541547, 0.2093091402977]),
    (1, 0, 499, &[0.7750557879943, 0.2400137706423, 0.7981557033380, 0.9699733916606, 0.9528700620475, 0.0004066178902]),
    (1, 1, 1, &[0.0361156399603, 0.3167883374381, 0.0606942942169, 0.8627321547744, 0.3781190929811, 1.1024323903781]),
    (1, 1, 100, &[0.1432169019590, 0.7843037477816, 0.1697313081243, 0.9853972941670, 0.7193899711160, 0.1960646939425]),
    (1, 1, 499, &[0.2153085046620, 0.8391413971605, 0.2356770783483, 0.9966360222555, 0.9577770315115, 0.0012881917565]),
    (1, 2, 1, &[0.0501531771204, 0.3007750578452, 0.0577852985164, 0.8581678456825, 0.3712409517885, 1.0904268939999]),
    (1, 2, 100, &[0.4472794026690, 0.4531161696582, 0.0999951672526, 1.0247921245800, 0.5416211234290, 0.1925454852549]),
    (1, 2, 499, &[0.6095395231896, 0.3712789139820, 0.3567381381226, 1.1000063247394, 0.7571817725388, 0.0003284203511]),
    (2, 0, 1, &[0.2820263928200, 0.6826204660580, 0.9182518688191, 0.2649058970090, 0.4596435012690, 1.4589653144822]),
    (2, 0, 100, &[0.5958843986582, 0.3163106844996, 0.8846942825086, 0.8484371312175, 0.6339540000019, 0.2162996479233]),
    (2, 0, 499, &[0.7766616394842, 0.2410583259823, 0.8221319613362, 0.9683140874262, 0.9589258053200, 0.0002997997421]),
    (2, 1, 1, &[0.2775204430616, 0.6890154595135, 0.9144113686094, 0.2528893776202, 0.4629159822054, 1.4616852185404]),
    (2, 1, 100, &[0.3252450872851, 0.3530218890997, 0.6399529093526, 0.7396601982900, 0.7713074717443, 0.2393975705245]),
    (2, 1, 499, &[0.3662714376958, 0.2107302020554, 0.4633876099646, 0.9661932920146, 0.9662211293775, 0.0002509050956]),
    (2, 2, 1, &[0.2648648999677, 0.7120847859636, 0.9016677942296, 0.2669631488883, 0.4537849972694, 1.4330457095600]),
    (2, 2, 100, &[0.1565468550459, 1.1089453445215, 0.4398049473734, 0.1794449883982, 0.8661510773244, 0.2074037298618]),
    (2, 2, 499, &[0.0031014414522, 1.1020992028897, 0.3685316207187, 0.1893396432743, 0.9685872318139, 0.0004285842073]),
];
