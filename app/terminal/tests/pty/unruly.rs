//! Plugins that print or panic while the screen is up.

use crate::common::{folder, root};
use crate::terminal::{Terminal, experiment, output};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds the unruly plugins and puts them into `folder/plugins`.
fn library(folder: &Path) -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let arguments = ["build", "--quiet", "-p", "elbow", "--example", "unruly", "--message-format", "json-render-diagnostics"];
    let lines = output(Command::new(cargo).args(arguments).current_dir(root())).expect("the plugins are built");
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let path = lines.split('"').rfind(|text| text.contains(&format!("{prefix}unruly")) && text.ends_with(suffix));
    let plugins = folder.join("plugins");
    std::fs::create_dir_all(&plugins).expect("a folder");
    std::fs::copy(path.expect("cargo names the library"), plugins.join(format!("{prefix}unruly{suffix}"))).expect("a copy");
    plugins
}

#[test]
fn a_plugin_that_prints_and_one_that_panics() {
    let folder = folder();
    library(folder.path());
    experiment(folder.path(), 200, 1, "[[optimizer]]\nplugin = \"loud\"\n[[optimizer]]\nplugin = \"fearful\"\nat = 7\n");
    let arguments = ["explore", "x.toml", "--plugin-dir", "plugins", "--pace", "100"];
    let mut terminal = Terminal::elbow(folder.path(), (120, 40), &arguments);
    // One fails, and says why; the others go on to their end.
    terminal.shows("3 finished · 1 failed");
    terminal.press("\u{1b}[F");
    terminal.wait("selects the last run", |shown| shown.has("╭ fearful ") && shown.has("failed: "));
    terminal.shows("7/200");
    terminal.shows("the curvature");
    // Nothing of it stands on the screen, but how many lines there are.
    terminal.shows("2 lines printed");
    assert!(!terminal.look(|shown| shown.has("written across") || shown.has("a complaint")));
    assert!(terminal.look(|shown| !String::from_utf8_lossy(&shown.bytes).contains("written across")), "not even for an instant");
    terminal.is_intact();
    // It is in the log, below the charts and as a view.
    let words = ["written across the screen", "and a complaint"];
    for (key, back) in [("P", "P"), ("5", "\u{1b}")] {
        terminal.press(key);
        terminal.shows("╭ printed ");
        terminal.wait("has what was printed", |shown| words.iter().all(|words| shown.has(words)));
        terminal.hides("lines printed");
        terminal.is_intact();
        terminal.press(back);
        terminal.hides("╭ printed ");
    }
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}
