//! An optimizer of a plugin, as safe Rust.

use crate::catalog::Plugin;
use crate::error::{Error, Result, call};
use crate::floating::guarded;
use crate::layers::Problem;
use crate::services::HOST;
use crate::value::{Lent, Value};
use elbow_abi::*;
use std::ffi::c_void;
use std::ptr::null_mut;

/// One optimizer, for one cell.
#[derive(Debug)]
pub struct Optimizer {
    class: &'static ElbowOptimizerClass,
    /// Id of the plugin.
    id: &'static str,
    ptr: *mut c_void,
    poisoned: bool,
    /// How many values its steps report.
    pub reports: usize,
}

// SAFETY: the interface demands that an optimizer may move between threads; `&mut self` keeps its calls apart.
unsafe impl Send for Optimizer {}

impl Drop for Optimizer {
    fn drop(&mut self) {
        if let Some(destroy) = self.class.destroy {
            guarded(self.id, || destroy(self.ptr));
        }
    }
}

impl Optimizer {
    /// Makes an optimizer with complete, checked parameters for a problem.
    ///
    /// # Errors
    /// Every issue that the plugin finds with the parameters, with their paths.
    pub fn new(plugin: &Plugin, parameters: &Value, problem: &Problem) -> Result<Self> {
        // SAFETY: the catalog admits an optimizer's descriptor with an optimizer's table of functions only.
        let (class, id) = (unsafe { &*plugin.raw.class.cast::<ElbowOptimizerClass>() }, plugin.name());
        let (mut lent, mut ptr) = (Lent::default(), null_mut());
        let raw = parameters.lend(&mut lent);
        let create = class.create.ok_or_else(|| Error::new(UNSUPPORTED, "the plugin has no `create`"))?;
        call(id, |err| problem.lend(|problem| create(&raw const HOST, &raw const raw, problem, &raw mut ptr, err)))?;
        Ok(Self { class, id, ptr, poisoned: false, reports: plugin.quantities.len() })
    }

    /// One step at a point. After a panic only dropping is left.
    pub(crate) fn step(&mut self, point: &ElbowPoint) -> Result<()> {
        if self.poisoned {
            return Err(Error::new(PANIC, "the plugin panicked before"));
        }
        let step = self.class.step.ok_or_else(|| Error::new(UNSUPPORTED, "the plugin has no `step`"))?;
        let result = call(self.id, |err| step(self.ptr, point, err));
        self.poisoned = matches!(&result, Err(error) if error.code() == PANIC);
        result
    }

    /// What the following steps depend on, as bytes.
    pub fn save(&mut self) -> Result<Vec<u8>> {
        extern "C" fn write(ctx: *mut c_void, ptr: *const u8, len: usize) {
            // SAFETY: `ctx` is the list below; the plugin hands `len` bytes.
            let (bytes, new) = unsafe { (&mut *ctx.cast::<Vec<u8>>(), std::slice::from_raw_parts(ptr, len)) };
            bytes.extend_from_slice(new);
        }
        let mut bytes: Vec<u8> = Vec::new();
        let sink = ElbowSink { ctx: (&raw mut bytes).cast(), write };
        let save = self.class.save.ok_or_else(|| Error::new(UNSUPPORTED, "the plugin has no `save`"))?;
        call(self.id, |err| save(self.ptr, &raw const sink, err))?;
        Ok(bytes)
    }

    /// Restores what [`Optimizer::save`] gave.
    pub fn load(&mut self, bytes: &[u8]) -> Result<()> {
        let load = self.class.load.ok_or_else(|| Error::new(UNSUPPORTED, "the plugin has no `load`"))?;
        call(self.id, |err| load(self.ptr, bytes.as_ptr(), bytes.len(), err))
    }
}
