//! Tables on the standard output.

use std::io::Write;

use comfy_table::CellAlignment;
use elbow::report::table;

use crate::Outcome;

/// Prints a table; every column but the first is set to the right.
pub fn print(title: &str, header: &[&str], rows: Vec<Vec<String>>) -> Outcome {
    let mut table = table(header);
    table.add_rows(rows);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    writeln!(std::io::stdout(), "\n{title}\n\n{table}")?;
    Ok(())
}

/// A goal and whether it is met.
pub fn goal(value: f64, most: f64, unit: &str) -> String {
    format!("≤ {most} {unit}: {}", verdict(value <= most))
}

/// Whether a goal is met, in a word.
pub fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

/// A size in words.
pub fn size((width, height): (u16, u16)) -> String {
    format!("{width}×{height}")
}
