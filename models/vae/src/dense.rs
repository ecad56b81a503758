//! Whole Fisher matrices of small networks: summed from exact rows, or column by column where there are products alone.

use crate::engine::Engine;
use crate::model::Vae;
use crate::real::{Real, product, view, view_mut};
use elbow_sdk::{Estimation, Fisher, Layer, LayerRows, Model, Result, Rows};

/// Rows that are summed at once.
const AT_ONCE: usize = 64;

impl<T: Real> Engine<T> {
    /// P × P, both triangles.
    pub fn fisher(&mut self, model: &Vae, kind: Fisher, out: &mut [f64]) -> Result<()> {
        let p = out.len().isqrt();
        if kind == Fisher::Visible {
            let mut unit = vec![0.0; p];
            for (k, column) in out.chunks_exact_mut(p).enumerate() {
                unit[k] = 1.0;
                self.fisher_product(model, kind, &unit, column)?;
                unit[k] = 0.0;
            }
        } else {
            let (layers, mut scores) = (model.layers(), vec![0.0; p * AT_ONCE]);
            out.fill(0.0);
            self.visit(model, kind, Estimation::Exact, &mut |rows| {
                for first in (0..rows.count).step_by(AT_ONCE) {
                    let n = AT_ONCE.min(rows.count - first);
                    scores.chunks_exact_mut(p).take(n).enumerate().for_each(|(k, s)| score(rows, first + k, &layers, s));
                    let s = view(&scores, p, n);
                    product(view_mut(out, p, p), true, s, s.transpose(), rows.weight);
                }
                Ok(())
            })?;
        }
        // The two triangles agree to rounding; they shall agree to the bit.
        for j in 0..p {
            (0..j).for_each(|i| out[j * p + i] = out[i * p + j]);
        }
        Ok(())
    }
}

/// The score of one row: vec(δ āᵀ) of each layer.
fn score(rows: &Rows<'_>, r: usize, layers: &[Layer], out: &mut [f64]) {
    for LayerRows { layer, inputs, deltas } in rows.layers {
        let layer = &layers[*layer];
        let (ins, outs) = (layer.inputs + 1, layer.outputs);
        for (j, column) in layer.of_mut(out).chunks_exact_mut(outs).enumerate() {
            let a = inputs.at(r * ins + j);
            column.iter_mut().enumerate().for_each(|(i, s)| *s = deltas.at(r * outs + i) * a);
        }
    }
}
