//! The real host with other threads: one, which goes through parts in order or backwards.

use elbow_check::host::HOST;
use elbow_sdk::abi::{ElbowHost, ElbowParallel, ElbowStr, SERVICE_PARALLEL};
use std::ffi::c_void;

extern "C" fn backwards(n: usize, body: extern "C" fn(*mut c_void, usize), ctx: *mut c_void) {
    (0..n).rev().for_each(|i| body(ctx, i));
}

extern "C" fn forwards(n: usize, body: extern "C" fn(*mut c_void, usize), ctx: *mut c_void) {
    (0..n).for_each(|i| body(ctx, i));
}

extern "C" fn one() -> usize {
    1
}

macro_rules! host {
    ($host:ident, $service:ident, $run:ident) => {
        extern "C" fn $service(id: ElbowStr) -> *const c_void {
            static PARALLEL: ElbowParallel =
                ElbowParallel { struct_size: size_of::<ElbowParallel>() as u32, parallel_for: $run, threads: one };
            // SAFETY: a plugin hands text that holds during the call.
            let name = unsafe { std::slice::from_raw_parts(id.ptr, id.len) };
            if name == SERVICE_PARALLEL.as_bytes() { (&raw const PARALLEL).cast() } else { (HOST.service)(id) }
        }

        pub static $host: ElbowHost = ElbowHost { struct_size: size_of::<ElbowHost>() as u32, service: $service };
    };
}

host!(BACKWARDS, backwards_service, backwards);
host!(FORWARDS, forwards_service, forwards);
