//! A model of a plugin and its evaluators, as safe Rust.

use crate::catalog::Plugin;
use crate::error::{Error, Issue, Result, borrow, call, call_noting, read};
use crate::floating::{changed_by, guarded, judged, observed};
use crate::layers::{Layer, collect};
use crate::services::{HOST, tell};
use crate::stream::Stream;
use crate::value::{Lent, Value};
use elbow_abi::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::Arc;

/// A named block of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Name, as `P(Y|X)`.
    pub name: String,
    /// Whether it belongs to φ.
    pub recognition: bool,
    /// First parameter, within its role.
    pub offset: usize,
    /// Number of parameters.
    pub len: usize,
}

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the open domain.
    Inside,
    /// On its boundary.
    Boundary,
    /// Outside.
    Outside,
}

/// A model. Shared between threads, only read.
#[derive(Debug)]
pub struct Model {
    class: &'static ElbowModelClass,
    /// Id of the plugin.
    id: &'static str,
    fisher: Option<&'static ElbowFisher>,
    table: Option<&'static ElbowTable>,
    layers: Option<&'static ElbowLayers>,
    /// How many layers are generative.
    pub(crate) generative_layers: usize,
    ptr: *mut c_void,
    shape: ElbowShape,
    /// How many quantities it records.
    pub quantities: usize,
    /// What it has to say of its parameters although it accepts them.
    pub notes: Vec<Issue>,
}

// SAFETY: the interface demands that a model's functions may be called concurrently.
unsafe impl Send for Model {}
// SAFETY: as above.
unsafe impl Sync for Model {}

impl Drop for Model {
    fn drop(&mut self) {
        if let Some(destroy) = self.class.destroy {
            // Whoever was last to need it is no cell that could fail.
            if let ((), Some(changed)) = observed(|| destroy(self.ptr)) {
                tell("warning", &changed_by(self.id, changed).to_string());
            }
        }
    }
}

fn missing(what: &str) -> Error {
    Error::new(UNSUPPORTED, format!("the plugin has no {what}"))
}

macro_rules! function {
    ($table:expr, $name:ident) => {
        $table.$name.ok_or_else(|| missing(stringify!($name)))
    };
}

impl Model {
    /// Makes a model with complete, checked parameters.
    ///
    /// # Errors
    /// Every issue that the plugin finds with the parameters, with their paths.
    pub fn new(plugin: &Plugin, parameters: &Value) -> Result<Arc<Self>> {
        // SAFETY: the catalog admits a model's descriptor with a model's table of functions only.
        let (class, id) = (unsafe { &*plugin.raw.class.cast::<ElbowModelClass>() }, plugin.name());
        let (mut lent, mut ptr) = (Lent::default(), null_mut());
        let raw = parameters.lend(&mut lent);
        let create = function!(class, create)?;
        let notes = call_noting(id, |err| create(&raw const HOST, &raw const raw, &raw mut ptr, err))?;
        let mut model = Self {
            class,
            id,
            fisher: None,
            table: None,
            layers: None,
            generative_layers: 0,
            ptr,
            shape: ElbowShape::default(),
            quantities: plugin.quantities.len(),
            notes,
        };
        let shape = function!(class, shape)?;
        call(id, |_| shape(model.ptr, &raw mut model.shape))?;
        let table = |name| class.extension.map_or(null(), |find| guarded(id, || find(borrow(name))));
        // SAFETY: a plugin answers null or the table of the capability with this id, which lives as long as the process.
        unsafe {
            model.fisher = table(CAPABILITY_FISHER).cast::<ElbowFisher>().as_ref();
            model.layers = table(CAPABILITY_LAYERS).cast::<ElbowLayers>().as_ref();
            model.table = table(CAPABILITY_TABLE).cast::<ElbowTable>().as_ref();
        }
        model.generative_layers = model.layers().iter().filter(|layer| !layer.recognition).count();
        judged(Ok(Arc::new(model)))
    }

    /// Sizes.
    pub fn shape(&self) -> ElbowShape {
        self.shape
    }

    /// Whether Fisher matrices are there.
    pub fn has_fisher(&self) -> bool {
        self.fisher.is_some()
    }

    /// Whether tables are there.
    pub fn has_table(&self) -> bool {
        self.table.is_some()
    }

    /// Whether losses and gradients depend on the number of the sample.
    pub fn is_stochastic(&self) -> bool {
        self.shape.flags & SHAPE_STOCHASTIC != 0
    }

    /// The layers that hold the parameters, θ first; none if the model is no network.
    pub fn layers(&self) -> Vec<Layer> {
        let mut layers: Vec<Layer> = Vec::new();
        if let Some(list) = self.layers.and_then(|layers| layers.list) {
            guarded(self.id, || list(self.ptr, (&raw mut layers).cast(), collect));
        }
        layers
    }

    /// Blocks of parameters.
    pub fn blocks(&self) -> Vec<Block> {
        extern "C" fn each(ctx: *mut c_void, block: *const ElbowBlock) {
            // SAFETY: `ctx` is the list below; the plugin hands a block that holds during this call.
            let (blocks, block) = unsafe { (&mut *ctx.cast::<Vec<Block>>(), &*block) };
            // SAFETY: as above.
            let name = unsafe { read(block.name) }.to_owned();
            blocks.push(Block { name, recognition: block.role != 0, offset: block.offset, len: block.len });
        }
        let mut blocks: Vec<Block> = Vec::new();
        if let Some(function) = self.class.blocks {
            guarded(self.id, || function(self.ptr, (&raw mut blocks).cast(), each));
        }
        blocks
    }

    /// Where a point lies in the domain of an objective (`OBJECTIVE_*`); that of the ELBO is the model's own.
    pub fn place(&self, objective: u32, theta: &[f64], phi: &[f64]) -> Place {
        self.check_lengths(theta, phi);
        let (theta, phi) = (theta.as_ptr(), phi.as_ptr());
        match self.class.domain.map(|domain| guarded(self.id, || domain(self.ptr, objective, theta, phi, null()))) {
            Some(INSIDE) => Place::Inside,
            Some(BOUNDARY) => Place::Boundary,
            _ => Place::Outside,
        }
    }

    /// What is wrong with a point that is not inside the model's own domain, naming the parameter.
    pub fn describe_place(&self, theta: &[f64], phi: &[f64]) -> Result<()> {
        self.check_lengths(theta, phi);
        let domain = function!(self.class, domain)?;
        let mut place = OUTSIDE;
        let told = call(self.id, |err| {
            place = domain(self.ptr, OBJECTIVE_ELBO, theta.as_ptr(), phi.as_ptr(), err);
            if place == INSIDE { OK } else { DOMAIN }
        });
        if place == INSIDE { Ok(()) } else { told }
    }

    /// Draws a point from a named distribution.
    pub fn draw(&self, kind: &str, stream: &mut Stream, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
        self.check_lengths(theta, phi);
        let (draw, rng) = (function!(self.class, draw)?, stream.lend());
        call(self.id, |err| draw(self.ptr, borrow(kind), &raw const rng, theta.as_mut_ptr(), phi.as_mut_ptr(), err))
    }

    /// θ from mean parameters.
    pub fn theta_from_mean(&self, mean: &[f64], theta: &mut [f64]) -> Result<()> {
        assert!(mean.len() == self.shape.generative && theta.len() == self.shape.generative, "vectors over θ");
        let from_mean = function!(self.class, from_mean)?;
        call(self.id, |err| from_mean(self.ptr, mean.as_ptr(), theta.as_mut_ptr(), err))
    }

    /// An evaluator of this model, whose minibatches and noise come from streams of this seed.
    pub fn evaluator(self: &Arc<Self>, seed: u64) -> Result<Evaluator> {
        let (function, mut ptr) = (function!(self.class, evaluator)?, null_mut());
        call(self.id, |err| function(self.ptr, seed, &raw mut ptr, err))?;
        Ok(Evaluator { model: Arc::clone(self), ptr })
    }

    fn check_lengths(&self, theta: &[f64], phi: &[f64]) {
        assert!(theta.len() == self.shape.generative && phi.len() == self.shape.recognition, "vectors over θ and φ");
    }
}

/// Evaluates a model at one point at a time. Lengths are checked here, so that a plugin can rely on them.
#[derive(Debug)]
pub struct Evaluator {
    model: Arc<Model>,
    ptr: *mut c_void,
}

// SAFETY: the interface demands that an evaluator may move between threads; `&mut self` keeps its calls apart.
unsafe impl Send for Evaluator {}

impl Drop for Evaluator {
    fn drop(&mut self) {
        if let Some(destroy) = self.model.class.evaluator_destroy {
            guarded(self.model.id, || destroy(self.ptr));
        }
    }
}

impl Evaluator {
    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Moves to a point.
    pub fn move_to(&mut self, theta: &[f64], phi: &[f64], sample: u64) -> Result<()> {
        self.model.check_lengths(theta, phi);
        let place = ElbowPlace { theta: theta.as_ptr(), phi: phi.as_ptr(), sample };
        let function = function!(self.model.class, move_to)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, &raw const place, err))
    }

    /// The loss; `objective` and `recognition` as in `elbow_abi`.
    pub fn loss(&mut self, objective: u32, recognition: u32) -> Result<f64> {
        let (function, mut loss) = (function!(self.model.class, loss)?, f64::NAN);
        call(self.model.id, |err| function(self.model.ptr, self.ptr, objective, recognition, &raw mut loss, err))?;
        Ok(loss)
    }

    /// Its gradient by θ and by φ, where wanted.
    pub fn gradient(&mut self, objective: u32, q: u32, theta: Option<&mut [f64]>, phi: Option<&mut [f64]>) -> Result<()> {
        assert!(theta.as_ref().is_none_or(|theta| theta.len() == self.model.shape.generative), "a vector over θ");
        assert!(phi.as_ref().is_none_or(|phi| phi.len() == self.model.shape.recognition), "a vector over φ");
        let function = function!(self.model.class, gradient)?;
        let theta = theta.map_or(null_mut(), <[f64]>::as_mut_ptr);
        let phi = phi.map_or(null_mut(), <[f64]>::as_mut_ptr);
        call(self.model.id, |err| function(self.model.ptr, self.ptr, objective, q, theta, phi, err))
    }

    /// The quantities that the model records.
    pub fn quantities(&mut self, recognition: u32, out: &mut [f64]) -> Result<()> {
        assert!(out.len() == self.model.quantities, "one place for each quantity");
        let function = function!(self.model.class, metrics)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, recognition, out.as_mut_ptr(), out.len(), err))
    }

    /// Why a quantity has no meaning here, by its place in the model's declaration.
    pub fn undefined(&mut self, recognition: u32, index: usize) -> Option<String> {
        let undefined = self.model.class.undefined?;
        let told = call(self.model.id, |err| undefined(self.model.ptr, self.ptr, recognition, index, err));
        told.err().filter(|error| error.code() == UNDEFINED).map(|error| error.to_string())
    }

    /// F⁺∇L in closed form, by φ for `FISHER_RECOGNITION` and by θ for the others, and the rank of F.
    ///
    /// # Errors
    /// `UNSUPPORTED` if the model knows none.
    pub fn natural_gradient(&mut self, kind: u32, objective: u32, q: u32, out: &mut [f64]) -> Result<usize> {
        assert!(out.len() == self.size(kind), "a vector over θ or φ");
        let (function, mut rank) = (function!(self.fisher_table()?, natural)?, 0);
        let (ptr, len) = (out.as_mut_ptr(), out.len());
        call(self.model.id, |err| function(self.model.ptr, self.ptr, kind, objective, q, ptr, len, &raw mut rank, err))?;
        Ok(rank)
    }

    fn size(&self, kind: u32) -> usize {
        if kind == FISHER_RECOGNITION { self.model.shape.recognition } else { self.model.shape.generative }
    }

    fn fisher_table(&self) -> Result<&'static ElbowFisher> {
        self.model.fisher.ok_or_else(|| missing("Fisher matrices"))
    }

    /// A Fisher matrix (`FISHER_JOINT`, `_VISIBLE`, `_RECOGNITION`), both triangles.
    pub fn fisher(&mut self, kind: u32, out: &mut [f64]) -> Result<()> {
        let n = self.size(kind);
        assert!(out.len() == n * n, "a square matrix over θ or φ");
        let function = function!(self.fisher_table()?, dense)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, kind, out.as_mut_ptr(), n, err))
    }

    /// Its diagonal.
    pub fn fisher_diagonal(&mut self, kind: u32, out: &mut [f64]) -> Result<()> {
        assert!(out.len() == self.size(kind), "a vector over θ or φ");
        let function = function!(self.fisher_table()?, diagonal)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, kind, out.as_mut_ptr(), out.len(), err))
    }

    /// Its product with a vector.
    pub fn fisher_product(&mut self, kind: u32, vector: &[f64], out: &mut [f64]) -> Result<()> {
        assert!(out.len() == self.size(kind) && vector.len() == out.len(), "vectors over θ or φ");
        let function = function!(self.fisher_table()?, product)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, kind, vector.as_ptr(), out.as_mut_ptr(), out.len(), err))
    }

    /// Visits the rows of a Fisher matrix.
    pub(crate) fn rows(&mut self, kind: u32, estimation: u32, ctx: *mut c_void, each: EachRows) -> Result<()> {
        let function = function!(self.model.layers.ok_or_else(|| missing("layers"))?, rows)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, kind, estimation, ctx, each, err))
    }

    fn table(&self) -> Result<&'static ElbowTable> {
        self.model.table.ok_or_else(|| missing("tables"))
    }

    fn states(&self) -> usize {
        self.model.shape.visible_states * self.model.shape.hidden_states
    }

    /// p_θ(v, h).
    pub fn joint_table(&mut self, out: &mut [f64]) -> Result<()> {
        assert!(out.len() == self.states(), "one place for each joint state");
        let function = function!(self.table()?, joint)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, out.as_mut_ptr(), out.len(), err))
    }

    /// p*(v).
    pub fn target_table(&mut self, out: &mut [f64]) -> Result<()> {
        assert!(out.len() == self.model.shape.visible_states, "one place for each visible state");
        let function = function!(self.table()?, target)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, out.as_mut_ptr(), out.len(), err))
    }

    /// q(h|v).
    pub fn recognition_table(&mut self, q: u32, out: &mut [f64]) -> Result<()> {
        assert!(out.len() == self.states(), "one place for each joint state");
        let function = function!(self.table()?, recognition)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, q, out.as_mut_ptr(), out.len(), err))
    }

    /// ∇_θ log p_θ(v, h), a row for each joint state.
    pub fn scores(&mut self, out: &mut [f64]) -> Result<()> {
        assert!(out.len() == self.states() * self.model.shape.generative, "a row for each joint state");
        let function = function!(self.table()?, scores)?;
        call(self.model.id, |err| function(self.model.ptr, self.ptr, out.as_mut_ptr(), out.len(), err))
    }
}
