//! The functions through which the host reaches a model.

use crate::about::Capability;
use crate::error::{Code, Error, Result};
use crate::guard::{guard, note};
use crate::host::Host;
use crate::layers::{self, Estimation, Layer};
use crate::model::{Domain, Fisher, Model, ModelSetup, Objective, Recognition};
use crate::parameter::Parameter;
use crate::rng::Rng;
use crate::text;
use crate::value::Value;
use elbow_abi::*;
use std::ffi::c_void;
use std::ptr::null;

/// The table of functions of a model.
pub(crate) fn class<T: Model>() -> ElbowModelClass {
    ElbowModelClass {
        struct_size: size_of::<ElbowModelClass>() as u32,
        create: Some(create::<T>),
        destroy: Some(destroy::<T>),
        shape: Some(shape::<T>),
        blocks: Some(blocks::<T>),
        domain: Some(domain::<T>),
        draw: Some(draw::<T>),
        from_mean: Some(from_mean::<T>),
        evaluator: Some(evaluator::<T>),
        evaluator_destroy: Some(evaluator_destroy::<T>),
        move_to: Some(move_to::<T>),
        loss: Some(loss::<T>),
        gradient: Some(gradient::<T>),
        metrics: Some(quantities::<T>),
        extension: Some(extension::<T>),
        undefined: Some(undefined::<T>),
    }
}

trait Tables: Model {
    const FISHER: ElbowFisher = ElbowFisher {
        struct_size: size_of::<ElbowFisher>() as u32,
        dense: Some(fisher::<Self>),
        diagonal: Some(fisher_diagonal::<Self>),
        product: Some(fisher_product::<Self>),
        natural: Some(natural::<Self>),
    };
    const LAYERS: ElbowLayers =
        ElbowLayers { struct_size: size_of::<ElbowLayers>() as u32, list: Some(list_layers::<Self>), rows: Some(rows::<Self>) };
    const TABLE: ElbowTable = ElbowTable {
        struct_size: size_of::<ElbowTable>() as u32,
        joint: Some(joint::<Self>),
        target: Some(target::<Self>),
        recognition: Some(recognition::<Self>),
        scores: Some(scores::<Self>),
    };
}
impl<T: Model> Tables for T {}

extern "C" fn extension<T: Model>(id: ElbowStr) -> *const c_void {
    // SAFETY: the host's text holds during the call.
    let id = unsafe { text::read(id) };
    match T::ABOUT.capabilities.iter().find(|capability| capability.id() == id) {
        Some(Capability::Fisher) => (&raw const *const { &T::FISHER }).cast(),
        Some(Capability::Table) => (&raw const *const { &T::TABLE }).cast(),
        Some(Capability::Layers) => (&raw const *const { &T::LAYERS }).cast(),
        _ => null(),
    }
}

extern "C" fn list_layers<T: Model>(ptr: *const c_void, ctx: *mut c_void, each: EachLayer) -> i32 {
    guard(null(), || {
        // SAFETY: the host hands the model.
        for layer in unsafe { model::<T>(ptr) }.layers() {
            let Layer { name, recognition, offset, inputs, outputs } = layer;
            let (name, role) = (text::borrow(&name), u32::from(recognition));
            each(ctx, &ElbowLayer { name, role, reserved: 0, offset, inputs, outputs });
        }
        Ok(())
    })
}

extern "C" fn rows<T: Model>(
    ptr: *const c_void,
    at: *mut c_void,
    kind: u32,
    estimation: u32,
    ctx: *mut c_void,
    each: EachRows,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model and its evaluator.
        let (model, at) = unsafe { both::<T>(ptr, at) };
        let estimation = Estimation::of(estimation).ok_or_else(|| unknown("estimation"))?;
        model.rows(at, fisher_of(kind)?, estimation, &mut |rows| match layers::lend(rows, |raw| each(ctx, raw)) {
            OK => Ok(()),
            status => Err(Error::new(Code::of(status), "the visit of rows was ended")),
        })
    })
}

extern "C" fn create<T: Model>(
    host: *const ElbowHost,
    params: *const ElbowValue,
    out: *mut *mut c_void,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host and the tree of parameters are the caller's; the host lives as long as the process.
        let (host, params) = unsafe { (Host::new(host), Value::new(&*params)) };
        let setup = ModelSetup::new(host);
        let model = T::new(&setup, T::Parameters::read(params)?)?;
        note(err, &setup.notes());
        // SAFETY: `out` takes the instance, which `destroy` takes back.
        unsafe { *out = Box::into_raw(Box::new(model)).cast() };
        Ok(())
    })
}

extern "C" fn destroy<T: Model>(model: *mut c_void) {
    guard(null(), || {
        // SAFETY: made by `create`, destroyed once.
        drop(unsafe { Box::from_raw(model.cast::<T>()) });
        Ok(())
    });
}

/// # Safety
/// `model` must come from `create::<T>`.
unsafe fn model<'a, T>(model: *const c_void) -> &'a T {
    // SAFETY: the caller's contract; a model is only read.
    unsafe { &*model.cast::<T>() }
}

/// # Safety
/// As [`model`]; `evaluator` must come from `evaluator::<T>` and be in no other call.
unsafe fn both<'a, T: Model>(model: *const c_void, evaluator: *mut c_void) -> (&'a T, &'a mut T::Evaluator) {
    // SAFETY: the caller's contract.
    unsafe { (&*model.cast::<T>(), &mut *evaluator.cast::<T::Evaluator>()) }
}

/// # Safety
/// `ptr` must have `len` elements, or `len` be 0.
unsafe fn slice<'a>(ptr: *const f64, len: usize) -> &'a [f64] {
    // SAFETY: the caller's contract.
    if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(ptr, len) } }
}

/// # Safety
/// `ptr` must have `len` elements that nobody else uses, or `len` be 0.
unsafe fn slice_mut<'a>(ptr: *mut f64, len: usize) -> &'a mut [f64] {
    // SAFETY: the caller's contract.
    if len == 0 { &mut [] } else { unsafe { std::slice::from_raw_parts_mut(ptr, len) } }
}

extern "C" fn shape<T: Model>(ptr: *const c_void, out: *mut ElbowShape) -> i32 {
    guard(null(), || {
        // SAFETY: the host hands the model and a place for the answer.
        let (shape, out) = unsafe { (model::<T>(ptr).shape(), &mut *out) };
        let bit = |has: bool, which: u32| u32::from(has) << which;
        *out = ElbowShape {
            generative: shape.generative,
            recognition: shape.recognition,
            visible_states: shape.visible_states,
            hidden_states: shape.hidden_states,
            recognitions: bit(shape.has_fixed, RECOGNITION_FIXED)
                | bit(shape.has_exact, RECOGNITION_EXACT)
                | bit(shape.recognition > 0, RECOGNITION_LEARNED),
            flags: if shape.stochastic { SHAPE_STOCHASTIC } else { 0 },
        };
        Ok(())
    })
}

extern "C" fn blocks<T: Model>(ptr: *const c_void, ctx: *mut c_void, each: extern "C" fn(*mut c_void, *const ElbowBlock)) -> i32 {
    guard(null(), || {
        let mut offsets = [0, 0];
        // SAFETY: the host hands the model.
        for block in unsafe { model::<T>(ptr) }.blocks() {
            let role = usize::from(block.recognition);
            let (name, len) = (text::borrow(&block.name), block.len);
            each(ctx, &ElbowBlock { name, role: role as u32, reserved: 0, offset: offsets[role], len });
            offsets[role] += len;
        }
        Ok(())
    })
}

extern "C" fn domain<T: Model>(ptr: *const c_void, o: u32, theta: *const f64, phi: *const f64, err: *const ElbowErr) -> i32 {
    let mut place = OUTSIDE;
    guard(err, || {
        // SAFETY: the host hands the model and vectors of its sizes.
        let (model, shape) = unsafe { (model::<T>(ptr), model::<T>(ptr).shape()) };
        // SAFETY: as above.
        let (theta, phi) = unsafe { (slice(theta, shape.generative), slice(phi, shape.recognition)) };
        let (parameter, what) = match model.domain(theta, phi) {
            Domain::Inside => {
                place = INSIDE;
                return Ok(());
            }
            Domain::Boundary { parameter } => {
                place = BOUNDARY;
                (parameter, "on the boundary of")
            }
            Domain::Outside { .. } if o == OBJECTIVE_EVIDENCE && model.has_evidence(theta) => {
                place = INSIDE;
                return Ok(());
            }
            Domain::Outside { parameter } => (parameter, "outside"),
        };
        if err.is_null() {
            return Ok(());
        }
        let value = theta.iter().chain(phi).nth(parameter).copied().unwrap_or(f64::NAN);
        Err(Error::parameter(format!("[{parameter}]"), format!("parameter[{parameter}] = {value} is {what} the domain")))
    });
    place
}

extern "C" fn draw<T: Model>(
    ptr: *const c_void,
    kind: ElbowStr,
    rng: *const ElbowRng,
    theta: *mut f64,
    phi: *mut f64,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, text, a stream and vectors of the model's sizes.
        let (model, kind, mut words) = unsafe { (model::<T>(ptr), text::read(kind), Rng::words(rng)) };
        let shape = model.shape();
        // SAFETY: as above.
        let (theta, phi) = unsafe { (slice_mut(theta, shape.generative), slice_mut(phi, shape.recognition)) };
        model.draw(kind, &mut Rng::new(&mut words), theta, phi)
    })
}

extern "C" fn from_mean<T: Model>(ptr: *const c_void, mean: *const f64, theta: *mut f64, err: *const ElbowErr) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model and vectors of its size.
        let model = unsafe { model::<T>(ptr) };
        let n = model.shape().generative;
        // SAFETY: as above.
        unsafe { model.mean_to_theta(slice(mean, n), slice_mut(theta, n)) }
    })
}

extern "C" fn evaluator<T: Model>(ptr: *const c_void, seed: u64, out: *mut *mut c_void, err: *const ElbowErr) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model and a place for the evaluator, which `evaluator_destroy` takes back.
        unsafe { *out = Box::into_raw(Box::new(model::<T>(ptr).evaluator(seed))).cast() };
        Ok(())
    })
}

extern "C" fn evaluator_destroy<T: Model>(evaluator: *mut c_void) {
    guard(null(), || {
        // SAFETY: made by `evaluator`, destroyed once.
        drop(unsafe { Box::from_raw(evaluator.cast::<T::Evaluator>()) });
        Ok(())
    });
}

extern "C" fn move_to<T: Model>(ptr: *const c_void, at: *mut c_void, place: *const ElbowPlace, err: *const ElbowErr) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator and vectors of the model's sizes.
        let ((model, at), place) = unsafe { (both::<T>(ptr, at), &*place) };
        let shape = model.shape();
        // SAFETY: as above.
        let (theta, phi) = unsafe { (slice(place.theta, shape.generative), slice(place.phi, shape.recognition)) };
        model.move_to(at, theta, phi, place.sample)
    })
}

fn objective(raw: u32) -> Result<Objective> {
    match raw {
        OBJECTIVE_ELBO => Ok(Objective::Elbo),
        OBJECTIVE_EVIDENCE => Ok(Objective::Evidence),
        _ => Err(unknown("objective")),
    }
}

fn recognition_of(raw: u32) -> Result<Recognition> {
    match raw {
        RECOGNITION_FIXED => Ok(Recognition::Fixed),
        RECOGNITION_EXACT => Ok(Recognition::Exact),
        RECOGNITION_LEARNED => Ok(Recognition::Learned),
        _ => Err(unknown("recognition")),
    }
}

fn fisher_of(raw: u32) -> Result<Fisher> {
    match raw {
        FISHER_JOINT => Ok(Fisher::Joint),
        FISHER_VISIBLE => Ok(Fisher::Visible),
        FISHER_RECOGNITION => Ok(Fisher::Recognition),
        FISHER_AGGREGATE => Ok(Fisher::Aggregate),
        _ => Err(unknown("Fisher matrix")),
    }
}

fn unknown(what: &str) -> Error {
    Error::new(Code::Abi, format!("unknown {what}"))
}

extern "C" fn loss<T: Model>(ptr: *const c_void, at: *mut c_void, o: u32, q: u32, out: *mut f64, err: *const ElbowErr) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator and a place for the answer.
        let (model, at) = unsafe { both::<T>(ptr, at) };
        let loss = model.loss(at, objective(o)?, recognition_of(q)?)?;
        // SAFETY: as above.
        unsafe { *out = loss };
        Ok(())
    })
}

extern "C" fn gradient<T: Model>(
    ptr: *const c_void,
    at: *mut c_void,
    o: u32,
    q: u32,
    theta: *mut f64,
    phi: *mut f64,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator, and null or vectors of the model's sizes.
        let (model, at) = unsafe { both::<T>(ptr, at) };
        let shape = model.shape();
        if !theta.is_null() {
            // SAFETY: as above.
            model.gradient(at, objective(o)?, recognition_of(q)?, unsafe { slice_mut(theta, shape.generative) })?;
        }
        // SAFETY: as above.
        if phi.is_null() { Ok(()) } else { model.recognition_gradient(at, unsafe { slice_mut(phi, shape.recognition) }) }
    })
}

extern "C" fn quantities<T: Model>(
    ptr: *const c_void,
    at: *mut c_void,
    q: u32,
    out: *mut f64,
    n: usize,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator and n places.
        let ((model, at), out) = unsafe { (both::<T>(ptr, at), slice_mut(out, n)) };
        model.quantities(at, recognition_of(q)?, out)
    })
}

extern "C" fn fisher<T: Model>(
    ptr: *const c_void,
    at: *mut c_void,
    kind: u32,
    out: *mut f64,
    n: usize,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator and n × n places.
        let ((model, at), out) = unsafe { (both::<T>(ptr, at), slice_mut(out, n * n)) };
        model.fisher(at, fisher_of(kind)?, out)
    })
}

extern "C" fn fisher_diagonal<T: Model>(
    ptr: *const c_void,
    at: *mut c_void,
    kind: u32,
    out: *mut f64,
    n: usize,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator and n places.
        let ((model, at), out) = unsafe { (both::<T>(ptr, at), slice_mut(out, n)) };
        model.fisher_diagonal(at, fisher_of(kind)?, out)
    })
}

extern "C" fn fisher_product<T: Model>(
    ptr: *const c_void,
    at: *mut c_void,
    kind: u32,
    vector: *const f64,
    out: *mut f64,
    n: usize,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator, a vector and places for another, both of length n.
        let ((model, at), vector, out) = unsafe { (both::<T>(ptr, at), slice(vector, n), slice_mut(out, n)) };
        model.fisher_product(at, fisher_of(kind)?, vector, out)
    })
}

extern "C" fn natural<T: Model>(
    ptr: *const c_void,
    at: *mut c_void,
    kind: u32,
    o: u32,
    q: u32,
    out: *mut f64,
    n: usize,
    rank: *mut usize,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator and n places.
        let ((model, at), out) = unsafe { (both::<T>(ptr, at), slice_mut(out, n)) };
        let inverted = model.natural_gradient(at, fisher_of(kind)?, objective(o)?, recognition_of(q)?, out)?;
        // SAFETY: the host hands a place for the answer.
        unsafe { *rank = inverted };
        Ok(())
    })
}

extern "C" fn undefined<T: Model>(ptr: *const c_void, at: *mut c_void, q: u32, index: usize, err: *const ElbowErr) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model and its evaluator.
        let (model, at) = unsafe { both::<T>(ptr, at) };
        model.undefined(at, recognition_of(q)?, index).map_or(Ok(()), |reason| Err(Error::new(Code::Undefined, reason)))
    })
}

macro_rules! table {
    ($($name:ident, $method:ident;)*) => { $(
        extern "C" fn $name<T: Model>(ptr: *const c_void, at: *mut c_void, out: *mut f64, n: usize, err: *const ElbowErr) -> i32 {
            guard(err, || {
                // SAFETY: the host hands the model, its evaluator and n places.
                let ((model, at), out) = unsafe { (both::<T>(ptr, at), slice_mut(out, n)) };
                model.$method(at, out)
            })
        }
    )* };
}

table! {
    joint, joint_table;
    target, target_table;
    scores, scores;
}

extern "C" fn recognition<T: Model>(
    ptr: *const c_void,
    at: *mut c_void,
    q: u32,
    out: *mut f64,
    n: usize,
    err: *const ElbowErr,
) -> i32 {
    guard(err, || {
        // SAFETY: the host hands the model, its evaluator and n places.
        let ((model, at), out) = unsafe { (both::<T>(ptr, at), slice_mut(out, n)) };
        model.recognition_table(at, recognition_of(q)?, out)
    })
}
