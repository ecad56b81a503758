//! What the engine itself measures at a point: angles between natural gradients and the spectrum of the pencil (G_V, G).
//!
//! a = G⁺ ∇D_J (ELBO, given q),   r = G⁺ ∇D_V (exact posterior),   b = G_V⁺ ∇D_V (evidence), compared in the metric G_V.

use crate::live::Metric;
use elbow_abi::*;
use elbow_geometry::cosine::{cosine, euclidean_cosine};
use elbow_geometry::pencil::Pencil;
use elbow_geometry::solve::Solver;
use elbow_host::{Evaluator, Model, Result, Task};
use faer::MatRef;

/// Most generative parameters.
const LARGEST: usize = 256;
/// Eigenvalues below this share of the largest, after scaling to unit diagonal, count as zero.
pub(crate) const RCOND: f64 = 1e-9;
/// Why an angle or an eigenvalue has no meaning.
const NO_ANGLE: &str = "one of the two directions has no length";
const NO_EIGENVALUE: &str = "no eigenvalue of (G_V, G) is positive";
/// Why an element of the spectrum has no meaning.
pub(crate) const BEYOND_RANK: &str = "beyond the rank of G";

/// Names of the numbers, in the order of [`Angles::values`].
const NAMES: [(&str, &str); 8] = [
    ("fisher_norm", "√(∇Lᵀ M⁺ ∇L), M = G(θ) ⊕ F(φ) over the trained parameters: Fisher–Rao length of the natural gradient."),
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

/// The natural gradient of a loss at a point, in closed form where the model has one, and else by the dense matrix.
struct Natural {
    kind: u32,
    matrix: Vec<f64>,
    gradient: Vec<f64>,
    natural: Vec<f64>,
    solver: Solver,
}

impl Natural {
    /// Of n parameters, under G(θ) or F(φ).
    fn new(kind: u32, n: usize) -> Self {
        Self { kind, matrix: Vec::new(), gradient: vec![0.0; n], natural: vec![0.0; n], solver: Solver::new() }
    }

    /// ∇Lᵀ M⁺ ∇L of an objective.
    fn squared(&mut self, at: &mut Evaluator, objective: u32, recognition: u32) -> Result<f64> {
        let Self { kind, gradient, natural, .. } = self;
        let (theta, phi) =
            if *kind == FISHER_RECOGNITION { (None, Some(&mut **gradient)) } else { (Some(&mut **gradient), None) };
        at.gradient(objective, recognition, theta, phi)?;
        match at.natural_gradient(*kind, objective, recognition, natural) {
            Ok(_) => {}
            Err(error) if error.code() == UNSUPPORTED => self.by_matrix(at)?,
            Err(error) => return Err(error),
        }
        let squared: f64 = self.gradient.iter().zip(&self.natural).map(|(g, n)| g * n).sum();
        Ok(squared.max(0.0))
    }

    fn by_matrix(&mut self, at: &mut Evaluator) -> Result<()> {
        let n = self.gradient.len();
        self.matrix.resize(n * n, 0.0);
        at.fisher(self.kind, &mut self.matrix)?;
        let matrix = MatRef::from_column_major_slice(&self.matrix, n, n);
        let solved = self.solver.pseudo_inverse(matrix, None, &self.gradient, RCOND, &mut self.natural);
        solved.map(drop).map_err(|error| elbow_host::Error::new(NUMERIC, error.to_string()))
    }
}

/// The Fisher–Rao length of the natural gradient of a cell's loss.
pub struct NaturalNorm {
    parts: Vec<Natural>,
    task: Task,
}

impl NaturalNorm {
    /// For what a cell trains; none if a Fisher matrix of it is missing, an estimate, or too large to be made at each record.
    pub fn new(model: &Model, task: Task) -> Option<Self> {
        let shape = model.shape();
        let theta = task.generative.then(|| Natural::new(FISHER_JOINT, shape.generative));
        let phi = task.learned.then(|| Natural::new(FISHER_RECOGNITION, shape.recognition));
        let parts: Vec<Natural> = theta.into_iter().chain(phi).collect();
        let is_small = parts.iter().all(|part| part.gradient.len() <= LARGEST);
        (model.has_fisher() && !model.is_stochastic() && is_small).then_some(Self { parts, task })
    }

    /// √(∇Lᵀ M⁺ ∇L) where the evaluator stands, inside the domain.
    ///
    /// # Errors
    /// The model's error, or a matrix that is not finite.
    pub fn evaluate(&mut self, at: &mut Evaluator) -> Result<f64> {
        let (objective, q) = (self.task.objective, self.task.recognition);
        let squared: Result<f64> = self.parts.iter_mut().map(|part| part.squared(at, objective, q)).sum();
        squared.map(f64::sqrt)
    }
}

/// A workspace for the angles and the spectrum at a point.
pub struct Angles {
    n: usize,
    joint: Vec<f64>,
    visible: Vec<f64>,
    /// G⁺ ∇D_J and G⁺ ∇D_V.
    a: Natural,
    r: Natural,
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
            a: Natural::new(FISHER_JOINT, n),
            r: Natural::new(FISHER_JOINT, n),
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

    /// Evaluates everything where the evaluator stands, inside the domain; what has no meaning there is NaN.
    ///
    /// # Errors
    /// The model's error, or a matrix that is not finite.
    pub fn evaluate(&mut self, at: &mut Evaluator, objective: u32, recognition: u32) -> Result<()> {
        self.clear();
        let given = self.a.squared(at, OBJECTIVE_ELBO, recognition)?;
        let evidence = self.r.squared(at, OBJECTIVE_EVIDENCE, recognition)?;
        self.values[0] = if objective == OBJECTIVE_ELBO { given } else { evidence }.sqrt();
        at.fisher(FISHER_JOINT, &mut self.joint)?;
        at.fisher(FISHER_VISIBLE, &mut self.visible)?;
        self.compare().map_err(|error| elbow_host::Error::new(NUMERIC, error.to_string()))
    }

    fn compare(&mut self) -> std::result::Result<(), elbow_geometry::solve::SolveError> {
        let (n, a, r) = (self.n, &self.a.natural, &self.r.natural);
        let joint = MatRef::from_column_major_slice(&self.joint, n, n);
        let visible = MatRef::from_column_major_slice(&self.visible, n, n);
        (0..n).for_each(|i| self.units[i] = joint[(i, i)]);
        self.solver.pseudo_inverse(visible, Some(&self.units), &self.r.gradient, RCOND, &mut self.b)?;
        self.values[1] = cosine(visible, a, &self.b);
        self.values[2] = cosine(visible, r, &self.b);
        self.values[3] = cosine(visible, r, a);
        self.values[4] = euclidean_cosine(&self.a.gradient, &self.r.gradient);
        let spectrum = self.pencil.compute(joint, visible, RCOND)?;
        self.values[5] = spectrum.kappa_bar;
        self.values[6] = spectrum.lambda_min_plus;
        self.values[7] = spectrum.rate;
        self.spectrum[..spectrum.values.len()].copy_from_slice(&spectrum.values);
        Ok(())
    }

    /// Why a number of [`Angles::values`] that is NaN has no meaning, by its place.
    pub fn undefined(place: usize) -> &'static str {
        if place < 5 { NO_ANGLE } else { NO_EIGENVALUE }
    }
}
