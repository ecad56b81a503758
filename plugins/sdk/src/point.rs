//! What an optimizer sees: one objective, at the point where it stands.

use crate::error::{Code, Error, Result};
use crate::guard::{call, guard};
use crate::layers::{self, Estimation, Layer, Rows};
use elbow_abi::*;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr::null;

crate::choices! {
    /// Which Fisher matrix measures lengths.
    pub enum MetricKind {
        /// G(θ) = E_p[s sᵀ], s = ∇ log p_θ(v, h); with a learned recognition, block-diagonal with F(φ).
        Joint = "joint",
        /// G_V(θ) = E_{p_V}[s̄ s̄ᵀ], s̄ = ∇ log p_θ(v); with a learned recognition, block-diagonal with F(φ).
        Visible = "visible",
        /// F(φ) = E_{p*} E_q[∇ log q ∇ log qᵀ]: for cells that train the recognition parameters alone.
        Recognition = "recognition",
        /// As `joint`, with the hidden variables from q instead of the model's own: E_{p*} E_q[F of p_θ(v|h)], the Gauss–Newton
        /// matrix of a decoder.
        Aggregate = "aggregate",
        /// (1−τ) G + τ G_V.
        Mixture = "mixture",
    }
}

crate::parameters! {
    /// The metric of a natural gradient, as an optimizer's parameters.
    pub struct Metric {
        /// The Fisher matrix that measures lengths.
        metric: MetricKind = MetricKind::Joint, live();
        /// τ: share of the visible Fisher matrix in the metric `mixture`.
        tau: f64 = 0.5, min(0.0), max(1.0), live(), when("metric", &["mixture"]);
    }
}

impl Metric {
    /// F(φ).
    pub fn recognition() -> Self {
        Self { metric: MetricKind::Recognition, ..Self::default() }
    }

    fn raw(&self) -> ElbowMetricChoice {
        let kind = match self.metric {
            MetricKind::Joint => FISHER_JOINT,
            MetricKind::Visible => FISHER_VISIBLE,
            MetricKind::Recognition => FISHER_RECOGNITION,
            MetricKind::Aggregate => FISHER_AGGREGATE,
            MetricKind::Mixture => FISHER_MIXTURE,
        };
        ElbowMetricChoice { kind, reserved: 0, tau: self.tau }
    }
}

/// A symmetric matrix, the host's or a plugin's own.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    raw: ElbowMat,
    lifetime: PhantomData<&'a f64>,
}

impl<'a> Matrix<'a> {
    /// A matrix of the plugin's own: n × n numbers, symmetric.
    ///
    /// # Panics
    /// If there are not n × n numbers.
    pub fn new(numbers: &'a [f64], n: usize) -> Self {
        assert!(numbers.len() == n * n, "n × n numbers");
        Self {
            raw: ElbowMat { ptr: numbers.as_ptr(), rows: n, cols: n, row_stride: 1, col_stride: n as isize },
            lifetime: PhantomData,
        }
    }
}

impl Matrix<'_> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.raw.rows
    }

    /// Element (i, j).
    ///
    /// # Panics
    /// If i or j is not below the size.
    pub fn at(&self, i: usize, j: usize) -> f64 {
        assert!(i < self.raw.rows && j < self.raw.cols, "element ({i}, {j}) of {} × {}", self.raw.rows, self.raw.cols);
        let offset = i as isize * self.raw.row_stride + j as isize * self.raw.col_stride;
        // SAFETY: the host's view covers rows × cols elements at these strides, and i and j were checked.
        unsafe { *self.raw.ptr.offset(offset) }
    }
}

/// Which networks a visit of rows is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// The generative one, θ.
    Generative,
    /// The recognition one, φ.
    Recognition,
    /// Both, as far as they are trained.
    Both,
}

impl Parts {
    fn raw(self) -> u32 {
        match self {
            Self::Generative => PART_GENERATIVE,
            Self::Recognition => PART_RECOGNITION,
            Self::Both => PART_GENERATIVE | PART_RECOGNITION,
        }
    }
}

struct Visit<'a> {
    layers: &'a [Layer],
    each: &'a mut dyn FnMut(&Rows<'_>) -> Result<()>,
    outcome: Result<()>,
}

extern "C" fn visit_rows(ctx: *mut c_void, rows: *const ElbowRows) -> i32 {
    // SAFETY: `ctx` is the visit on the stack of `Point::rows`; the host hands rows of the layers that it named.
    let (visit, rows) = unsafe { (&mut *ctx.cast::<Visit<'_>>(), &*rows) };
    let Visit { layers, each, outcome } = visit;
    // A panic of the optimizer must not unwind through the host and the model.
    let status = guard(null(), || {
        // SAFETY: as above.
        unsafe { layers::with_rows(rows, layers, |rows| *outcome = each(rows)) };
        Ok(())
    });
    if status != OK {
        *outcome = Err(Error::new(Code::of(status), "the visit of rows panicked"));
    }
    outcome.as_ref().map_or_else(|error| error.code().status(), |()| OK)
}

/// A place for the host's answer.
const UNSOLVED: ElbowSolved = ElbowSolved { solution: null(), rank: 0, dropped: f64::NAN, lambda: f64::NAN };

/// The point where an optimizer stands in one step. What was evaluated there is kept: asking twice costs nothing.
pub struct Point<'a>(&'a ElbowPoint);

impl<'a> Point<'a> {
    /// # Safety
    /// `raw` must be valid for `'a`, and no other `Point` of it may exist.
    pub(crate) unsafe fn new(raw: &'a ElbowPoint) -> Self {
        Self(raw)
    }

    /// P, the number of parameters.
    pub fn dimension(&self) -> usize {
        self.0.dimension
    }

    /// Visits the rows of the metric: first those of the generative layers, then those of the recognition layers, as far as they
    /// are trained and among the `parts`. `layers` are [`crate::Setup::layers`].
    pub fn rows(
        &self,
        metric: &Metric,
        estimation: Estimation,
        parts: Parts,
        layers: &[Layer],
        each: &mut dyn FnMut(&Rows<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut visit = Visit { layers, each, outcome: Ok(()) };
        let done = call(|err| {
            (self.0.rows)(self.0.ctx, &metric.raw(), estimation.raw(), parts.raw(), (&raw mut visit).cast(), visit_rows, err)
        });
        visit.outcome.and(done)
    }

    fn slice(&self, ptr: *const f64) -> &[f64] {
        // SAFETY: the host's vectors have `dimension` elements and hold until the point moves, which needs `&mut self`.
        unsafe { std::slice::from_raw_parts(ptr, self.0.dimension) }
    }

    /// The parameters, length P.
    pub fn position(&self) -> &[f64] {
        self.slice((self.0.position)(self.0.ctx))
    }

    /// L, the loss: −ELBO or −log evidence, in nats per datum.
    pub fn loss(&self) -> Result<f64> {
        let mut loss = f64::NAN;
        call(|err| (self.0.loss)(self.0.ctx, &raw mut loss, err))?;
        Ok(loss)
    }

    /// ∇L, length P.
    pub fn gradient(&self) -> Result<&[f64]> {
        let mut out = null();
        call(|err| (self.0.gradient)(self.0.ctx, &raw mut out, err))?;
        Ok(self.slice(out))
    }

    /// The natural gradient; see [`crate::Damping::natural_gradient`].
    pub(crate) fn natural_gradient(&self, metric: &Metric, damping: &ElbowDamping) -> Result<ElbowSolved> {
        let mut out = UNSOLVED;
        call(|err| (self.0.natural)(self.0.ctx, &metric.raw(), damping, &raw mut out, err))?;
        Ok(out)
    }

    /// The Fisher matrix, P × P, symmetric, positive semi-definite.
    pub fn fisher(&self, metric: &Metric) -> Result<Matrix<'_>> {
        let mut raw = ElbowMat { ptr: null(), rows: 0, cols: 0, row_stride: 0, col_stride: 0 };
        call(|err| (self.0.fisher)(self.0.ctx, &metric.raw(), &raw mut raw, err))?;
        Ok(Matrix { raw, lifetime: PhantomData })
    }

    /// The diagonal of the Fisher matrix, length P.
    pub fn fisher_diagonal(&self, metric: &Metric) -> Result<&[f64]> {
        let mut out = null();
        call(|err| (self.0.diagonal)(self.0.ctx, &metric.raw(), &raw mut out, err))?;
        Ok(self.slice(out))
    }

    /// The Fisher matrix times a vector, both of length P.
    pub fn fisher_product(&self, metric: &Metric, vector: &[f64], out: &mut [f64]) -> Result<()> {
        assert!(vector.len() == self.0.dimension && out.len() == self.0.dimension, "vectors of length P");
        call(|err| (self.0.product)(self.0.ctx, &metric.raw(), vector.as_ptr(), out.as_mut_ptr(), err))
    }

    /// Solves a damped system; see [`crate::Damping::solve`].
    pub(crate) fn solve(&self, matrix: Matrix<'_>, damping: &ElbowDamping, rhs: &[f64]) -> Result<ElbowSolved> {
        assert!(rhs.len() == matrix.rows(), "a right-hand side of the matrix's order");
        let mut out = UNSOLVED;
        call(|err| (self.0.solve)(self.0.ctx, &matrix.raw, damping, rhs.as_ptr(), &raw mut out, err))?;
        Ok(out)
    }

    /// Share of the last proposal that the host took: 1, or ½, ¼, … of a step that left the domain; 1 at the first step. What an
    /// optimizer keeps of its own steps, as a velocity, shrinks by it.
    pub fn taken(&self) -> f64 {
        self.0.taken
    }

    /// Goes to a trial point, length P. Outside the model's domain this fails with [`crate::Code::Domain`] and stays.
    pub fn move_to(&mut self, position: &[f64]) -> Result<()> {
        assert!(position.len() == self.0.dimension, "a position of length P");
        call(|err| (self.0.move_to)(self.0.ctx, position.as_ptr(), err))
    }

    /// Proposes a new point, length P. The host applies it: a step out of the domain is halved.
    pub fn propose(&self, position: &[f64]) {
        assert!(position.len() == self.0.dimension, "a position of length P");
        // SAFETY: the host's buffer has `dimension` elements and is handed to nobody else.
        let proposal = unsafe { std::slice::from_raw_parts_mut((self.0.proposal)(self.0.ctx), self.0.dimension) };
        proposal.copy_from_slice(position);
    }

    /// Proposes θ + length · direction, from the point where it stands.
    pub fn step_along(&self, direction: &[f64], length: f64) {
        assert!(direction.len() == self.0.dimension, "a direction of length P");
        // SAFETY: the host's buffer has `dimension` elements and is handed to nobody else.
        let proposal = unsafe { std::slice::from_raw_parts_mut((self.0.proposal)(self.0.ctx), self.0.dimension) };
        for ((new, position), direction) in proposal.iter_mut().zip(self.position()).zip(direction) {
            *new = position + length * direction;
        }
    }

    /// Reports a value of the descriptor's metrics, by its index there.
    pub fn report(&self, index: usize, value: f64) {
        (self.0.report)(self.0.ctx, index, value);
    }
}
