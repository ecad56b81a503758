//! Settings of the explorer: a TOML file of the user's, checked as strictly as an experiment.
//!
//! ```text
//! --config FILE | ELBOW_CONFIG | <configuration folder>/elbow/explorer.toml
//!     → document (values with places) → parse → Settings, or every error with file:line:column and a caret
//! ```

pub(crate) mod actions;
mod colors;
pub(crate) mod edit;
mod example;
mod keys;
mod symbols;
#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use elbow_engine::check;
use elbow_engine::diagnostic::Diagnostics;
use elbow_engine::document::{self, Node, NodeKind};
use elbow_host::{Kind, Schema, Value, escaped};
use ratatui::style::Color;

use super::key::Key;
use super::options::{ColorChoice, Glyphs};
use super::picture::Ground;
use super::theme::Own;

pub(crate) use example::example;

/// What the file says; what it leaves out is absent or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings {
    pub glyphs: Option<Glyphs>,
    pub color: Option<ColorChoice>,
    /// Frames per second, 1 to 60.
    pub frames: Option<u32>,
    /// Of pictures.
    pub ground: Option<Ground>,
    /// Colours of runs, in their order; empty: the theme's own.
    pub palette: Vec<Color>,
    /// The keys of the actions that are named, in place of their default ones.
    pub keys: Vec<(String, Vec<Key>)>,
    /// Symbols by name, each one column wide.
    pub symbols: Vec<(String, String)>,
}

impl Settings {
    /// Colours and symbols for the theme. They live as long as the program, which reads its settings once.
    pub fn own(&self) -> Own {
        let default = |name: &str| symbols::SYMBOLS.iter().find(|(known, ..)| *known == name).map(|(_, default, _)| *default);
        let own = self.symbols.iter().filter_map(|(name, symbol)| Some((default(name)?, symbol.clone())));
        Own { palette: self.palette.clone().leak(), symbols: own.collect::<Vec<_>>().leak() }
    }
}

/// Names of actions and their default keys.
pub(crate) type Actions<'a> = &'a [(&'static str, &'a [Key])];

/// Why there are no settings.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// The file cannot be read: one line.
    Unreadable(String),
    /// What it says is wrong.
    Wrong(Diagnostics),
}

impl Trouble {
    /// As text for the user.
    pub fn render(&self, color: bool) -> String {
        match self {
            Self::Unreadable(reason) => format!("error: {}", escaped(reason)),
            Self::Wrong(diagnostics) => format!("{}{} in the settings", diagnostics.list(color), diagnostics.count()),
        }
    }
}

/// The file of the settings, whether it is there or not: the one that is named, else that of `ELBOW_CONFIG`, else
/// `explorer.toml` in the user's folder for the configuration of elbow. None: the system knows no such folder.
pub(crate) fn place(named: Option<&Path>) -> Option<PathBuf> {
    let variable = || std::env::var_os("ELBOW_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
    let own = || directories::ProjectDirs::from("", "", "elbow").map(|folders| folders.config_dir().join("explorer.toml"));
    named.map(Path::to_owned).or_else(variable).or_else(own)
}

/// Reads the settings. A file that is named must be there; otherwise there need not be one.
pub(crate) fn load(named: Option<&Path>, actions: Actions<'_>) -> Result<Settings, Trouble> {
    let Some(path) = place(named) else { return Ok(Settings::default()) };
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path.display().to_string(), &text, actions).map_err(Trouble::Wrong),
        Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(Settings::default()),
        Err(error) => Err(Trouble::Unreadable(format!("{}: {error}", path.display()))),
    }
}

/// Checks a text; `name` is what its errors call it.
pub(crate) fn parse(name: &str, text: &str, actions: Actions<'_>) -> Result<Settings, Diagnostics> {
    let mut out = Diagnostics::default();
    let mut root = document::parse(name, text, &mut out);
    number_as_text(&mut root, "color");
    let values = check::table(&root, &simple(), &tables(), Path::new(""), &mut out);
    let word = |key: &str| values.get(key).and_then(Value::as_text);
    let settings = Settings {
        glyphs: word("glyphs").and_then(named),
        color: word("color").and_then(named),
        frames: values.get("frames").and_then(Value::as_number).map(|frames| frames as u32),
        ground: word("ground").and_then(named),
        palette: root.get("palette").map(|node| colors::palette(node, &mut out)).unwrap_or_default(),
        keys: root.get("keys").map(|node| keys::keys(node, actions, &mut out)).unwrap_or_default(),
        symbols: root.get("symbols").map(|node| symbols::symbols(node, &mut out)).unwrap_or_default(),
    };
    if out.is_empty() { Ok(settings) } else { Err(out) }
}

/// `color = 256` is what one writes; the names of depths are texts.
fn number_as_text(root: &mut Node, key: &str) {
    let NodeKind::Table(entries) = &mut root.kind else { return };
    for entry in entries.iter_mut().filter(|entry| entry.key == key) {
        if let NodeKind::Integer(number) = entry.value.kind {
            entry.value.kind = NodeKind::Text(number.to_string());
        }
    }
}

fn choice<T: ValueEnum>(key: &str, doc: &str) -> Schema {
    Schema::new(key, Kind::Choice(names::<T>()), doc)
}

/// The names of all variants, as the command line has them.
fn names<T: ValueEnum>() -> Vec<String> {
    let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

fn named<T: ValueEnum>(name: &str) -> Option<T> {
    T::from_str(name, false).ok()
}

/// The keys with one value each. Their defaults stand in the example only: what is not written stays absent.
fn simple() -> Vec<Schema> {
    vec![
        choice::<Glyphs>("glyphs", "Characters that curves are made of."),
        choice::<ColorChoice>("color", "Colours of the terminal; --color goes before this, and this before NO_COLOR."),
        Schema::new("frames", Kind::Integer, "Frames per second.").at_least(1.0).at_most(60.0),
        choice::<Ground>("ground", "Ground of the pictures that are saved."),
    ]
}

/// The keys with more.
fn tables() -> Vec<Schema> {
    let table = |key, doc| Schema::new(key, Kind::Table(Vec::new()), doc);
    vec![
        Schema::new("palette", Kind::Texts, "Colours of runs, in order: \"#rrggbb\", 0 to 255, or a name."),
        table("keys", "Keys of actions, each in place of the default ones: a key or a list of keys."),
        table("symbols", "Symbols, each one column wide."),
    ]
}
