#![allow(missing_docs, clippy::print_stdout)]
use elbow_geometry::{pencil::Pencil, solve::Solver};
use faer::Mat;
use std::{hint::black_box, time::Instant};
fn time(name: &str, mut f: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let t = Instant::now();
        for _ in 0..20000 {
            f();
        }
        best = best.min(t.elapsed().as_nanos() as f64 / 20000.0);
    }
    println!("{name}: {best:.1} ns");
}
fn psd(n: usize, r: usize) -> Mat<f64> {
    let mut s = 1u64;
    let mut rnd = move || {
        s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (s >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    let a = Mat::from_fn(n, r, |_, _| rnd());
    &a * a.transpose()
}
fn main() {
    let mut s = Solver::new();
    let b = [
        0.3, -1.0, 0.2, 0.7, 0.1, 0.4, 0.5, 0.6, 0.7, 0.8, 0.3, -1.0, 0.2, 0.7, 0.1, 0.4, 0.5, 0.6, 0.7, 0.8, 0.3, -1.0, 0.2,
        0.7, 0.1, 0.4, 0.5,
    ];
    let mut x = [0.0; 27];
    for (name, f) in [
        ("pinv 3 rank 3", psd(3, 3)),
        ("pinv 5 rank 3", psd(5, 3)),
        ("pinv 5 rank 5", psd(5, 5)),
        ("pinv 5 diag", Mat::from_fn(5, 5, |i, j| if i == j { 1.0 + i as f64 } else { 0.0 })),
        ("pinv 8 rank 6", psd(8, 6)),
        ("pinv 16 rank 16", psd(16, 16)),
        ("pinv 16 rank 12", psd(16, 12)),
        ("pinv 27 rank 27", psd(27, 40)),
    ] {
        let n = f.nrows();
        let mut xx = vec![0.0; n];
        println!("  rank {:?}", s.pseudo_inverse(f.as_ref(), &b[..n], 1e-9, &mut xx));
        time(name, || {
            black_box(s.pseudo_inverse(black_box(f.as_ref()), &b[..n], 1e-9, &mut xx).unwrap());
        });
        time("   eig", || {
            black_box(s.pseudo_inverse(black_box(f.as_ref()), &b[..n], 1e-17, &mut xx).unwrap());
        });
        time("   tikhonov", || {
            black_box(s.tikhonov(black_box(f.as_ref()), &b[..n], 1e-3, &mut xx).unwrap());
        });
    }
    let mut p = Pencil::new();
    for (n, rg, rv) in [(3, 3, 2), (5, 5, 3), (5, 4, 3), (16, 16, 8)] {
        let gv = psd(n, rv);
        let g = &gv + &psd(n, rg);
        let g = if rg < n { psd(n, rg) } else { g };
        println!("{:?}", p.compute(g.as_ref(), gv.as_ref(), 1e-9));
        time(&format!("pencil {n} {rg}"), || {
            black_box(p.compute(black_box(g.as_ref()), black_box(gv.as_ref()), 1e-9).unwrap());
        });
    }
    let _ = &mut x;
}
