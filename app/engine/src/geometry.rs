//! What the engine itself measures at a point: angles between natural gradients and the spectrum of the pencil (G_V, G).
//!
//! a = G⁺ ∇D_J (ELBO, given q),   r = G⁺ ∇D_V (exact posterior),   b = G_V⁺ ∇D_V (evidence), compared in the metric G_V.

use crate::live::Metric;
use elbow_abi::*;
use elbow_geometry::cosine::{cosine, euclidean_cosine};
use elbow_geometry::pencil::Pencil;
use elbow_geometry::solve::Solver;
use elbow_host::{Evaluator, Model, Result};
use faer::MatRef;

/// Most generative parameters.
const LARGEST: usize = 256;
/// Eigenvalues below this share of the largest count as zero.
pub(crate) const RCOND: f64 = 1e-9;

/// Names of the numbers, in the order of [`Angles::values`].
const NAMES: [(&str, &str); 8] = [
    ("fisher_norm", "√(∇Lᵀ G⁺ ∇L): Fisher–Rao length of the natural gradient of the loss."),
    ("cos_elbo", "cos(G⁺∇D_J, G_V⁺∇D_V) in G_V: natural gradients of the ELBO and of the evidence."),
    ("cos_rec", "cos(G⁺∇D_V, G_V⁺∇D_V) in G_V: exact recognition and the evidence; in (0, 1]."),
    ("cos_gap", "cos(G⁺∇D_V, G⁺∇D_J) in G_V: exact and given recognition."),
    ("cos_euclidean", "cos(∇ELBO, ∇log evidence) in the coordinates."),
    ("kappa_bar", "κ̄ = (4/r) Σ λ(1−λ) over the spectrum of (G_V, G), r = rank G; 0 on a cylindrical model."),
    ("lambda_min_plus", "Smallest positive eigenvalue of (G_V, G)."),
    ("rate", "1 − lambda_min_plus: the factor by which EM contracts √D_V near the target."),
];

/// The columns of [`Angles::values`].
pub fn columns() -> Vec<Metric> {
    let column = |(name, doc): &(&str, &str)| Metric {
        name: (*name).into(),
        unit: String::new(),
        doc: (*doc).into(),
        better: 0,
        exact: true,
    };
    NAMES.iter().map(column).collect()
}

/// A workspace for the angles and the spectrum at a point.
pub struct Angles {
    n: usize,
    joint: Vec<f64>,
    visible: Vec<f64>,
    given: Vec<f64>,
    evidence: Vec<f64>,
    a: Vec<f64>,
    r: Vec<f64>,
    b: Vec<f64>,
    /// The diagonal of G.
    units: Vec<f64>,
    solver: Solver,
    pencil: Pencil,
    /// One value for each of [`columns`]; NaN where undefined.
    pub values: [f64; 8],
    /// Eigenvalues of (G_V, G), ascending; NaN beyond the rank of G.
    pub spectrum: Vec<f64>,
}

impl Angles {
    /// A workspace for a model; none if it lacks one of the directions that are compared, or is too large for dense matrices at each
    /// record.
    pub fn new(model: &Model) -> Option<Self> {
        let n = model.shape().generative;
        let has_exact = model.shape().recognitions & (1 << RECOGNITION_EXACT) != 0;
        if !has_exact || model.is_stochastic() || n > LARGEST {
            return None;
        }
        let (zeros, square) = (|| vec![0.0; n], || vec![0.0; n * n]);
        model.has_fisher().then(|| Self {
            n,
            joint: square(),
            visible: square(),
            given: zeros(),
            evidence: zeros(),
            a: zeros(),
            r: zeros(),
            b: zeros(),
            units: zeros(),
            solver: Solver::new(),
            pencil: Pencil::new(),
            values: [f64::NAN; 8],
            spectrum: vec![f64::NAN; n],
        })
    }

    /// Forgets the last point: everything is NaN.
    pub fn clear(&mut self) {
        self.values.fill(f64::NAN);
        self.spectrum.fill(f64::NAN);
    }

    /// Evaluates everything where the evaluator stands. A matrix that is not finite, as on the boundary, leaves NaN.
    ///
    /// # Errors
    /// The model's error.
    pub fn evaluate(&mut self, at: &mut Evaluator, objective: u32, recognition: u32) -> Result<()> {
        self.clear();
        at.gradient(OBJECTIVE_EVIDENCE, recognition, Some(&mut self.evidence), None)?;
        at.gradient(OBJECTIVE_ELBO, recognition, Some(&mut self.given), None)?;
        at.fisher(FISHER_JOINT, &mut self.joint)?;
        at.fisher(FISHER_VISIBLE, &mut self.visible)?;
        let _ = self.compare(objective == OBJECTIVE_ELBO);
        Ok(())
    }

    fn compare(&mut self, elbo: bool) -> std::result::Result<(), elbow_geometry::solve::SolveError> {
        let n = self.n;
        let joint = MatRef::from_column_major_slice(&self.joint, n, n);
        let visible = MatRef::from_column_major_slice(&self.visible, n, n);
        self.solver.pseudo_inverse(joint, None, &self.given, RCOND, &mut self.a)?;
        self.solver.pseudo_inverse(joint, None, &self.evidence, RCOND, &mut self.r)?;
        (0..n).for_each(|i| self.units[i] = joint[(i, i)]);
        self.solver.pseudo_inverse(visible, Some(&self.units), &self.evidence, RCOND, &mut self.b)?;
        let (loss, natural) = if elbo { (&self.given, &self.a) } else { (&self.evidence, &self.r) };
        let squared: f64 = loss.iter().zip(natural).map(|(g, n)| g * n).sum();
        self.values[0] = squared.max(0.0).sqrt();
        self.values[1] = cosine(visible, &self.a, &self.b);
        self.values[2] = cosine(visible, &self.r, &self.b);
        self.values[3] = cosine(visible, &self.r, &self.a);
        self.values[4] = euclidean_cosine(&self.given, &self.evidence);
        let spectrum = self.pencil.compute(joint, visible, RCOND)?;
        self.values[5] = spectrum.kappa_bar;
        self.values[6] = spectrum.lambda_min_plus;
        self.values[7] = spectrum.rate;
        self.spectrum[..spectrum.values.len()].copy_from_slice(&spectrum.values);
        Ok(())
    }
}
