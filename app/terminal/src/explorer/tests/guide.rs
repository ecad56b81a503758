//! The guide lists the keys that there are.

use crate::explorer::keymap::{KEYS, Keymap};

#[test]
fn the_guide_has_the_table_of_keys() {
    let guide = include_str!("../../../README.md");
    let keys = Keymap::default();
    let lines = (0..KEYS.len()).filter(|&line| !KEYS[line].help.is_empty());
    let rows = lines.map(|line| {
        let shown = keys.help(line, true).split(' ').map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
        format!("| {shown} | {} |\n", KEYS[line].help.replace('|', "\\|"))
    });
    let table: String = rows.collect();
    let written = guide.split("| keys | |\n|---|---|\n").nth(1).and_then(|rest| rest.split("<!-- /keys -->").next());
    assert_eq!(written, Some(table.as_str()), "app/terminal/README.md should have:\n{table}");
}
