//! What the keys do, as the screen and the folder show it.

use crate::common::folder;
use crate::terminal::{ENDLESS, Shown, Terminal, experiment};
use std::fs::read_to_string;

const WIDE: (u16, u16) = (140, 44);

/// The small experiment, at so many steps a second.
fn watched(folder: &std::path::Path, size: (u16, u16), pace: &str) -> Terminal {
    experiment(folder, ENDLESS, 1, "");
    let terminal = Terminal::elbow(folder, size, &["explore", "x.toml", "--out", "out", "--pace", pace]);
    terminal.shows("2 running");
    terminal.shows("kl_visible");
    terminal
}

/// The number before `mark`, as the screen has it.
fn number_before(shown: &Shown, mark: &str) -> Option<u64> {
    let text = shown.screen().contents();
    let (before, _) = text.split_once(mark)?;
    before.rsplit(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// Steps of the selected run, in the inspector.
fn steps_inspected(shown: &Shown) -> Option<u64> {
    number_before(shown, &format!("/{ENDLESS}"))
}

/// Steps of a run, in the table.
fn steps_listed(shown: &Shown, run: &str) -> Option<u64> {
    let text = shown.screen().contents();
    let row = text.lines().find(|line| line.contains(run) && line.contains("running"))?;
    row.split_whitespace().skip_while(|word| *word != "running").nth(1)?.parse().ok()
}

#[test]
fn digits_choose_a_view() {
    let folder = folder();
    let mut terminal = watched(folder.path(), WIDE, "50");
    for (key, title) in [
        ("2", " visible distributions p(v) "),
        ("3", " table "),
        ("4", " parameters 0 and 1 "),
        ("5", " printed "),
        ("6", " plugins "),
        ("1", " kl_visible "),
        ("3", " table "),
        ("\u{1b}", " kl_visible "),
    ] {
        terminal.press(key);
        // The title of a frame, not a word of a list.
        terminal.shows(&format!("╭{title}"));
    }
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn help_and_filter_open_and_close() {
    let folder = folder();
    let mut terminal = watched(folder.path(), WIDE, "50");
    terminal.press("?");
    terminal.shows("╭ help: ");
    terminal.press("\u{1b}");
    terminal.hides("╭ help: ");
    terminal.press("3");
    terminal.wait("lists both", |shown| steps_listed(shown, "adam").is_some() && steps_listed(shown, "fisher-rao").is_some());
    terminal.press("/adam");
    terminal.shows("╭ show runs with ");
    terminal.wait("filters while one types", |shown| steps_listed(shown, "fisher-rao").is_none());
    terminal.press("\r");
    terminal.hides("╭ show runs with ");
    terminal.wait("keeps the filter", |shown| steps_listed(shown, "adam").is_some() && !shown.has("fisher-rao"));
    terminal.press("a");
    terminal.wait("shows all", |shown| steps_listed(shown, "fisher-rao").is_some());
    terminal.press("/adam");
    terminal.wait("filters", |shown| !shown.has("fisher-rao"));
    terminal.press("\u{1b}");
    terminal.wait("leaves the filter as it was", |shown| steps_listed(shown, "fisher-rao").is_some());
    // Letters are text where a line is open; Ctrl-C leaves from there too.
    terminal.press("/q");
    terminal.shows("q▏");
    terminal.press("\u{3}");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn tab_enlarges_one_chart() {
    let folder = folder();
    let mut terminal = watched(folder.path(), WIDE, "50");
    let (one, all) = (["╭ kl_visible "], ["╭ kl_visible ", "╭ gap ", "╭ cosines "]);
    let charts = |shown: &Shown| shown.screen().contents().matches('╭').count();
    terminal.wait("has all charts", |shown| all.iter().all(|title| shown.has(title)));
    let count = terminal.look(charts);
    terminal.press("\t");
    terminal.wait("enlarges one", |shown| one.iter().all(|title| shown.has(title)) && charts(shown) == 3);
    terminal.press("\t");
    terminal.hides("╭ kl_visible ");
    terminal.press("\u{1b}[Z");
    terminal.shows("╭ kl_visible ");
    terminal.press("\u{1b}");
    terminal.wait("goes back", |shown| all.iter().all(|title| shown.has(title)) && charts(shown) == count);
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn the_cross_hair_moves_along_the_points() {
    let folder = folder();
    experiment(folder.path(), 300, 1, "");
    let mut terminal = Terminal::elbow(folder.path(), WIDE, &["explore", "x.toml", "--out", "out"]);
    terminal.shows("2 finished");
    let place = |shown: &Shown| {
        let text = shown.screen().contents();
        text.split_once("at step")?.1.split_whitespace().next()?.parse::<u64>().ok()
    };
    terminal.press("c");
    terminal.wait("stands at the newest point", |shown| place(shown) == Some(300));
    terminal.press("\u{1b}[D");
    terminal.wait("moves left", |shown| place(shown).is_some_and(|step| step < 300));
    let left = terminal.look(place).expect("a step");
    terminal.press("<");
    terminal.wait("moves far left", |shown| place(shown).is_some_and(|step| step + 5 < left));
    let far = terminal.look(place).expect("a step");
    terminal.press("\u{1b}[C");
    terminal.wait("moves right", |shown| place(shown).is_some_and(|step| far < step && step < left));
    terminal.press("\u{1b}[H");
    terminal.wait("stands at the first point", |shown| place(shown) == Some(0));
    terminal.press("c");
    terminal.hides("at step");
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn x_goes_round_the_axes() {
    let folder = folder();
    let mut terminal = watched(folder.path(), WIDE, "50");
    for axis in ["step", "gradient_evaluations", "process_time", "path_length", "step"] {
        // What the header says, rather than the name of a metric elsewhere.
        terminal
            .wait(axis, |shown| shown.screen().rows(0, WIDE.0).next().is_some_and(|row| row.contains(&format!(" x {axis} "))));
        terminal.press("x");
    }
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn pictures_and_tables_are_written_never_over_a_file() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    for name in ["elbow-small-1.svg", "elbow-small-1.csv"] {
        std::fs::write(file(name), "mine").expect("a file");
    }
    let mut terminal = watched(folder.path(), WIDE, "50");
    terminal.wait("has points", |shown| steps_inspected(shown).is_some_and(|steps| steps > 0));
    for (key, ending, begins, part) in [("s", "svg", "<svg", "kl_visible"), ("S", "csv", "#", "adam,")] {
        for number in [2, 3] {
            let name = format!("elbow-small-{number}.{ending}");
            terminal.press(key);
            terminal.shows(&format!("{name} written; again: elbow explore"));
            let text = read_to_string(file(&name)).expect("it is written");
            assert!(text.starts_with(begins) && text.contains(part), "{text:.200}");
        }
        assert_eq!(read_to_string(file(&format!("elbow-small-1.{ending}"))).expect("it is there"), "mine");
    }
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn space_pauses_and_goes_on() {
    let folder = folder();
    let mut terminal = watched(folder.path(), WIDE, "200");
    terminal.press(" ");
    terminal.shows("PAUSED");
    terminal.shows("space go on");
    // Some frames later the numbers of before the pause are there, and stay.
    let later = |terminal: &mut Terminal| {
        for _ in 0..6 {
            terminal.press("?");
            terminal.shows("╭ help: ");
            terminal.press("\u{1b}");
            terminal.hides("╭ help: ");
        }
        terminal.look(steps_inspected).expect("steps")
    };
    let paused = later(&mut terminal);
    assert_eq!(later(&mut terminal), paused);
    terminal.press(" ");
    terminal.hides("PAUSED");
    terminal.wait("goes on", |shown| steps_inspected(shown).is_some_and(|steps| steps > paused + 9));
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

/// The other run is the clock: once it has made some more steps, what the held one was about to do is done and shown.
#[test]
fn a_held_run_makes_single_steps() {
    let folder = folder();
    let mut terminal = watched(folder.path(), WIDE, "20");
    terminal.press("p3");
    let settled = |terminal: &Terminal| {
        let then = terminal.look(|shown| steps_listed(shown, "fisher-rao")).unwrap_or(0);
        terminal.wait("goes on", |shown| steps_listed(shown, "fisher-rao").is_some_and(|now| now > then + 10));
        terminal.look(|shown| steps_listed(shown, "adam")).expect("steps")
    };
    terminal.shows("╭ table ");
    let held = settled(&terminal);
    assert_eq!(settled(&terminal), held, "a held run stands");
    for count in 1..=3 {
        terminal.press("n");
        terminal.wait("steps", |shown| steps_listed(shown, "adam") == Some(held + count));
        assert_eq!(settled(&terminal), held + count, "one key, one step");
    }
    terminal.press("1");
    terminal.wait("shows the steps in the inspector", |shown| steps_inspected(shown) == Some(held + 3));
    terminal.press("p");
    terminal.wait("lets it go", |shown| steps_inspected(shown).is_some_and(|steps| steps > held + 5));
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn one_run_is_stopped() {
    let folder = folder();
    let mut terminal = watched(folder.path(), WIDE, "50");
    terminal.press("X");
    terminal.shows("1 running · 1 stopped");
    terminal.press("X");
    terminal.shows("this run has ended");
    terminal.press("jX");
    terminal.shows("2 stopped");
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}
