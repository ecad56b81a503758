//! Layers and rows of the trained parameters.
//!
//! A model lists its layers by role, with offsets within the role; an optimizer sees those that it trains, with offsets in its own
//! vector, and rows whose places refer to that list.

use crate::error::{Error, Result};
use crate::proxy::Proxy;
use elbow_abi::*;
use std::ffi::c_void;

/// Hands layers on with other offsets.
struct Relay {
    /// What to add to the offset of a generative and of a recognition layer; `None`: the role is not trained.
    shift: [Option<usize>; 2],
    ctx: *mut c_void,
    each: EachLayer,
}

extern "C" fn relay(ctx: *mut c_void, layer: *const ElbowLayer) {
    // SAFETY: `ctx` is the relay on the stack of `Proxy::layers`; the model hands a layer that holds during this call.
    let (relay, layer) = unsafe { (&*ctx.cast::<Relay>(), &*layer) };
    if let Some(shift) = relay.shift[usize::from(layer.role != 0)] {
        (relay.each)(relay.ctx, &ElbowLayer { offset: layer.offset + shift, ..*layer });
    }
}

/// Hands rows on with other places of their layers.
struct Shifted {
    /// What to subtract from the place of a layer.
    shift: usize,
    buffer: Vec<ElbowLayerRows>,
    ctx: *mut c_void,
    each: EachRows,
}

extern "C" fn shifted(ctx: *mut c_void, rows: *const ElbowRows) -> i32 {
    // SAFETY: `ctx` is the relay on the stack of `Proxy::rows`; the model hands rows that hold during this call.
    let (relay, rows) = unsafe { (&mut *ctx.cast::<Shifted>(), &*rows) };
    // SAFETY: as above.
    let layers = unsafe { std::slice::from_raw_parts(rows.layers, rows.n_layers) };
    if layers.iter().any(|layer| layer.layer < relay.shift) {
        return ABI;
    }
    relay.buffer.clear();
    relay.buffer.extend(layers.iter().map(|layer| ElbowLayerRows { layer: layer.layer - relay.shift, ..*layer }));
    (relay.each)(relay.ctx, &ElbowRows { layers: relay.buffer.as_ptr(), ..*rows })
}

extern "C" fn count_generative(ctx: *mut c_void, layer: *const ElbowLayer) {
    // SAFETY: `ctx` is the count in `Proxy::rows`; the model hands a layer that holds during this call.
    unsafe { *ctx.cast::<usize>() += usize::from((*layer).role == 0) };
}

impl Proxy {
    /// How many of the trained parameters are generative.
    pub(crate) fn generative(&self) -> usize {
        if self.task.generative { self.evaluator.model().shape().generative } else { 0 }
    }

    /// Hands on the layers that hold the trained parameters.
    pub(crate) fn layers(&self, ctx: *mut c_void, each: EachLayer) -> Result<()> {
        let trained = self.task();
        let shift = [trained.generative.then_some(0), trained.learned.then_some(self.generative())];
        let mut all = Relay { shift, ctx, each };
        self.evaluator.model().layers((&raw mut all).cast(), relay)
    }

    /// Visits the rows of a metric, as far as its networks are trained and among the parts.
    pub(crate) fn rows(&mut self, kind: u32, estimation: u32, parts: u32, ctx: *mut c_void, each: EachRows) -> Result<()> {
        let mut generative = 0usize;
        self.evaluator.model().layers((&raw mut generative).cast(), count_generative)?;
        if self.task.generative && parts & PART_GENERATIVE != 0 {
            if kind == FISHER_RECOGNITION || kind == FISHER_MIXTURE {
                return Err(Error::new(UNSUPPORTED, "the generative layers have rows of the metrics `joint` and `aggregate`"));
            }
            self.counts.fisher += 1;
            self.evaluator.rows(kind, estimation, ctx, each)?;
        }
        if self.task.learned && parts & PART_RECOGNITION != 0 {
            self.counts.fisher += 1;
            let shift = if self.task.generative { 0 } else { generative };
            let mut relay = Shifted { shift, buffer: std::mem::take(&mut self.row_buffer), ctx, each };
            let done = self.evaluator.rows(FISHER_RECOGNITION, estimation, (&raw mut relay).cast(), shifted);
            self.row_buffer = relay.buffer;
            done?;
        }
        Ok(())
    }
}
