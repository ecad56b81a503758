//! `elbow doctor`: what the terminal can show, which settings and plugins are in force, and why.
//!
//! It only reads, but for one thing: on a terminal the user may pick glyphs by looking, which goes to the settings file.

mod choice;
mod machine;
mod pick;
mod plugins;
mod samples;
mod surroundings;

use super::{Failure, OK, Outcome, USAGE, color, print};
use crate::cli::Global;
use crate::explorer::settings::{self, Settings, Trouble, actions};
use choice::Choice;
use elbow_host::escaped;
use std::fmt::Write;
use std::io::{IsTerminal, stderr, stdin, stdout};
use std::path::PathBuf;
use surroundings::Surroundings;

/// Title of a section, with its lines: a label and what it says. A line without a label goes on with the one before.
struct Section(&'static str, Vec<(String, String)>);

impl Section {
    fn line(&mut self, label: &str, text: impl Into<String>) {
        self.styled(label, escaped(&text.into()).into_owned());
    }

    /// A line of our own with escape sequences.
    fn styled(&mut self, label: &str, text: String) {
        self.1.push((label.to_owned(), text));
    }

    fn render(&self) -> String {
        let mut out = format!("{}\n", self.0);
        for (label, text) in &self.1 {
            let _ = writeln!(out, "  {label:<13}  {text}");
        }
        out
    }
}

/// The settings file, and what is in it.
struct File {
    path: Option<PathBuf>,
    read: Result<Settings, Trouble>,
}

/// `elbow doctor --settings`.
pub fn settings() -> Outcome {
    print(&settings::example(&actions::actions()))
}

/// `elbow doctor`. The code is that of a command that would fail for what is found.
pub fn doctor(global: &Global) -> Outcome {
    let surroundings = Surroundings::read();
    let file = File { path: settings::place(None), read: settings::load(None, &actions::actions()) };
    let chosen = Choice::new(global.color, file.read.as_ref().unwrap_or(&Settings::default()), &surroundings);
    let (plugins, refused) = plugins::section(global)?;
    let styled = color(global, &stdout());
    let sections = [
        versions(),
        terminal(&surroundings, &chosen),
        samples::glyphs(&chosen, &file.name()),
        samples::colors(&chosen, styled, &file.name()),
        file.section(),
        plugins,
        machine::section(),
    ];
    print(&sections.map(|section| section.render()).join("\n"))?;
    if let Err(trouble) = &file.read {
        return Err(Failure::rendered(USAGE, &format!("\n{}", trouble.render(color(global, &stderr())))));
    }
    if let (Some(path), true, false) = (&file.path, stdin().is_terminal() && stdout().is_terminal(), global.quiet) {
        pick::pick(path)?;
    }
    Ok(if refused { USAGE } else { OK })
}

fn versions() -> Section {
    let mut section = Section("versions", Vec::new());
    section.line("elbow", env!("CARGO_PKG_VERSION"));
    section.line("interface", format!("{}.{}, of plugins", elbow_abi::MAJOR, elbow_abi::MINOR));
    section
}

fn terminal(surroundings: &Surroundings, chosen: &Choice) -> Section {
    let mut section = Section("terminal", Vec::new());
    let kind = |is: bool| if is { "a terminal" } else { "no terminal" };
    for (name, is) in [("stdin", stdin().is_terminal()), ("stdout", stdout().is_terminal()), ("stderr", stderr().is_terminal())] {
        section.line(name, kind(is));
    }
    section.line("/dev/tty", machine::size());
    let environment = &surroundings.environment;
    let set = |value: &str| if value.is_empty() { "not set".to_owned() } else { value.escape_debug().to_string() };
    section.line("TERM", set(&environment.term));
    section.line("COLORTERM", set(&environment.colorterm));
    section.line("NO_COLOR", if environment.no_color { "set" } else { "not set" });
    section.line("locale", surroundings.locale());
    section.line("colours", chosen.depth_in_words());
    section.line("glyphs", chosen.glyphs_in_words());
    for (name, meaning) in surroundings.inside(chosen.depth) {
        section.line(name, meaning);
    }
    section
}

impl File {
    fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| "explorer.toml".into(), |path| path.display().to_string())
    }

    fn section(&self) -> Section {
        let mut section = Section("settings", Vec::new());
        let there = self.path.as_ref().is_some_and(|path| path.exists());
        let state = match &self.read {
            Err(Trouble::Wrong(wrong)) => format!("has {}, see below", wrong.count()),
            Err(Trouble::Unreadable(_)) => "cannot be read, see below".into(),
            Ok(_) if there => "is right".into(),
            Ok(_) => "is not there; a file to begin from: elbow doctor --settings".into(),
        };
        section.line("file", format!("{} {state}", self.name()));
        let from = std::env::var_os("ELBOW_CONFIG").is_some_and(|path| !path.is_empty());
        section.line("named by", if from { "ELBOW_CONFIG" } else { "default; ELBOW_CONFIG names another" });
        for line in self.read.iter().flat_map(changed) {
            section.line("sets", line);
        }
        section
    }
}

/// What a settings file changes, a line each.
fn changed(settings: &Settings) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(settings.glyphs.map(|glyphs| format!("glyphs = {}", choice::name(glyphs))));
    lines.extend(settings.color.map(|color| format!("color = {}", choice::name(color))));
    lines.extend(settings.frames.map(|frames| format!("frames = {frames}")));
    lines.extend(settings.ground.map(|ground| format!("ground = {}", choice::name(ground))));
    if !settings.palette.is_empty() {
        lines.push(format!("palette of {}", settings.palette.len()));
    }
    let keys = |keys: &[_]| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    lines.extend(
        settings
            .keys
            .iter()
            .map(|(action, of)| format!("keys: {action} = {}", if of.is_empty() { "none".into() } else { keys(of) })),
    );
    lines.extend(settings.symbols.iter().map(|(name, symbol)| format!("symbols: {name} = {symbol}")));
    lines
}
