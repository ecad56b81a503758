//! Data that are told twice, in another order or with too little in them: the same numbers, those of the definition, or a refusal.

mod common;

use common::*;
use elbow_linear_gaussian::{Noise, Parameters};
use elbow_sdk::{Fisher, Objective, Recognition};
use faer::Side;
use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef};
use std::f64::consts::TAU;

type Rows = Vec<Vec<f64>>;

fn rows() -> Rows {
    let data = elbow_data::read(TABLE).unwrap();
    (0..data.rows()).map(|row| (0..4).map(|i| data.value(row, i)).collect()).collect()
}

/// On these rows, at a point that depends on the shape alone.
fn on(rows: &Rows, latent: usize, noise: Noise) -> elbow_sdk::Result<At> {
    let line = |row: &Vec<f64>| row.iter().map(|x| format!("{x:?}")).collect::<Vec<_>>().join(",") + "\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, rows.iter().map(line).collect::<String>()).unwrap();
    let data = of_file(path.to_str().unwrap());
    let model = build(Parameters { data, latent, noise, variance: 0.3, center: false })?;
    let shape = elbow_sdk::Model::shape(&model);
    let all: Vec<f64> = normals(3, shape.generative + shape.recognition).iter().map(|x| 0.6 * x).collect();
    Ok(At::new(model, &all[..shape.generative], &all[shape.generative..]))
}

#[track_caller]
fn refused(rows: &Rows, latent: usize, expected: &[&str]) {
    let message = on(rows, latent, Noise::Learned).err().expect("the data are refused").to_string();
    assert!(expected.iter().all(|part| message.contains(part)), "{message}");
}

/// E log N(x; μ, W Wᵀ + σ² I) over rows, by a Cholesky factorization for each.
fn evidence(at: &At, rows: &Rows) -> f64 {
    let (d, k) = (rows[0].len(), at.phi.len() / (rows[0].len() + 2));
    let w = MatRef::from_column_major_slice(&at.theta[..d * k], d, k);
    let mut c = w * w.transpose();
    (0..d).for_each(|i| c[(i, i)] += at.theta.get(d * (k + 1)).map_or(0.3, |x| x.exp()));
    let factor = c.llt(Side::Lower).unwrap();
    let log_determinant: f64 = (0..d).map(|i| 2.0 * factor.L()[(i, i)].ln()).sum();
    let distance = |x: &Vec<f64>| {
        let apart = Mat::from_fn(d, 1, |i, _| x[i] - at.theta[d * k + i]);
        (apart.transpose() * factor.solve(&apart))[(0, 0)]
    };
    -0.5 * (d as f64 * TAU.ln() + log_determinant + rows.iter().map(distance).sum::<f64>() / rows.len() as f64)
}

/// Everything that can be asked of a point.
fn answers(at: &mut At) -> Vec<Vec<f64>> {
    let mut all = vec![at.quantities(Recognition::Learned).to_vec(), at.recognition_gradient()];
    for (objective, q) in [(Objective::Evidence, Recognition::Exact), (Objective::Elbo, Recognition::Learned)] {
        all.push(at.gradient(objective, q));
        for kind in [Fisher::Joint, Fisher::Aggregate, Fisher::Visible] {
            all.push(at.natural(kind, objective, q).unwrap().0);
        }
    }
    for kind in [Fisher::Joint, Fisher::Aggregate, Fisher::Visible, Fisher::Recognition] {
        all.push(entries(at.fisher(kind).as_ref()));
    }
    all
}

/// Doubled data have the same moments, so they have the same numbers, to rounding.
#[test]
fn data_that_are_told_twice() {
    let once = rows();
    let twice: Rows = once.iter().flat_map(|row| [row.clone(), row.clone()]).collect();
    let behind: Rows = [once.clone(), once.clone(), once.clone()].concat();
    for noise in [Noise::Learned, Noise::Fixed] {
        let expected = answers(&mut on(&once, 2, noise).unwrap());
        for repeated in [&twice, &behind] {
            let found = answers(&mut on(repeated, 2, noise).unwrap());
            found.iter().zip(&expected).for_each(|(found, expected)| close(found, expected, 1e-12));
        }
    }
}

/// With the columns in another order, and W, μ and V with them, nothing changes but the order.
#[test]
fn columns_in_another_order() {
    let order = [2, 0, 3, 1];
    let permuted: Rows = rows().iter().map(|row| order.map(|i| row[i]).to_vec()).collect();
    let (mut plain, mut other) = (on(&rows(), 2, Noise::Learned).unwrap(), on(&permuted, 2, Noise::Learned).unwrap());
    let theta = |theta: &[f64]| [0, 1, 2].iter().flat_map(|a| order.map(|i| theta[a * 4 + i])).chain([theta[12]]).collect();
    let phi = |phi: &[f64]| -> Vec<f64> {
        let weights = order.iter().flat_map(|i| phi[2 * i..2 * i + 2].to_vec());
        weights.chain(phi[8..].to_vec()).collect()
    };
    let moved: Vec<f64> = theta(&plain.theta);
    other.go(&moved, &phi(&plain.phi));
    close(&other.quantities(Recognition::Learned), &plain.quantities(Recognition::Learned), 1e-13);
    close(&other.recognition_gradient(), &phi(&plain.recognition_gradient()), 1e-12);
    for (objective, q) in [(Objective::Evidence, Recognition::Exact), (Objective::Elbo, Recognition::Learned)] {
        let expected: Vec<f64> = theta(&plain.gradient(objective, q));
        close(&other.gradient(objective, q), &expected, 1e-12);
        let expected: Vec<f64> = theta(&plain.natural(Fisher::Visible, objective, q).unwrap().0);
        close(&other.natural(Fisher::Visible, objective, q).unwrap().0, &expected, 1e-12);
    }
}

/// A constant column, whose mean is no sum of its values, and one that is a combination of two others: right as long as there is a
/// maximum, else refused by their numbers.
#[test]
fn columns_without_variation() {
    let constant: Rows = rows().iter().map(|row| vec![row[0], 0.1, row[1], row[2], row[3]]).collect();
    let combined: Rows = rows().iter().map(|row| [row.as_slice(), &[row[0] - 2.0 * row[2]]].concat()).collect();
    for rows in [&constant, &combined] {
        for (latent, noise) in [(3, Noise::Learned), (4, Noise::Fixed)] {
            let mut at = on(rows, latent, noise).unwrap();
            close(&at.quantities(Recognition::Exact)[..1], &[evidence(&at, rows)], 1e-12);
        }
    }
    refused(&constant, 4, &["vary in 4 dimensions only", "always the same in column 2)", "expected less than 4"]);
    refused(&combined, 4, &["vary in 4 dimensions only", "a combination of columns before it in column 5)"]);
}

/// Fewer rows than columns, down to one.
#[test]
fn few_rows() {
    let all = rows();
    for count in 1..=4 {
        let few: Rows = all[..count].to_vec();
        let mut at = on(&few, 3, Noise::Fixed).unwrap();
        close(&at.quantities(Recognition::Exact)[..1], &[evidence(&at, &few)], 1e-12);
        let posterior = at.gradient(Objective::Evidence, Recognition::Exact);
        let dense = at.fisher(Fisher::Visible);
        let (natural, rank) = at.natural(Fisher::Visible, Objective::Evidence, Recognition::Exact).unwrap();
        let back: Vec<f64> = (0..16).map(|i| (0..16).map(|j| dense[(i, j)] * natural[j]).sum()).collect();
        close(&back, &posterior, 1e-11);
        assert_eq!(rank, 13);
        let (_, rank) = at.natural(Fisher::Recognition, Objective::Elbo, Recognition::Learned).unwrap();
        assert_eq!(rank, 3 * count + 3, "the rows of x̄ have {count} directions");
    }
    refused(&all[..3].to_vec(), 2, &["vary in 2 dimensions only", "3 rows of data)", "expected less than 2"]);
    refused(&all[..1].to_vec(), 1, &["vary in 0 dimensions only", "1 row of data); expected `noise = \"fixed\"`"]);
}
