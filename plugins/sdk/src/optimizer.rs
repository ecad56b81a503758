//! The trait of an optimizer, and the functions through which the host reaches it.

use crate::about::About;
use crate::error::{Code, Error, Result};
use crate::guard::guard;
use crate::host::Host;
use crate::layers::Layer;
use crate::parameter::Parameter;
use crate::point::Point;
use crate::state::State;
use crate::value::Value;
use elbow_abi::*;
use std::ffi::c_void;
use std::ops::Range;

/// What an optimizer is built for.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The host.
    pub host: Host,
    /// P, the number of parameters that are optimized.
    pub dimension: usize,
    /// How many of them, the first, are generative (θ); the others are φ.
    pub generative: usize,
    /// Whether losses, gradients and Fisher matrices are estimates from samples.
    pub stochastic: bool,
    /// The layers that hold them, in their order; none if the model is no network.
    pub layers: Vec<Layer>,
    /// The blocks of parameters that the model names, as ranges of those that are optimized.
    pub blocks: Vec<Range<usize>>,
}

/// # Safety
/// `raw` must be a host's problem.
unsafe fn setup(host: Host, raw: &ElbowProblem) -> Setup {
    // SAFETY: the caller's contract.
    let layers = if raw.n_layers == 0 { &[] } else { unsafe { std::slice::from_raw_parts(raw.layers, raw.n_layers) } };
    // SAFETY: as above.
    let layers = layers.iter().map(|layer| unsafe { Layer::read(layer) }).collect();
    // SAFETY: as above.
    let blocks = if raw.n_blocks == 0 { &[] } else { unsafe { std::slice::from_raw_parts(raw.blocks, raw.n_blocks) } };
    let blocks = blocks.iter().map(|block| block.offset..block.offset + block.len).collect();
    let stochastic = raw.flags & SHAPE_STOCHASTIC != 0;
    Setup { host, dimension: raw.dimension, generative: raw.generative, stochastic, layers, blocks }
}

/// Turns evaluations at a point into a step that lowers the loss.
pub trait Optimizer: Sized + Send + 'static {
    /// Id, text, needs.
    const ABOUT: About;
    /// Declared with [`crate::parameters!`].
    type Parameters: Parameter;

    /// An optimizer at its start; reports what is wrong with parameters taken together.
    fn new(setup: &Setup, parameters: Self::Parameters) -> Result<Self>;

    /// One step: evaluates at the point and proposes a new one. An optimizer that is at its end says so with
    /// [`Error::converged`] or [`Error::stalled`].
    fn step(&mut self, at: &mut Point<'_>) -> Result<()>;

    /// Visits everything that the following steps depend on. Nothing, if a step depends on the point alone.
    fn state(&mut self, _state: &mut State<'_>) -> Result<()> {
        Ok(())
    }
}

/// The table of functions of an optimizer.
pub(crate) fn class<T: Optimizer>() -> ElbowOptimizerClass {
    ElbowOptimizerClass {
        struct_size: size_of::<ElbowOptimizerClass>() as u32,
        create: Some(create::<T>),
        destroy: Some(destroy::<T>),
        step: Some(step::<T>),
        save: Some(save::<T>),
        load: Some(load::<T>),
    }
}

extern "C" fn create<T: Optimizer>(
    host: *const ElbowHost,
    params: *const ElbowValue,
    problem: *const ElbowProblem,
    out: *mut *mut c_void,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host and the tree of parameters are the caller's; the host lives as long as the process.
        let (host, params) = unsafe { (Host::new(host), Value::new(&*params)) };
        // SAFETY: as above.
        let setup = unsafe { setup(host, &*problem) };
        let optimizer = T::new(&setup, T::Parameters::read(params)?)?;
        // SAFETY: `out` takes the instance, which `destroy` takes back.
        unsafe { *out = Box::into_raw(Box::new(optimizer)).cast() };
        Ok(())
    })
}

extern "C" fn destroy<T: Optimizer>(optimizer: *mut c_void) {
    guard(std::ptr::null(), || {
        // SAFETY: made by `create`, destroyed once.
        drop(unsafe { Box::from_raw(optimizer.cast::<T>()) });
        Ok(())
    });
}

extern "C" fn step<T: Optimizer>(optimizer: *mut c_void, point: *const ElbowPoint, err: *const ElbowErr) -> i32 {
    guard(err, || {
        // SAFETY: made by `create`, called by one thread at a time; the point holds during the call.
        let (optimizer, mut point) = unsafe { (&mut *optimizer.cast::<T>(), Point::new(&*point)) };
        optimizer.step(&mut point)
    })
}

extern "C" fn save<T: Optimizer>(optimizer: *mut c_void, sink: *const ElbowSink, err: *const ElbowErr) -> i32 {
    guard(err, || {
        // SAFETY: made by `create`, called by one thread at a time.
        let optimizer = unsafe { &mut *optimizer.cast::<T>() };
        let mut bytes = Vec::new();
        optimizer.state(&mut State::saving(&mut bytes))?;
        // SAFETY: the caller's sink holds during the call.
        unsafe { ((*sink).write)((*sink).ctx, bytes.as_ptr(), bytes.len()) };
        Ok(())
    })
}

extern "C" fn load<T: Optimizer>(optimizer: *mut c_void, ptr: *const u8, len: usize, err: *const ElbowErr) -> i32 {
    guard(err, || {
        if ptr.is_null() {
            return Err(Error::new(Code::BadState, "no bytes"));
        }
        // SAFETY: made by `create`, called by one thread at a time; the caller's bytes hold during the call.
        let (optimizer, bytes) = unsafe { (&mut *optimizer.cast::<T>(), std::slice::from_raw_parts(ptr, len)) };
        let mut state = State::loading(bytes);
        optimizer.state(&mut state)?;
        state.finish()
    })
}
