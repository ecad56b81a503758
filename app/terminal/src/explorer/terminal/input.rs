//! The thread that reads keys. It reads the terminal itself: the event reader of the terminal library turns for ever
//! once the terminal is gone.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;

use rustix::termios::tcgetattr;

use super::{Tty, threads};
use crate::explorer::key::Decoder;
use crate::explorer::update::Message;

/// The reader; dropping ends it before the terminal is given back, lest it take what is typed for the shell.
pub(crate) struct Input {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Input {
    /// Starts to read.
    pub fn start(tty: Arc<Tty>, sender: Sender<Message>) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let thread = threads::start("keys", Arc::downgrade(&tty), move || read(&tty, &seen, &sender))?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn read(tty: &Tty, stop: &AtomicBool, sender: &Sender<Message>) {
    let (mut decoder, mut keys, mut bytes) = (Decoder::default(), Vec::new(), [0; 256]);
    while !stop.load(Ordering::Acquire) {
        match (&tty.file).read(&mut bytes) {
            Ok(0) if tcgetattr(&tty.file).is_ok() => decoder.idle(&mut keys),
            Ok(count) if count > 0 => decoder.feed(&bytes[..count], &mut keys),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Nothing where even the settings cannot be read, or an error: nobody is at the other end.
            _ => return drop(sender.send(Message::HangUp)),
        }
        for key in keys.drain(..) {
            if sender.send(Message::Key(key)).is_err() {
                return;
            }
        }
    }
}
