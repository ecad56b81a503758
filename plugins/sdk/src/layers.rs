//! Networks of affine layers, and the rows from which structured Fisher matrices are estimated.
//!
//! A layer maps ā = (a, 1) to W̄ ā. Its part of the score of one example is δ āᵀ, with δ the derivative of the example's negative
//! log-likelihood by the pre-activation, so a Fisher matrix is F = Σ_r w_r vec(δ_r ā_rᵀ) vec(δ_r ā_rᵀ)ᵀ over *rows* (ā_r, δ_r).
//! Which δ — exact, sampled, empirical — is the [`Estimation`]; what is kept of the sum is the optimizer's idea.

use crate::text;
use elbow_abi::*;

crate::choices! {
    /// How the expectation over the outputs of a network is taken in its Fisher matrix.
    pub enum Estimation {
        /// Exactly: one backward pass for each dimension of the output.
        Exact = "exact",
        /// By one output drawn from the model for each example.
        Sampled = "sampled",
        /// With the gradients of the loss itself, which is not a Fisher matrix away from the optimum.
        Empirical = "empirical",
    }
}

impl Estimation {
    pub(crate) fn raw(self) -> u32 {
        match self {
            Self::Exact => ESTIMATION_EXACT,
            Self::Sampled => ESTIMATION_SAMPLED,
            Self::Empirical => ESTIMATION_EMPIRICAL,
        }
    }

    pub(crate) fn of(raw: u32) -> Option<Self> {
        [Self::Exact, Self::Sampled, Self::Empirical].into_iter().find(|estimation| estimation.raw() == raw)
    }
}

/// Width of the numbers of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 64 bits.
    Double,
    /// 32 bits.
    Single,
}

impl Precision {
    /// The distance from 1 to the next number.
    pub fn epsilon(self) -> f64 {
        match self {
            Self::Double => f64::EPSILON,
            Self::Single => f64::from(f32::EPSILON),
        }
    }
}

/// An affine layer. Its parameters are W̄, outputs × (inputs + 1), column by column: the bias stands last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Name, as `decoder.1`.
    pub name: String,
    /// Whether it belongs to φ rather than to θ.
    pub recognition: bool,
    /// First parameter: within its role in a model's list, among the trained parameters at a [`crate::Point`].
    pub offset: usize,
    /// Length of a, without the 1; 0 for a layer that is a bias alone.
    pub inputs: usize,
    /// Number of units.
    pub outputs: usize,
}

impl Layer {
    /// # Safety
    /// The texts of `raw` must hold.
    pub(crate) unsafe fn read(raw: &ElbowLayer) -> Self {
        // SAFETY: the caller's contract.
        let name = unsafe { text::read(raw.name) }.to_owned();
        let (offset, inputs, outputs) = (raw.offset, raw.inputs, raw.outputs);
        Self { name, recognition: raw.role != 0, offset, inputs, outputs }
    }

    /// Number of parameters, outputs × (inputs + 1).
    pub fn len(&self) -> usize {
        self.outputs * (self.inputs + 1)
    }

    /// Whether it has no parameters.
    pub fn is_empty(&self) -> bool {
        self.outputs == 0
    }

    /// Its part of a vector over all parameters.
    pub fn of<'a>(&self, vector: &'a [f64]) -> &'a [f64] {
        &vector[self.offset..self.offset + self.len()]
    }

    /// Its part of a vector over all parameters.
    pub fn of_mut<'a>(&self, vector: &'a mut [f64]) -> &'a mut [f64] {
        &mut vector[self.offset..self.offset + self.len()]
    }
}

/// Numbers of either precision.
#[derive(Clone, Copy, Debug)]
pub enum Numbers<'a> {
    /// 64 bits.
    Double(&'a [f64]),
    /// 32 bits.
    Single(&'a [f32]),
}

impl Numbers<'_> {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Double(numbers) => numbers.len(),
            Self::Single(numbers) => numbers.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their width.
    pub fn precision(&self) -> Precision {
        match self {
            Self::Double(_) => Precision::Double,
            Self::Single(_) => Precision::Single,
        }
    }

    /// The k-th.
    pub fn at(&self, k: usize) -> f64 {
        match self {
            Self::Double(numbers) => numbers[k],
            Self::Single(numbers) => f64::from(numbers[k]),
        }
    }
}

/// What one layer saw in a batch of rows.
#[derive(Clone, Copy, Debug)]
pub struct LayerRows<'a> {
    /// Place of the layer in the list of layers.
    pub layer: usize,
    /// ā, inputs + 1 numbers of each row (the last is 1), row after row.
    pub inputs: Numbers<'a>,
    /// δ, `outputs` numbers of each row.
    pub deltas: Numbers<'a>,
}

/// A batch of rows: F = Σ_batches weight Σ_r s_r s_rᵀ, where the part of s_r in layer l is vec(δ_r ā_rᵀ).
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Number of rows.
    pub count: usize,
    /// Weight of each row: E[δ δᵀ] = Σ_batches weight Σ_r δ_r δ_rᵀ.
    pub weight: f64,
    /// E[ā āᵀ] = Σ_batches inputs_weight Σ_r ā_r ā_rᵀ; 0 where an earlier batch had the same inputs.
    pub inputs_weight: f64,
    /// One entry for each layer of the role, in order.
    pub layers: &'a [LayerRows<'a>],
}

/// # Safety
/// `raw` must hold `count` rows of its layers, whose sizes `sizes` gives as (inputs, outputs).
pub(crate) unsafe fn with_rows(raw: &ElbowRows, sizes: &[Layer], body: impl FnOnce(&Rows<'_>)) {
    // SAFETY: the caller's contract.
    let layers = unsafe { std::slice::from_raw_parts(raw.layers, raw.n_layers) };
    // SAFETY: as above.
    let numbers = |ptr: *const std::ffi::c_void, len: usize| unsafe {
        match raw.precision {
            PRECISION_SINGLE => Numbers::Single(std::slice::from_raw_parts(ptr.cast(), len)),
            _ => Numbers::Double(std::slice::from_raw_parts(ptr.cast(), len)),
        }
    };
    let view = |rows: &ElbowLayerRows| LayerRows {
        layer: rows.layer,
        inputs: numbers(rows.inputs, (sizes[rows.layer].inputs + 1) * raw.count),
        deltas: numbers(rows.deltas, sizes[rows.layer].outputs * raw.count),
    };
    with_list(layers, view, |layers| {
        body(&Rows { count: raw.count, weight: raw.weight, inputs_weight: raw.inputs_weight, layers });
    });
}

/// Hands on a converted list, without allocation unless it is long: this happens in every step.
fn with_list<S, T: Copy, R>(list: &[S], convert: impl Fn(&S) -> T, body: impl FnOnce(&[T]) -> R) -> R {
    const MOST: usize = 16;
    match list {
        [] => body(&[]),
        [first, ..] if list.len() <= MOST => {
            let mut room = [convert(first); MOST];
            room.iter_mut().zip(list).for_each(|(place, item)| *place = convert(item));
            body(&room[..list.len()])
        }
        _ => body(&list.iter().map(convert).collect::<Vec<T>>()),
    }
}

/// The interface's form of a batch; `body` gets it while the list of layers holds.
pub(crate) fn lend<T>(rows: &Rows<'_>, body: impl FnOnce(&ElbowRows) -> T) -> T {
    let pointer = |numbers: &Numbers<'_>| match numbers {
        Numbers::Double(numbers) => numbers.as_ptr().cast(),
        Numbers::Single(numbers) => numbers.as_ptr().cast(),
    };
    let view =
        |rows: &LayerRows<'_>| ElbowLayerRows { layer: rows.layer, inputs: pointer(&rows.inputs), deltas: pointer(&rows.deltas) };
    let single = rows.layers.first().is_some_and(|layer| layer.inputs.precision() == Precision::Single);
    with_list(rows.layers, view, |layers| {
        body(&ElbowRows {
            count: rows.count,
            weight: rows.weight,
            inputs_weight: rows.inputs_weight,
            precision: if single { PRECISION_SINGLE } else { PRECISION_DOUBLE },
            reserved: 0,
            layers: layers.as_ptr(),
            n_layers: layers.len(),
        })
    })
}
