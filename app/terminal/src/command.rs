//! The commands. Each answers with an exit code; what was asked for goes to stdout, everything else to stderr.

mod doctor;
mod explore;
mod inform;
mod run;

use crate::cli::{Changes, Cli, Command, Explore, Global, Plugins};
use crate::text::message;
use elbow_engine::build::{self, Request};
use elbow_engine::plan::Plan;
use elbow_host::{Catalog, PluginKind};
use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// All cells finished.
pub const OK: u8 = 0;
/// Usage, or an error in the experiment.
pub const USAGE: u8 = 2;
/// A cell diverged, failed or was stopped.
pub const INCOMPLETE: u8 = 3;
/// Nothing was selected.
pub const NOTHING: u8 = 4;
/// A bug.
pub const INTERNAL: u8 = 70;
/// A file could not be read or written.
pub const IO: u8 = 74;

/// Told where the program is wrong.
pub const BUG: &str = "error: internal error: this is a bug of elbow, not of what it was given";

/// A failure that ends the command: its exit code and its message, which may be told already, and is empty then.
pub struct Failure(pub u8, pub String);

impl Failure {
    /// A failure with a message that was rendered for a terminal, and is told as it stands.
    fn rendered(code: u8, message: &str) -> Self {
        let _ = writeln!(stderr(), "{}", message.trim_end());
        Self(code, String::new())
    }
}

/// What a command comes to.
pub type Outcome = Result<u8, Failure>;

/// Runs a command; its exit code.
pub fn run(cli: Cli) -> u8 {
    let result = dispatch(cli);
    result.unwrap_or_else(|Failure(code, message)| {
        note(&message);
        code
    })
}

/// Tells on stderr. The text may hold anything that plugins, files and labels say.
pub fn note(text: &str) {
    if !text.is_empty() {
        let _ = writeln!(stderr(), "{}", message(text));
    }
}

fn dispatch(Cli { command, global }: Cli) -> Outcome {
    match command {
        None if stdout().is_terminal() && stdin().is_terminal() => explore::explore(&Explore::default(), &global),
        None => run::built_in(&global),
        Some(Command::Run(arguments)) => run::run(&arguments, &global),
        Some(Command::Plan { experiment, effective }) => inform::plan(&experiment, effective, &global),
        Some(Command::Check(experiment)) => inform::check(&experiment, &global),
        Some(Command::Export { dir, format, out }) => inform::export(&dir, format, out.as_deref()),
        Some(Command::Explore(arguments)) => explore::explore(&arguments, &global),
        Some(Command::Model(listing)) => inform::listing(PluginKind::Model, &listing, &global),
        Some(Command::Optimizer(listing)) => inform::listing(PluginKind::Optimizer, &listing, &global),
        Some(Command::Plugin(Plugins::List)) => inform::plugins(&global),
        Some(Command::Doctor { settings: true }) => doctor::settings(),
        Some(Command::Doctor { settings: false }) => doctor::doctor(&global),
        Some(Command::Completions { shell }) => inform::completions(shell),
        Some(Command::Man) => inform::man(),
    }
}

/// Writes to stdout; a reader that has gone away ends the program quietly.
fn print(text: &str) -> Outcome {
    match writeln!(stdout(), "{}", text.trim_end()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure(IO, format!("error: stdout: {error}"))),
        _ => Ok(OK),
    }
}

/// The plugins that there are: built in, then from the places named. A library in a folder that is refused stops nothing that
/// does not need it.
fn catalog(global: &Global) -> Result<Arc<Catalog>, Failure> {
    let catalog = all_plugins(global)?;
    for broken in catalog.broken().iter().filter(|_| !global.quiet) {
        note(&format!("warning: refused: {broken}"));
    }
    Ok(Arc::new(catalog))
}

fn all_plugins(global: &Global) -> Result<Catalog, Failure> {
    let usage = |reason: &dyn Display| Failure(USAGE, format!("error: {reason}"));
    let mut catalog = built_in(global)?;
    for (place, _) in plugin_places(global) {
        if place.is_file() {
            catalog.load(&place).map_err(|broken| usage(&broken))?;
            continue;
        }
        for file in elbow_host::load::shared_libraries(&place).map_err(|refusal| usage(&refusal))? {
            catalog.load(&file).unwrap_or_else(|broken| catalog.remember(broken));
        }
    }
    Ok(catalog)
}

/// The plugins in the program, unless they are to be left out.
fn built_in(global: &Global) -> Result<Catalog, Failure> {
    let bundled = || Catalog::bundled(elbow_bundle::bundle()).map_err(|reason| Failure(INTERNAL, reason));
    if global.no_bundled { Ok(Catalog::default()) } else { bundled() }
}

/// The folders with plugins to load, and libraries, and who names them.
fn plugin_places(global: &Global) -> Vec<(PathBuf, &'static str)> {
    let path = std::env::var_os("ELBOW_PLUGIN_PATH").unwrap_or_default();
    let inherited = std::env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty());
    let named = global.plugin_dir.iter().cloned().map(|folder| (folder, "--plugin-dir"));
    inherited.map(|folder| (folder, "ELBOW_PLUGIN_PATH")).chain(named).collect()
}

fn color(global: &Global, stream: &impl IsTerminal) -> bool {
    use crate::explorer::ColorChoice::{Auto, Never};
    match global.color {
        Never => false,
        Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        _ => true,
    }
}

/// Reads and plans an experiment.
fn plan_file(file: &Path, changes: &Changes, global: &Global) -> Result<Plan, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure(USAGE, format!("error: {}: {error}", file.display())))?;
    plan_text(&file.display().to_string(), &text, file.parent().unwrap_or(Path::new("")), changes, global)
}

fn plan_text(name: &str, text: &str, base: &Path, changes: &Changes, global: &Global) -> Result<Plan, Failure> {
    let catalog = catalog(global)?;
    let request = Request { name, text, base, set: &changes.set, seeds: changes.seeds.clone() };
    let plan = build::plan(&request, &catalog).map_err(|wrong| {
        let code = if wrong.is_nothing { NOTHING } else { USAGE };
        Failure::rendered(code, &wrong.render(color(global, &stderr())))
    })?;
    let notes = plan.notes.list(color(global, &stderr()));
    if !notes.is_empty() && !global.quiet {
        let _ = writeln!(stderr(), "{}", notes.trim_end());
    }
    Ok(plan)
}
