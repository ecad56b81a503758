//! Other sizes while it runs.

use crate::common::folder;
use crate::terminal::{ENDLESS, Shown, Terminal, experiment};

/// Whether the last line is the footer of a screen of this size.
fn has_footer((columns, rows): (u16, u16)) -> impl Fn(&Shown) -> bool {
    move |shown| shown.screen().rows(0, columns).nth(usize::from(rows) - 1).is_some_and(|row| row.contains("q quit"))
}

#[test]
fn every_size_while_it_runs() {
    let folder = folder();
    experiment(folder.path(), ENDLESS, 1, "");
    let mut terminal = Terminal::elbow(folder.path(), (110, 30), &["explore", "x.toml", "--pace", "100"]);
    terminal.shows("2 running");
    for size in [(80, 24), (60, 16), (200, 60), (140, 44), (90, 50)] {
        terminal.repaints(|terminal| terminal.resize(size));
        terminal.wait("has its footer in the last line", has_footer(size));
        terminal.shows("╭ kl_visible ");
    }
    terminal.repaints(|terminal| terminal.resize((50, 10)));
    terminal.shows("elbow needs 60 x 16");
    terminal.shows("has 50 x 10");
    assert!(!terminal.look(|shown| shown.has("kl_visible")), "nothing but the notice");
    terminal.repaints(|terminal| terminal.resize((200, 60)));
    terminal.wait("has its footer", has_footer((200, 60)));
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

/// What is left over from another size would go with a forced repaint.
#[test]
fn no_size_leaves_anything_behind() {
    let folder = folder();
    experiment(folder.path(), 200, 1, "");
    let mut terminal = Terminal::elbow(folder.path(), (110, 30), &["explore", "x.toml"]);
    terminal.shows("2 finished");
    for size in [(80, 24), (50, 10), (200, 60), (60, 16), (140, 44)] {
        terminal.repaints(|terminal| terminal.resize(size));
        terminal.is_intact();
    }
    // Nor do things that come and go over the charts.
    for keys in ["?", "\u{1b}", "3", "\u{1b}", "/", "\u{1b}", "g", "\u{1b}", "P", "P", "c", "c", "d", "d"] {
        terminal.draws_after(keys);
        terminal.is_intact();
    }
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}
