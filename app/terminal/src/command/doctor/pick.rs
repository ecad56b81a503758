//! Picking glyphs by looking: the one thing that the doctor writes.

use super::choice::name;
use super::samples::sets;
use crate::command::{Failure, IO, Outcome, print};
use crate::explorer::Glyphs;
use crate::explorer::settings::{actions, edit, parse};
use std::io::{ErrorKind, Write, stdin, stdout};
use std::path::Path;

/// Asks for a number and writes the choice to the settings file, which is right or not there.
pub fn pick(path: &Path) -> Outcome {
    let last = sets().len();
    let answer =
        ask(&format!("\nWhich glyphs look right? 1 to {last} writes it to {}, Enter changes nothing: ", path.display()))?;
    match chosen(&answer) {
        Some(glyphs) => write(path, glyphs),
        None => print("nothing was changed"),
    }
}

/// The set of a number.
fn chosen(answer: &str) -> Option<Glyphs> {
    let number: usize = answer.trim().parse().ok()?;
    sets().get(number.checked_sub(1)?).copied()
}

fn write(path: &Path, glyphs: Glyphs) -> Outcome {
    let failed = |error: std::io::Error| Failure(IO, format!("error: {}: {error}", path.display()));
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.map_err(failed)?,
    };
    let value = format!("\"{}\"", name(glyphs));
    if let Some(old) = edit::written(&text, "glyphs") {
        let answer = ask(&format!("The file says glyphs = {old}. Replace it by {value}? y or n: "))?;
        if !matches!(answer.trim(), "y" | "Y" | "yes") {
            return print("nothing was changed");
        }
    }
    let new = edit::set(&text, "glyphs", &value);
    // A last look: what is written must say what was chosen.
    match parse("", &new, &actions::actions()) {
        Ok(settings) if settings.glyphs == Some(glyphs) => edit::save(path, &new).map_err(failed)?,
        _ => return print(&format!("nothing was changed; add this line to the file: glyphs = {value}")),
    }
    print(&format!("glyphs = {value} stands in {}", path.display()))
}

/// Shows a question; the line that comes back, empty at the end of the input.
fn ask(question: &str) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure(IO, format!("error: {error}"));
    let mut out = stdout().lock();
    out.write_all(question.as_bytes()).and_then(|()| out.flush()).map_err(failed)?;
    let mut answer = String::new();
    match stdin().read_line(&mut answer).map_err(failed)? {
        0 => print("").map(|_: u8| String::new()),
        _ => Ok(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_samples() {
        assert_eq!(chosen("1\n"), Some(Glyphs::Braille));
        assert_eq!(chosen(&sets().len().to_string()), Some(Glyphs::Ascii));
        for answer in ["", "\n", "0", "-1", "99", "half"] {
            assert_eq!(chosen(answer), None, "{answer:?}");
        }
    }
}
