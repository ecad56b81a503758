//! A panic of the thread that draws gives the terminal back before its message is written. A panic elsewhere is a line
//! of the log: standard error leads there.

use std::panic;
use std::sync::{Arc, Mutex, Once, PoisonError, Weak};
use std::thread::{self, ThreadId};

use super::Tty;

static DRAWING: Mutex<Option<(ThreadId, Weak<Tty>)>> = Mutex::new(None);

/// Names the calling thread as the one that draws.
pub(super) fn guard(tty: &Arc<Tty>) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
    });
    set(Some((thread::current().id(), Arc::downgrade(tty))));
}

/// Nobody draws any more.
pub(super) fn release() {
    set(None);
}

fn set(value: Option<(ThreadId, Weak<Tty>)>) {
    *DRAWING.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

fn give_back() {
    // Never wait in a panic hook: whoever holds this lock holds it for an assignment.
    let drawing = DRAWING.try_lock().ok().and_then(|drawing| drawing.clone());
    let mine = drawing.filter(|(thread, _)| *thread == thread::current().id());
    if let Some(tty) = mine.and_then(|(_, tty)| tty.upgrade()) {
        tty.give_back();
    }
}
