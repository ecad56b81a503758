//! The command line.

use crate::explorer::{ColorChoice, Glyphs};
use clap::{Args, Parser, Subcommand, ValueEnum};
use elbow_engine::seeds::Seeds;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
   0  all cells finished; of other commands: it was done
   2  usage, an error in the experiment, or a plugin library that was named and refused: nothing was written
   3  incomplete: a cell diverged, failed or was stopped (the table says which, and why)
   4  nothing was selected: no pairing of the experiment can work
  70  internal error, or the system starts no thread
  74  a file could not be read or written, as on a full disk, or a journal is damaged; the other cells are there all the same
 128+ the number of the signal that ended it

Without a command, on a terminal: the explorer on the built-in gallery. Without a terminal: the built-in experiment, headless.";

/// A terminal explorer and plugin-based zoo of optimizers for variational inference.
#[derive(Debug, Parser)]
#[command(name = "elbow", version, about, after_help = EXIT_CODES, max_term_width = 120)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Load the plugins in this folder, or this library, too; a plugin is code that runs with your rights [env: ELBOW_PLUGIN_PATH]
    #[arg(long, value_name = "DIR", global = true)]
    pub plugin_dir: Vec<PathBuf>,
    /// Leave the built-in plugins out, so that loaded ones may take their names
    #[arg(long, global = true)]
    pub no_bundled: bool,
    /// Colours
    #[arg(long, value_enum, default_value = "auto", global = true)]
    pub color: ColorChoice,
    /// Say less: no progress, no hints
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run an experiment headless: progress on stderr, the final table on stdout, records in a run directory
    Run(Run),
    /// Show what would run, and what is left out and why
    Plan {
        /// The experiment.
        #[command(flatten)]
        experiment: Experiment,
        /// Print the experiment with every default filled in, as TOML
        #[arg(long)]
        effective: bool,
    },
    /// Check an experiment: every error, each with file:line:column
    Check(Experiment),
    /// Write a run directory as tables (runs, points, timing), or as the experiment that gives it again with all that was edited
    Export {
        /// Run directory
        dir: PathBuf,
        /// Format of the tables, or `experiment`
        #[arg(long, value_enum, default_value = "csv")]
        format: Format,
        /// Folder for the tables or for `experiment.toml` [default: DIR/tables]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// The explorer, on an experiment or a run directory, also one that another process is writing; without either on the
    /// built-in gallery
    Explore(Explore),
    /// The models
    #[command(subcommand)]
    Model(Listing),
    /// The optimizers
    #[command(subcommand)]
    Optimizer(Listing),
    /// The plugins: where they come from
    #[command(subcommand)]
    Plugin(Plugins),
    /// What the terminal can show, the settings, the plugins, the machine: what was found, and from where
    Doctor {
        /// Print a settings file with every default, to begin from
        #[arg(long)]
        settings: bool,
    },
    /// Completions for a shell, on stdout
    Completions {
        /// Shell
        shell: clap_complete::Shell,
    },
    /// The manual page, on stdout
    Man,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The experiment.
    #[command(flatten)]
    pub experiment: Experiment,
    /// Run directory to write; an existing run is never overwritten [default: the next free one under runs/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Cells at a time; the results do not depend on it [default: one per core]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// Arguments of `explore`.
#[derive(Clone, Debug, Default, Args)]
pub struct Explore {
    /// Experiment or run directory
    pub path: Option<PathBuf>,
    /// How the experiment is changed.
    #[command(flatten)]
    pub changes: Changes,
    /// Steps per second of each cell; 0: as fast as it goes [default: 60 in the gallery, else 0]
    #[arg(long, value_name = "N")]
    pub pace: Option<u32>,
    /// Characters that curves are made of
    #[arg(long, value_enum)]
    pub glyphs: Option<Glyphs>,
    /// Run directory to write [default: the next free one under runs/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Show a recorded run again from its start, at this multiple of its speed: 0.25 to 64
    #[arg(long, value_name = "SPEED", num_args = 0..=1, default_missing_value = "1", value_parser = speed)]
    pub replay: Option<f64>,
    /// Settings of the explorer [default: ELBOW_CONFIG, else explorer.toml in the user's configuration folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no settings
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// What is on the screen first, as `x=process_time view=table`; an exported file names its own
    #[arg(long, value_name = "WORDS", default_value = "")]
    pub screen: String,
    /// Instead of showing it, write the screen of a run directory as SVG; - for stdout
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Instead of showing it, write what the charts of a run directory show as CSV; - for stdout
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Columns and rows of a screen that is written
    #[arg(long, value_name = "WxH", default_value = "120x40", value_parser = size)]
    pub size: Size,
}

/// Columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u16, pub u16);

impl Default for Size {
    fn default() -> Self {
        Self(120, 40)
    }
}

fn size(text: &str) -> Result<Size, String> {
    let parts = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match parts {
        Some((width @ 60..=500, height @ 16..=300)) => Ok(Size(width, height)),
        Some(_) => Err("a screen has 60x16 to 500x300 cells".into()),
        None => Err("expected columns and rows, as 120x40".into()),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| format!("`{text}` is not a number"))?;
    if (0.25..=64.0).contains(&speed) { Ok(speed) } else { Err("a replay goes at 0.25 to 64 times its speed".into()) }
}

/// An experiment, and how it is changed.
#[derive(Debug, Args)]
pub struct Experiment {
    /// Experiment (TOML)
    pub file: PathBuf,
    /// How it is changed.
    #[command(flatten)]
    pub changes: Changes,
}

/// What the command line changes in an experiment.
#[derive(Clone, Debug, Default, Args)]
pub struct Changes {
    /// Keys set over those of the file.
    #[arg(
        long,
        value_name = "KEY=VALUE",
        help = "Set a key over the file, as run.steps=100 or optimizer[0].step_size=0.1 (without an index: in all); repeatable"
    )]
    pub set: Vec<String>,
    /// Seeds over those of the file: 0..20, or 1,5,9; up to 2⁶⁴ − 1
    #[arg(long)]
    pub seeds: Option<Seeds>,
}

/// Format of exported tables.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// A JSON object a line.
    Jsonl,
    /// An experiment with the same cells, forks and changes, as TOML.
    Experiment,
}

/// `list` or `show`.
#[derive(Debug, Subcommand)]
pub enum Listing {
    /// A line each
    List,
    /// One, with its parameters: type, range, default
    Show {
        /// Id or short name
        name: String,
    },
}

/// `plugin …`.
#[derive(Debug, Subcommand)]
pub enum Plugins {
    /// A line each: kind, id, package, origin
    List,
}
