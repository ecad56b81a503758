//! Fisher matrices of a network, summed from its exact rows: F = Σ_batches w Σ_r s_r s_rᵀ, s_r = (vec(δ ā_rᵀ))_layers.

use crate::dense::{Dense, View};
use crate::error::{Code, Error, Result};
use crate::layers::{Estimation, Layer, LayerRows, Numbers, Precision, Rows};
use crate::model::{Fisher, Model};

/// The layers that a kind of Fisher matrix is about, with their places in the model's list.
fn layers<T: Model>(model: &T, kind: Fisher) -> Result<Vec<Layer>> {
    let layers = model.layers();
    let recognition = kind == Fisher::Recognition;
    if layers.iter().any(|layer| layer.recognition == recognition) {
        return Ok(layers);
    }
    Err(Error::new(Code::Unsupported, "this model has no such Fisher matrix"))
}

/// The scores of some rows, P numbers each, into a matrix of P × rows.
fn scores(rows: &Rows<'_>, range: std::ops::Range<usize>, layers: &[Layer], p: usize, out: &mut Dense) {
    let mut values = vec![0.0; p * range.len()];
    for LayerRows { layer, inputs, deltas } in rows.layers {
        let layer = &layers[*layer];
        let (ins, outs) = (layer.inputs + 1, layer.outputs);
        for (k, r) in range.clone().enumerate() {
            let part = layer.of_mut(&mut values[k * p..(k + 1) * p]);
            for (j, column) in part.chunks_exact_mut(outs).enumerate() {
                let a = inputs.at(r * ins + j);
                column.iter_mut().enumerate().for_each(|(i, s)| *s = deltas.at(r * outs + i) * a);
            }
        }
    }
    out.set(p, Numbers::Double(&values), |_, x| x);
}

/// The dense matrix.
pub(crate) fn fisher<T: Model>(model: &T, at: &mut T::Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
    const AT_ONCE: usize = 64;
    let (layers, linear) = (layers(model, kind)?, model.host().linear());
    let p = out.len().isqrt();
    let (mut sum, mut part) = (Dense::zeros(Precision::Double, p, p), Dense::zeros(Precision::Double, 0, 0));
    model.rows(at, kind, Estimation::Exact, &mut |rows| {
        for start in (0..rows.count).step_by(AT_ONCE) {
            scores(rows, start..rows.count.min(start + AT_ONCE), &layers, p, &mut part);
            linear.gram(View::from(&part), rows.weight, 1.0, &mut sum)?;
        }
        Ok(())
    })?;
    sum.copy_to(out);
    (0..p).for_each(|j| (0..j).for_each(|i| out[j * p + i] = out[i * p + j]));
    Ok(())
}

/// Its diagonal, Σ w δ_i² ā_j².
pub(crate) fn diagonal<T: Model>(model: &T, at: &mut T::Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
    let (layers, linear) = (layers(model, kind)?, model.host().linear());
    out.fill(0.0);
    let mut squares = [0, 1].map(|_| Dense::zeros(Precision::Double, 0, 0));
    model.rows(at, kind, Estimation::Exact, &mut |rows| {
        for LayerRows { layer, inputs, deltas } in rows.layers {
            let layer = &layers[*layer];
            squares[0].set(layer.outputs, *deltas, |_, x| x * x);
            squares[1].set(layer.inputs + 1, *inputs, |_, x| x * x);
            let mut sum = Dense::zeros(deltas.precision(), layer.outputs, layer.inputs + 1);
            linear.product(View::from(&squares[0]), View::from(&squares[1]).t(), rows.weight, 0.0, &mut sum)?;
            let numbers = sum.numbers();
            layer.of_mut(out).iter_mut().enumerate().for_each(|(k, out)| *out += numbers.at(k));
        }
        Ok(())
    })
}

/// Its product with a vector, Σ w (s_rᵀ v) s_r.
pub(crate) fn product<T: Model>(model: &T, at: &mut T::Evaluator, kind: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
    let (layers, linear) = (layers(model, kind)?, model.host().linear());
    out.fill(0.0);
    model.rows(at, kind, Estimation::Exact, &mut |rows| {
        let mut along = vec![0.0; rows.count];
        for LayerRows { layer, inputs, deltas } in rows.layers {
            let (layer, precision) = (&layers[*layer], deltas.precision());
            let mut v = Dense::zeros(precision, layer.outputs, layer.inputs + 1);
            v.copy_from(layer.of(vector));
            let mut mapped = Dense::zeros(precision, layer.outputs, rows.count);
            linear.product(View::from(&v), View::new(*inputs, layer.inputs + 1), 1.0, 0.0, &mut mapped)?;
            for (r, along) in along.iter_mut().enumerate() {
                *along += (0..layer.outputs).map(|i| deltas.at(r * layer.outputs + i) * mapped.at(i, r)).sum::<f64>();
            }
        }
        let mut scaled = Dense::zeros(Precision::Double, 0, 0);
        for LayerRows { layer, inputs, deltas } in rows.layers {
            let layer = &layers[*layer];
            scaled.set(layer.outputs, *deltas, |k, x| x * along[k / layer.outputs]);
            let mut sum = Dense::zeros(deltas.precision(), layer.outputs, layer.inputs + 1);
            linear.product(View::from(&scaled), View::new(*inputs, layer.inputs + 1).t(), rows.weight, 0.0, &mut sum)?;
            let numbers = sum.numbers();
            layer.of_mut(out).iter_mut().enumerate().for_each(|(k, out)| *out += numbers.at(k));
        }
        Ok(())
    })
}
