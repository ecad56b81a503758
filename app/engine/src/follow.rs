//! Follows a run directory that another process writes, or has written.
//!
//! ```text
//! DIR/journal/*.jsonl  ──whole lines──→  Reader ──→ records ─┐
//! DIR/timing/*.jsonl   ──whole lines──→  times ──────────────┴→ rows of the cells of a Live
//! DIR/lock             is it held? if not, and a journal has no end, its cell has crashed
//! ```

use crate::directory::{Presence, journals, presence};
use crate::followed::{Followed, Look};
use crate::live::Live;
use crate::run::no_thread;
use crate::shown::{Faults, Stage};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// From one look at the files to the next.
const INTERVAL: Duration = Duration::from_millis(100);

/// Told of cells that go on where nobody can know whether they do.
const HIDDEN: &str = "the writer cannot be seen: this file system has no locks";

/// Keeps a [`Live`] up to date; dropping it ends that.
#[derive(Debug)]
pub struct Follower {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    faults: Faults,
}

impl Follower {
    /// Follows a run directory. The cells that are there when this is called are there when it returns.
    ///
    /// # Errors
    /// If it is no run directory, or holds no cells and nobody writes it; or where no thread can be started.
    pub fn start(directory: &Path) -> io::Result<(Arc<Live>, Self)> {
        let stop = Arc::new(AtomicBool::new(false));
        let (stage, known) = (Stage::new(directory, Live::default()), HashSet::new());
        let mut all = Following { stage, known, cells: Vec::new(), stop: Arc::clone(&stop) };
        let before = presence(directory);
        if journals(directory).map_err(io::Error::other)?.is_empty() && before == Presence::Gone {
            return Err(io::Error::other(format!("{} holds no cells", directory.display())));
        }
        // Until each of the files that are there has shown its cell, or that it has none yet.
        while all.look(before) == Look::New && all.stage.live.count() < all.cells.len() {}
        let live = Arc::clone(&all.stage.live);
        let faults = Arc::clone(&all.stage.faults);
        let thread = thread::Builder::new().name("follow".into()).spawn(move || all.run());
        let thread = Some(thread.map_err(no_thread)?);
        Ok((live, Self { stop, thread, faults }))
    }

    /// What is wrong with journals that cannot be read or are damaged, a line each, as far as they have been read.
    pub fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

/// What the thread works on.
struct Following {
    stage: Stage,
    known: HashSet<PathBuf>,
    cells: Vec<Followed>,
    stop: Arc<AtomicBool>,
}

impl Following {
    fn run(mut self) {
        while !self.stop.load(Ordering::Acquire) {
            // Asked before the files are read: who is gone by then has written all there will be.
            match self.look(presence(&self.stage.directory)) {
                Look::New => {}
                Look::Nothing => thread::park_timeout(INTERVAL),
                Look::Over => return,
            }
        }
    }

    /// A look at all files; it is over when all cells have ended and nobody writes.
    fn look(&mut self, presence: Presence) -> Look {
        for journal in journals(&self.stage.directory).unwrap_or_default() {
            if self.known.insert(journal.clone()) {
                self.cells.push(Followed::new(journal));
            }
        }
        let (mut anything_new, mut all_over) = (false, presence == Presence::Gone);
        for cell in &mut self.cells {
            if self.stop.load(Ordering::Acquire) {
                return Look::Nothing;
            }
            let look = cell.look(presence == Presence::Gone, &mut self.stage);
            if let (Presence::Hidden, true, Some(view)) = (presence, look != Look::Over, cell.view()) {
                view.explain(HIDDEN);
            }
            anything_new |= look == Look::New;
            all_over &= look == Look::Over;
        }
        match (anything_new, all_over) {
            (true, _) => Look::New,
            (false, true) => Look::Over,
            (false, false) => Look::Nothing,
        }
    }
}
