//! Names of the explorer's actions.

use crate::explorer::key::Key;
use crate::explorer::keymap::{Action, KEYS};

/// All actions that have a key, with their default keys, in the order of the table of keys.
pub(crate) fn actions() -> Vec<(&'static str, &'static [Key])> {
    KEYS.iter().map(|binding| (name(binding.action), binding.keys)).collect()
}

/// The name of an action in settings.
pub(crate) fn name(action: Action) -> &'static str {
    match action {
        Action::Pause => "pause",
        Action::Up => "up",
        Action::Down => "down",
        Action::Toggle => "toggle",
        Action::Only => "only",
        Action::ShowAll => "show-all",
        Action::NextChart => "next-chart",
        Action::PreviousChart => "previous-chart",
        Action::Chart(index) => CHARTS[index.min(CHARTS.len() - 1)],
        Action::Grid => "grid",
        Action::LogScale => "log-scale",
        Action::Faster => "faster",
        Action::Slower => "slower",
        Action::FullSpeed => "full-speed",
        Action::Gallery => "gallery",
        Action::Log => "log",
        Action::Help => "help",
        Action::Repaint => "repaint",
        Action::Suspend => "suspend",
        Action::Quit => "quit",
    }
}

const CHARTS: [&str; 9] = ["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6", "chart-7", "chart-8", "chart-9"];
