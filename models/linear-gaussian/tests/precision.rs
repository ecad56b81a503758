//! Data that hardly leave a plane, noise far below them and far above, and a q that is nearly the posterior, against mpmath.
//!
//! Every number of the points is a dyadic fraction, so they are the same here and there. With X (9 × 5), W, μ, V, b, s, σ² as below,
//! `mp.dps = 700` and S = Σ (x − μ)(x − μ)ᵀ / 9 the expectations are
//!
//! ```text
//! C = W*W.T + v*eye(5); K = C**-1; M = W.T*W + v*eye(2); tr = lambda A: sum(A[i,i] for i in range(A.rows))
//! evidence = -(5*log(2*pi) + log(det(C)) + tr(K*S))/2       by W: K*W - K*S*K*W       by mu: -K*(m - mu)
//! gap  = mean(tr(M*D)/v - 2 - log(det(D)) + log(det(v*M**-1)) + (dz.T*M*dz)[0]/v)/2     dz = V*x + b - M**-1*W.T*(x - mu)
//! elbo = -mean(5*log(2*pi*v) + (r.T*r + tr(W*D*W.T))/v + z.T*z + tr(D) - 2 - log(det(D)))/2     r = x - mu - W*z
//! G[i,j] = tr(K*dC[i]*K*dC[j])/2
//! ```

mod common;

use common::*;
use elbow_linear_gaussian::{Noise, Parameters};
use elbow_sdk::{Code, Fisher, Model, Objective, Recognition};
use tempfile::TempDir;

const P: [f64; 9] = [3.0, -1.0, 4.0, 1.0, -5.0, 9.0, -2.0, 6.0, -5.0];
const Q: [f64; 9] = [2.0, 7.0, -1.0, 8.0, -2.0, 8.0, 1.0, -8.0, 2.0];
const A: [f64; 5] = [1.0, 2.0, -1.0, 3.0, 1.0];
const B: [f64; 5] = [2.0, -1.0, 1.0, 0.0, -1.0];
/// V̄ · 2²⁴, column by column: the posterior at σ² = 1e-12, rounded.
const ENCODER: [i32; 12] =
    [3417577, 21126872, 3728287, -7456557, -1553445, 8699315, 6524469, 3728270, 1553442, -8699308, -2097153, -4194351];

fn two(power: i32) -> f64 {
    2f64.powi(power)
}

/// How far a point is from the plane of A and B, in small units.
fn off(i: usize, j: usize) -> f64 {
    ((7 * i + 3 * j * j) % 11) as f64 - 5.0
}

/// A file of 5 columns, each number exact.
fn file(value: impl Fn(usize, usize) -> f64) -> (TempDir, Parameters) {
    let row = |i| (0..5).map(|j| format!("{:?}", value(i, j))).collect::<Vec<_>>().join(",") + "\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, (0..9).map(row).collect::<String>()).unwrap();
    (folder, Parameters { data: of_file(path.to_str().unwrap()), latent: 2, center: false, ..Parameters::default() })
}

fn near_a_plane() -> (TempDir, Parameters) {
    file(|i, j| (P[i] * A[j] + Q[i] * B[j]) / 8.0 + off(i, j) * two(-20))
}

/// θ without log σ², close to the plane.
fn decoder() -> Vec<f64> {
    let first = (0..5).map(|j| A[j] / 2.0 + off(1, j) * two(-21));
    let second = (0..5).map(|j| B[j] / 4.0 + off(2, j) * two(-22));
    first.chain(second).chain((0..5).map(|j| (A[j] + B[j]) / 16.0 + off(3, j) * two(-21))).collect()
}

fn at(variance: f64, log_sigma: [f64; 2], noise: Noise) -> At {
    let (_folder, given) = near_a_plane();
    let chart = (noise == Noise::Learned).then(|| variance.ln());
    let model = build(Parameters { noise, variance, ..given }).unwrap();
    let phi: Vec<f64> = ENCODER.into_iter().map(|x| f64::from(x) * two(-24)).chain(log_sigma).collect();
    At::new(model, &decoder().into_iter().chain(chart).collect::<Vec<_>>(), &phi)
}

/// σ², s, [evidence, ELBO, gap], gradient of −evidence by W, by μ and by λ = log σ², entries of G_V: (W₀₀, W₀₀), (W₂₀, W₃₁), (W₀₁, W₄₁),
/// (μ₀, μ₀), (μ₁, μ₂), (λ, λ).
type Case = (f64, [f64; 2], [f64; 3], [f64; 10], [f64; 5], f64, [f64; 6]);

#[rustfmt::skip]
const CASES: [Case; 4] = [
    (1e-12, [-14.5, -13.75], [-1.2414804603824796, -1.3613670972954814, 0.11988663691300187],
     [1141119.4407902681, 5267197.46291486, 862078.6031133493, -2896865.937080883, -2122889.526916741,
      -865970.946744478, -2235383.844484201, 3148225.165720605, 1611097.459517885, 3651697.9031570195],
     [735983.120295034, -670367.4770378949, -2571217.7982732165, -512525.98097095365, -428883.17824255326],
     -32.33429334343448, [268518822349.11365, 0.1810704857580378, 212963088220.35535, 268518822349.14178, 222222547962.10098, 1.5]),
    (1e-24, [-28.5, -27.0], [-33834293343353.65, -33838718679565.727, 4425336212.080326],
     [1.1411197466905884e18, 5.267197449416871e18, 8.620786723937818e17, -2.8968657697403704e18, -2.12288959619648e18,
      -8.659637632805345e17, -2.2353863236681472e18, 3.1482280899313935e18, 1.6110987945903442e18, 3.6516949789645266e18],
     [7.35984025898335e17, -6.703677517284639e17, -2.571217452337835e18, -5.1252576723722336e17, -4.288835241776734e17],
     -33834293343426.187,
     [2.6851882234751454e23, 0.18107048575853743, 2.129630882221472e23, 2.6851882234751454e23, 2.2222254796235202e23, 1.5]),
    (1e-300, [-345.5, -346.25], [-3.383429334342768e289, -3.3838718679639663e289, 4.425336211979472e285],
     [1.1411197466905882e294, 5.26719744941687e294, 8.620786723937818e293, -2.89686576974037e294, -2.12288959619648e294,
      -8.659637632805344e293, -2.235386323668147e294, 3.1482280899313934e294, 1.6110987945903438e294, 3.6516949789645263e294],
     [7.359840258983348e293, -6.703677517284638e293, -2.571217452337834e294, -5.125257672372234e293, -4.288835241776734e293],
     -3.383429334342768e289,
     [2.6851882234751452e299, 0.18107048575853743, 2.1296308822214716e299, 2.6851882234751452e299, 2.22222547962352e299, 1.5]),
    (1e300, [0.25, -0.5], [-1731.5335124115577, -1735.789215990371, 4.255703578813369],
     [5.000009536743164e-301, 1.000002384185791e-300, -4.999985694885254e-301, 1.499998092651367e-300, 4.99997615814209e-301,
      4.999995231628418e-301, -2.499997615814209e-301, 2.499997615814209e-301, 7.152557373046874e-307, -2.4999952316284177e-301],
     [-4.236085149976942e-301, 2.083158493041992e-302, -9.72241825527615e-302, -2.2916703754001193e-301, 9.722116258409288e-302],
     2.5, [0.0, 0.0, 0.0, 1e-300, 0.0, 2.5]),
];

/// To 1e-10 of the largest term, d log σ² or E‖x − μ‖² / σ² across W, of evidence, ELBO and gap. A rounding of the data is 3e-10 of what
/// leaves the plane, and no gradient of the decoder can be closer than that.
#[test]
fn noise_from_1e_minus_300_to_1e300() {
    let cases = CASES.iter().flat_map(|case| [(Noise::Fixed, case), (Noise::Learned, case)]);
    for (noise, (variance, log_sigma, [evidence, elbo, gap], by_loading, by_mean, by_noise, fisher)) in cases {
        let mut at = at(*variance, *log_sigma, noise);
        let largest = (5.0 * variance.ln()).abs().max(evidence.abs());
        let found = at.quantities(Recognition::Learned);
        for (found, expected) in found.iter().zip([evidence, elbo, gap]) {
            assert!((found - expected).abs() <= 1e-10 * largest, "{variance:e}: {found} is not {expected}");
        }
        assert!((found[0] - found[1] - found[2]).abs() <= 1e-10 * largest && found[2] > 0.0);
        let gradient = at.gradient(Objective::Evidence, Recognition::Exact);
        close(&gradient[..10], by_loading, 1e-9);
        close(&gradient[10..15], by_mean, 1e-9);
        gradient[15..].iter().for_each(|found| close(&[*found], &[*by_noise], 1e-9));
        let g = at.fisher(Fisher::Visible);
        let places = [(0, 0), (2, 8), (5, 9), (10, 10), (11, 12), (15, 15)];
        for ((i, j), expected) in places.into_iter().zip(fisher).take(if noise == Noise::Learned { 6 } else { 5 }) {
            assert!((g[(i, j)] - expected).abs() <= 1e-10 * expected.abs(), "{variance:e} ({i}, {j}): {}", g[(i, j)]);
        }
    }
}

/// G_V⁺∇ at σ² = 1e-12, where entries of G_V go from 1e-1 to 1e11: `lu_solve(G + 1e6*n*n.T, g)` with n the rotation of z.
#[test]
fn the_natural_gradient_in_a_plane() {
    let mut at = at(1e-12, [-14.5, -13.75], Noise::Fixed);
    let (found, rank) = at.natural(Fisher::Visible, Objective::Evidence, Recognition::Exact).unwrap();
    #[rustfmt::skip]
    let expected = [
        -0.09097745376239585, -0.15524530646662316, 0.07495505847504, -0.2408898998223542, -0.07495617122784909,
        -1.5032052048427824, 0.5396003903080504, -0.6243997478431865, -0.25439896468359646, 0.6244060331600596,
        -0.42360851499769425, 0.020831584930419922, -0.0972241825527615, -0.22916703754001194, 0.09722116258409289,
    ];
    close(&found, &expected, 1e-10);
    assert_eq!(rank, 14);
}

/// The largest evidence, from `eigsy` of the covariance: near a plane, and with columns of 1e9, 1, 1e-3, 1 and 1e5.
#[test]
fn maxima_of_the_evidence() {
    let (_folder, near) = near_a_plane();
    let units = [30, 0, -10, 0, 17];
    let (_folder, graded) = file(|i, j| (P[i] * A[j] + Q[i] * B[j] + 2.0 * off(i, j)) * two(units[j]));
    let cases = [
        (near, 30.3881630583662, 5.892700219039039e-12),
        (graded.clone(), -50.638278185963806, 62.009103833576475),
        (Parameters { latent: 1, ..graded.clone() }, -83.66731902121967, 359773278285.0166),
        (Parameters { latent: 3, ..graded }, -49.83617819168625, 17.858323390479644),
    ];
    for (given, evidence, variance) in cases {
        let mut at = drawn(given, "ml");
        let [found, elbo, gap, most] = at.quantities(Recognition::Learned);
        close(&[found, elbo, most], &[evidence; 3], 1e-11);
        close(&[at.theta.last().unwrap().exp()], &[variance], 1e-9);
        assert!((0.0..1e-12).contains(&gap), "{gap}");
    }
}

/// A q that is the posterior to 1e-8 has a gap of 3e-13, to seven digits; the posterior itself one of a rounding squared. Columns of W
/// that are orthogonal to 4e-9 let a diagonal q be as close as that.
#[test]
fn a_gap_far_below_the_evidence() {
    let rows = "1,0,2,-1\n3,-2,0,1\n-1,4,1,2\n0,1,-3,-2\n2,2,1,0\n-4,-1,0,3\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, rows).unwrap();
    let data = of_file(path.to_str().unwrap());
    let model = build(Parameters { data, center: false, latent: 2, noise: Noise::Fixed, variance: 0.5 }).unwrap();
    let theta = [1.0, 2.0, 3.0, two(-14), 2.0, -1.0, 0.0, two(-14), 0.25, -0.5, 0.125, 0.0];
    #[rustfmt::skip]
    let phi = [
        0.06896554713023671, 0.36363641334335134, 0.13793102449403397, -0.18181820178845592, 0.20689657167098277,
        -3.0140136312036926e-08, 4.1693211167571306e-06, 1.113730112599607e-05, 0.025862079005584952, -0.18181823171254877,
        -1.6836479251216954, -1.198947626737848,
    ];
    let mut at = At::new(model, &theta, &phi);
    let [evidence, elbo, gap, _] = at.quantities(Recognition::Learned);
    close(&[evidence, elbo], &[-12.372364879092116, -12.3723648790924], 1e-14);
    close(&[gap], &[2.8415842040561686e-13], 1e-7);
    let natural = at.natural(Fisher::Recognition, Objective::Elbo, Recognition::Learned).unwrap().0;
    let posterior: Vec<f64> = phi.iter().zip(natural).map(|(x, by)| x - by).collect();
    at.go(&theta, &posterior);
    let gap = at.quantities(Recognition::Learned)[2];
    // What is left is −log(1 − c²) / 2 with c = 2⁻²⁸ / √(14.5 · 5.5), the cosine of the columns.
    let mixing = 0.5 * (two(-28) / (14.5_f64 * 5.5).sqrt()).powi(2);
    assert!((mixing * 0.999..mixing + 1e-14).contains(&gap), "{gap:e} of {mixing:e}");
}

/// Numbers whose squares are none: log N(x; 0, 1e300) of columns of 1e155, once the noise is as large; with learned noise the data are
/// refused by their largest column.
#[test]
fn columns_of_1e155() {
    let (_folder, given) = file(|i, j| off(i, j) * if j == 3 { 1e155 } else { 1.0 });
    let model = build(Parameters { noise: Noise::Fixed, variance: 1e300, ..given.clone() }).unwrap();
    let mut at = At::new(model, &[0.0; 15], &[0.0; 14]);
    let square = (0..9).map(|i| off(i, 3).powi(2)).sum::<f64>() / 9.0;
    let expected = -0.5 * (5.0 * (std::f64::consts::TAU.ln() + 300.0 * 10f64.ln()) + square * 1e10);
    close(&at.quantities(Recognition::Exact)[..1], &[expected], 1e-12);
    let message = build(given).err().expect("the data are refused").to_string();
    assert!(message.contains("data: column 4 is the one that varies most, by 3."), "{message}");
}

/// Columns of W that are one another to the last digit, with noise below it: no number, and a reason.
#[test]
fn what_has_no_digits_is_named() {
    let (_folder, given) = near_a_plane();
    let model = build(Parameters { noise: Noise::Fixed, variance: 1e-40, ..given }).unwrap();
    let (mut theta, phi) = (decoder(), [0.0; 14]);
    (0..5).for_each(|j| theta[5 + j] = 3.0 * theta[j]);
    let error = model.move_to(&mut model.evaluator(0), &theta, &phi, 0).unwrap_err();
    assert_eq!(error.code(), Code::Numeric);
    assert!(error.to_string().contains("column 2 of W is a combination of those before it up to rounding, and σ is 1.00e-20"));
    theta[5..10].fill(0.0);
    assert!(model.move_to(&mut model.evaluator(0), &theta, &phi, 0).is_ok());
}
