//! Layers and rows of the trained parameters.
//!
//! A model lists its layers by role, with offsets within the role; an optimizer sees those that it trains, with offsets in its own
//! vector, and rows whose places refer to that list.

use crate::error::{Error, Result, borrow, read};
use crate::floating::{at_home, charge, observed};
use crate::model::{Block, Model};
use crate::proxy::{Proxy, Task};
use elbow_abi::*;
use std::ffi::c_void;

/// A layer of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Name, as `decoder.1`.
    pub name: String,
    /// Whether it belongs to φ.
    pub recognition: bool,
    /// First parameter, within its role.
    pub offset: usize,
    /// Number of inputs, without the 1.
    pub inputs: usize,
    /// Number of units.
    pub outputs: usize,
}

/// What an optimizer is built for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Number of trained parameters.
    pub dimension: usize,
    /// How many of them, the first, are generative.
    pub generative: usize,
    /// Whether losses, gradients and Fisher matrices are estimates from samples.
    pub stochastic: bool,
    /// The layers that hold them, with offsets among them; none if the model is no network.
    pub layers: Vec<Layer>,
    /// The blocks of parameters that the model names, with offsets among those that are trained.
    pub blocks: Vec<Block>,
}

impl Problem {
    /// The problem of a task on a model.
    pub fn new(model: &Model, task: Task) -> Self {
        let shape = model.shape();
        let generative = if task.generative { shape.generative } else { 0 };
        let dimension = generative + if task.learned { shape.recognition } else { 0 };
        let trained = |layer: &Layer| if layer.recognition { task.learned } else { task.generative };
        let mut layers: Vec<Layer> = model.layers().into_iter().filter(trained).collect();
        layers.iter_mut().filter(|layer| layer.recognition).for_each(|layer| layer.offset += generative);
        let mut blocks = model.blocks();
        blocks.retain(|block| if block.recognition { task.learned } else { task.generative });
        blocks.iter_mut().filter(|block| block.recognition).for_each(|block| block.offset += generative);
        Self { dimension, generative, stochastic: model.is_stochastic(), layers, blocks }
    }

    /// Lends the problem to a plugin.
    pub(crate) fn lend<T>(&self, body: impl FnOnce(&ElbowProblem) -> T) -> T {
        let raw = |layer: &Layer| ElbowLayer {
            name: borrow(&layer.name),
            role: u32::from(layer.recognition),
            reserved: 0,
            offset: layer.offset,
            inputs: layer.inputs,
            outputs: layer.outputs,
        };
        let layers: Vec<ElbowLayer> = self.layers.iter().map(raw).collect();
        let raw = |Block { name, recognition, offset, len }: &Block| {
            let (name, role) = (borrow(name), u32::from(*recognition));
            ElbowBlock { name, role, reserved: 0, offset: *offset, len: *len }
        };
        let blocks: Vec<ElbowBlock> = self.blocks.iter().map(raw).collect();
        body(&ElbowProblem {
            struct_size: size_of::<ElbowProblem>() as u32,
            flags: if self.stochastic { SHAPE_STOCHASTIC } else { 0 },
            dimension: self.dimension,
            generative: self.generative,
            layers: layers.as_ptr(),
            n_layers: layers.len(),
            blocks: blocks.as_ptr(),
            n_blocks: blocks.len(),
        })
    }
}

pub(crate) extern "C" fn collect(ctx: *mut c_void, layer: *const ElbowLayer) {
    // SAFETY: `ctx` is the list of `Model::new`; the model hands a layer that holds during this call.
    let (layers, layer) = unsafe { (&mut *ctx.cast::<Vec<Layer>>(), &*layer) };
    // SAFETY: as above.
    let name = unsafe { read(layer.name) }.to_owned();
    let (offset, inputs, outputs) = (layer.offset, layer.inputs, layer.outputs);
    layers.push(Layer { name, recognition: layer.role != 0, offset, inputs, outputs });
}

/// Hands a model's rows on to an optimizer, with other places of their layers.
struct Relay {
    /// What to subtract from the place of a layer.
    shift: usize,
    buffer: Vec<ElbowLayerRows>,
    ctx: *mut c_void,
    each: EachRows,
    /// What the optimizer changed of the floating-point environment, while the model was in a call.
    changed: u64,
}

extern "C" fn hand_on(ctx: *mut c_void, rows: *const ElbowRows) -> i32 {
    // SAFETY: `ctx` is the relay on the stack of `Proxy::rows`; the model hands rows that hold during this call.
    let (relay, rows) = unsafe { (&mut *ctx.cast::<Relay>(), &*rows) };
    // SAFETY: as above.
    let layers = unsafe { std::slice::from_raw_parts(rows.layers, rows.n_layers) };
    if layers.iter().any(|layer| layer.layer < relay.shift) {
        return ABI;
    }
    relay.buffer.clear();
    relay.buffer.extend(layers.iter().map(|layer| ElbowLayerRows { layer: layer.layer - relay.shift, ..*layer }));
    let rows = ElbowRows { layers: relay.buffer.as_ptr(), ..*rows };
    // What the model has changed by now is not the optimizer's.
    let (status, changed) = at_home(|| observed(|| (relay.each)(relay.ctx, &rows)));
    relay.changed |= changed.unwrap_or_default().bits();
    status
}

impl Proxy {
    /// Visits the rows of a metric, as far as its networks are trained and among the parts.
    pub(crate) fn rows(&mut self, kind: u32, estimation: u32, parts: u32, ctx: *mut c_void, each: EachRows) -> Result<()> {
        if self.task.generative && parts & PART_GENERATIVE != 0 {
            if kind == FISHER_RECOGNITION || kind == FISHER_MIXTURE {
                return Err(Error::new(UNSUPPORTED, "the generative layers have rows of the metrics `joint` and `aggregate`"));
            }
            self.visit(kind, estimation, 0, ctx, each)?;
        }
        if self.task.learned && parts & PART_RECOGNITION != 0 {
            let shift = if self.task.generative { 0 } else { self.evaluator.model().generative_layers };
            self.visit(FISHER_RECOGNITION, estimation, shift, ctx, each)?;
        }
        Ok(())
    }

    fn visit(&mut self, kind: u32, estimation: u32, shift: usize, ctx: *mut c_void, each: EachRows) -> Result<()> {
        self.counts.fisher += 1;
        let mut relay = Relay { shift, buffer: std::mem::take(&mut self.row_buffer), ctx, each, changed: 0 };
        let done = self.evaluator.rows(kind, estimation, (&raw mut relay).cast(), hand_on);
        self.row_buffer = relay.buffer;
        charge(relay.changed);
        done
    }
}
