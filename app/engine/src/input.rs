//! Standard input as a file of numbers: read once, whoever names it.

use std::io::{IsTerminal, Read, stdin};
use std::sync::OnceLock;

/// Most bytes that are taken, 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

static INPUT: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();

/// All of standard input; an error if it is a terminal, empty, without an end or unreadable.
pub fn bytes() -> Result<&'static [u8], String> {
    INPUT.get_or_init(read).as_deref().map_err(Clone::clone)
}

fn read() -> Result<Vec<u8>, String> {
    if stdin().is_terminal() {
        return Err("it is a terminal; expected a pipe or a file, as in `< numbers.csv`".into());
    }
    let mut bytes = Vec::new();
    let done = stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes);
    match done.map_err(|error| error.to_string())? {
        0 => Err("it is empty, or was read before".into()),
        len if len as u64 > MOST_BYTES => Err(format!("it does not end; at most {MOST_BYTES} bytes are read")),
        _ => Ok(bytes),
    }
}
