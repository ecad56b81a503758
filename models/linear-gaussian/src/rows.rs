//! Rows of the Fisher matrices `(A ⊗ diag β) ⊕ diag τ`, exactly.
//!
//! With A = L Lᵀ and r columns of L, the points ā_j = √r L e_j have the second moment A under the weights 1/r: they stand for all inputs.
//! Of the data L is the factor F, of other inputs a root by eigenvalues. (The last coordinate of a point is not 1, unlike that of a true
//! input; only the second moment counts.) For each output i there is a batch of these r points with δ = √β_i e_i, where the biases beside the layer have δ = 0; one more batch, whose inputs are 0, has the
//! rows √τ_t e_t of the biases. So over all batches
//!
//! ```text
//! Σ weight (ā āᵀ) ⊗ (δ δᵀ) = A ⊗ diag β       Σ weight δ δᵀ = diag β  and  diag τ       Σ inputs_weight ā āᵀ = A  and  1
//! ```

use crate::kronecker::Kronecker;
use crate::model::LinearGaussian;
use crate::point::Evaluator;
use elbow_sdk::{Code, Error, Estimation, Fisher, LayerRows, Numbers, Result, Rows};
use faer::{Mat, MatRef, Side};

/// Takes batches of rows.
pub(crate) type Each<'a> = &'a mut dyn FnMut(&Rows<'_>) -> Result<()>;

/// √r L with A = L Lᵀ, of order r: its columns are the points.
pub(crate) fn points(a: MatRef<'_, f64>) -> Result<Mat<f64>> {
    let failed = |_| Error::new(Code::Numeric, "the second moment of a layer's inputs is not finite");
    let eigen = a.self_adjoint_eigen(Side::Lower).map_err(failed)?;
    let (u, values, r) = (eigen.U(), eigen.S().column_vector(), a.nrows() as f64);
    Ok(Mat::from_fn(a.nrows(), a.nrows(), |i, j| u[(i, j)] * (r * values[j].max(0.0)).sqrt()))
}

/// One batch: the affine layer and, if there are any, the biases beside it.
pub(crate) struct Batch {
    /// Place of the layer in the model's list.
    pub layer: usize,
    /// Number of biases beside it.
    pub biases: usize,
    /// ā of each row.
    pub inputs: Vec<f64>,
    /// δ of each row.
    pub deltas: Vec<f64>,
    /// δ of the biases in each row.
    pub tail: Vec<f64>,
}

impl Batch {
    /// Hands on so many rows.
    pub fn visit(&self, count: usize, weight: f64, inputs_weight: f64, each: Each<'_>) -> Result<()> {
        let ones = vec![1.0; count];
        let affine =
            LayerRows { layer: self.layer, inputs: Numbers::Double(&self.inputs), deltas: Numbers::Double(&self.deltas) };
        let beside = LayerRows { layer: self.layer + 1, inputs: Numbers::Double(&ones), deltas: Numbers::Double(&self.tail) };
        let all = [affine, beside];
        let layers = &all[..if self.biases > 0 { 2 } else { 1 }];
        each(&Rows { count, weight, inputs_weight, layers })
    }
}

impl LinearGaussian {
    /// Place of the first layer of a role in the list of layers.
    pub(crate) fn first_layer(&self, kind: Fisher) -> usize {
        match kind {
            Fisher::Recognition => 1 + usize::from(self.fixed.is_none()),
            _ => 0,
        }
    }

    pub(crate) fn visit(&self, at: &mut Evaluator, kind: Fisher, estimation: Estimation, each: Each<'_>) -> Result<()> {
        if estimation != Estimation::Exact {
            return self.drawn(at, kind, estimation, each);
        }
        let layer = self.first_layer(kind);
        let parts = self.kronecker(at.point()?, kind)?;
        if kind == Fisher::Recognition {
            return parts.visit(&self.points, layer, each);
        }
        parts.visit(&points(parts.inputs)?, layer, each)
    }
}

impl Kronecker<'_> {
    fn visit(&self, points: &Mat<f64>, layer: usize, each: Each<'_>) -> Result<()> {
        let (r, outs, biases) = (points.ncols(), self.outputs.len(), self.tail.len());
        let inputs = points.col_iter().flat_map(|column| column.iter().copied()).collect();
        let mut batch = Batch { layer, biases, inputs, deltas: vec![0.0; r * outs], tail: vec![0.0; r * biases] };
        for (i, beta) in self.outputs.iter().enumerate() {
            batch.deltas.fill(0.0);
            batch.deltas[i..].iter_mut().step_by(outs).for_each(|delta| *delta = beta.sqrt());
            let inputs_weight = if i == 0 { 1.0 / r as f64 } else { 0.0 };
            batch.visit(r, 1.0 / r as f64, inputs_weight, each)?;
        }
        if biases == 0 { Ok(()) } else { self.visit_tail(batch, each) }
    }

    /// One row for each bias beside the layer.
    fn visit_tail(&self, mut batch: Batch, each: Each<'_>) -> Result<()> {
        let count = self.tail.len();
        batch.inputs = vec![0.0; count * self.inputs.ncols()];
        batch.deltas = vec![0.0; count * self.outputs.len()];
        batch.tail = vec![0.0; count * count];
        self.tail.iter().enumerate().for_each(|(t, tau)| batch.tail[t * (count + 1)] = tau.sqrt());
        batch.visit(count, 1.0, 0.0, each)
    }
}
