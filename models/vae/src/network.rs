//! A perceptron: affine layers with a function between them. One example is a column; ā = (a, 1) carries the bias.
//!
//! Forward r_l = W̄_l ā_l, a_{l+1} = f(r_l); backward δ_l = f′(r_l) ⊙ W_{l+1}ᵀ δ_{l+1}; ∂L/∂W̄_l = δ_l ā_lᵀ. With a direction V̄ the
//! tangent is ṙ_l = V̄_l ā_l + W_l ȧ_l, ȧ_{l+1} = f′(r_l) ⊙ ṙ_l.

use crate::affine::Affine;
use crate::parameters::Activation;
use crate::real::{Real, product, top_mut, view, view_mut};

/// Layers with the function between them.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub layers: Vec<Affine>,
    pub activation: Activation,
}

/// What a forward pass leaves.
#[derive(Default)]
pub(crate) struct Tape<T> {
    /// ā of each layer.
    pub inputs: Vec<Vec<T>>,
    /// f′ of each hidden layer where ā does not tell it, in the places of ā; empty where nobody asks for derivatives.
    slopes: Vec<Vec<T>>,
    /// r of the last layer.
    pub output: Vec<T>,
}

/// δ of each layer, or ṙ of each layer.
pub(crate) type Deltas<T> = Vec<Vec<T>>;

impl Network {
    /// Layers of these sizes, from `offset` on.
    pub fn new(sizes: &[usize], activation: Activation, offset: usize) -> Self {
        let mut next = offset;
        let mut layers = Vec::new();
        for pair in sizes.windows(2) {
            let layer = Affine { inputs: pair[0], outputs: pair[1], offset: next };
            next += layer.len();
            layers.push(layer);
        }
        Self { layers, activation }
    }

    /// Number of parameters.
    pub fn len(&self) -> usize {
        self.layers.iter().map(Affine::len).sum()
    }

    /// Room for n examples; the ones of ā stand there already.
    pub fn tape<T: Real>(&self, n: usize) -> Tape<T> {
        let slope = |layer: &Affine| vec![T::ZERO; if self.has_slopes() { (layer.inputs + 1) * n } else { 0 }];
        Tape { slopes: self.layers[1..].iter().map(slope).collect(), ..self.forward_tape(n) }
    }

    /// The same for forward passes alone.
    pub fn forward_tape<T: Real>(&self, n: usize) -> Tape<T> {
        let homogeneous = |layer: &Affine| {
            let mut room = vec![T::ZERO; (layer.inputs + 1) * n];
            set_ones(&mut room, layer.inputs);
            room
        };
        Tape {
            inputs: self.layers.iter().map(homogeneous).collect(),
            slopes: vec![Vec::new(); self.layers.len().saturating_sub(1)],
            output: vec![T::ZERO; self.layers.last().map_or(0, |layer| layer.outputs) * n],
        }
    }

    /// Room for δ of n examples.
    pub fn deltas<T: Real>(&self, n: usize) -> Deltas<T> {
        self.layers.iter().map(|layer| vec![T::ZERO; layer.outputs * n]).collect()
    }

    fn has_slopes(&self) -> bool {
        self.activation != Activation::Relu
    }

    /// Fills the tape from its first ā; n examples.
    pub fn forward<T: Real>(&self, w: &[T], tape: &mut Tape<T>, n: usize) {
        for (l, layer) in self.layers.iter().enumerate() {
            let (before, after) = tape.inputs.split_at_mut(l + 1);
            let a = view(&before[l], layer.inputs + 1, n);
            let Some(next) = after.first_mut() else {
                product(view_mut(&mut tape.output, layer.outputs, n), false, layer.matrix(w), a, 1.0);
                return;
            };
            product(top_mut(next, layer.outputs, n, layer.outputs + 1), false, layer.matrix(w), a, 1.0);
            let used = (layer.outputs + 1) * n;
            self.bend(&mut next[..used], &mut tape.slopes[l]);
            set_ones(&mut next[..used], layer.outputs);
        }
    }

    /// f, and f′ where it is kept.
    fn bend<T: Real>(&self, values: &mut [T], slopes: &mut [T]) {
        let kept = values.len().min(slopes.len());
        match self.activation {
            Activation::Relu => values.iter_mut().for_each(|x| *x = if *x > T::ZERO { *x } else { T::ZERO }),
            Activation::Tanh if kept == 0 => T::tanh(values),
            Activation::Tanh => T::tanh_slope(values, &mut slopes[..kept]),
            Activation::Softplus => {
                slopes[..kept].copy_from_slice(&values[..kept]);
                T::sigmoid(&mut slopes[..kept]);
                T::softplus(values);
            }
        }
    }

    /// Multiplies by f′ of the hidden layer that feeds layer `l`; n columns.
    fn slope<T: Real>(&self, tape: &Tape<T>, l: usize, values: &mut [T], n: usize) {
        let len = self.layers[l].inputs;
        let known = if self.has_slopes() { &tape.slopes[l - 1] } else { &tape.inputs[l] };
        let columns = values.chunks_exact_mut(len.max(1)).zip(known.chunks_exact(len + 1)).take(n);
        match self.activation {
            Activation::Relu => columns.for_each(|(values, a)| {
                values.iter_mut().zip(a).for_each(|(x, a)| *x = if *a > T::ZERO { *x } else { T::ZERO });
            }),
            Activation::Tanh | Activation::Softplus => columns.for_each(|(values, slope)| {
                values.iter_mut().zip(slope).for_each(|(x, slope)| *x *= *slope);
            }),
        }
    }

    /// Fills all δ from that of the output.
    pub fn backward<T: Real>(&self, w: &[T], tape: &Tape<T>, deltas: &mut Deltas<T>, n: usize) {
        for l in (1..self.layers.len()).rev() {
            let layer = &self.layers[l];
            let (before, after) = deltas.split_at_mut(l);
            let above = view(&after[0], layer.outputs, n);
            let below = &mut before[l - 1][..layer.inputs * n];
            product(view_mut(below, layer.inputs, n), false, layer.weights(w).transpose(), above, 1.0);
            self.slope(tape, l, below, n);
        }
    }

    /// ∂L/∂a of the first layer: W₁ᵀ δ₁.
    pub fn input_delta<T: Real>(&self, w: &[T], deltas: &Deltas<T>, out: &mut [T], n: usize) {
        let layer = &self.layers[0];
        let weights = layer.weights(w).transpose();
        product(view_mut(out, layer.inputs, n), false, weights, view(&deltas[0], layer.outputs, n), 1.0);
    }

    /// scale · Σ δ āᵀ of all layers, in their places of `out`, which is indexed as (θ, φ).
    pub fn gradient<T: Real>(&self, tape: &Tape<T>, deltas: &Deltas<T>, n: usize, scale: f64, out: &mut [T]) {
        for ((layer, a), delta) in self.layers.iter().zip(&tape.inputs).zip(deltas) {
            let (a, delta) = (view(a, layer.inputs + 1, n), view(delta, layer.outputs, n));
            let out = layer.of_mut(out);
            product(view_mut(out, layer.outputs, layer.inputs + 1), false, delta, a.transpose(), scale);
        }
    }

    /// ṙ of all layers along `v`, which is indexed as (θ, φ); the inputs do not move.
    pub fn tangent<T: Real>(&self, w: &[T], v: &[T], tape: &Tape<T>, moved: &mut Deltas<T>, n: usize) {
        for (l, layer) in self.layers.iter().enumerate() {
            let (before, after) = moved.split_at_mut(l);
            let out = &mut after[0][..layer.outputs * n];
            product(view_mut(out, layer.outputs, n), false, layer.matrix(v), view(&tape.inputs[l], layer.inputs + 1, n), 1.0);
            if let Some(inner) = before.last() {
                product(view_mut(out, layer.outputs, n), true, layer.weights(w), view(inner, layer.inputs, n), 1.0);
            }
            if l + 1 < self.layers.len() {
                self.slope(tape, l + 1, out, n);
            }
        }
    }
}

/// Writes the ones below columns of `len` numbers.
fn set_ones<T: Real>(values: &mut [T], len: usize) {
    values.iter_mut().skip(len).step_by(len + 1).for_each(|x| *x = T::ONE);
}

/// The columns a of ā.
pub(crate) fn columns<T: Real>(values: &[T], len: usize, n: usize) -> impl Iterator<Item = &[T]> {
    values.chunks_exact(len + 1).take(n).map(move |column| &column[..len])
}
