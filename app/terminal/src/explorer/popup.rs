//! What lies over the views: lists, lines to fill in, the parameters of a run.

use super::steer::{Choice, Field};

/// What lies over the views.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Popup {
    #[default]
    None,
    /// With the first line shown.
    Help(usize),
    /// With the row under the cursor.
    Gallery(usize),
    Line(Line),
    Editor(Editor),
    Chooser(Chooser),
}

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Filter,
    /// Of the selected run, once more.
    Seed,
    Target,
}

/// A line to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub purpose: Purpose,
    pub text: String,
    pub error: String,
    /// The filter before, for those who change their mind.
    pub before: String,
}

impl Line {
    /// A line with text in it.
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self { purpose, text: text.to_owned(), error: String::new(), before: text.to_owned() }
    }

    /// What is asked.
    pub fn title(&self) -> &'static str {
        match self.purpose {
            Purpose::Filter => "show runs with",
            Purpose::Seed => "restart with seed",
            Purpose::Target => "target of the leading metric",
        }
    }
}

/// The parameters of a run's optimizer, one under the cursor, perhaps being typed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Editor {
    pub run: usize,
    /// Step at which a fork gets the change; `None`: the run itself is changed.
    pub fork: Option<u64>,
    pub fields: Vec<Field>,
    pub row: usize,
    pub typed: Option<String>,
    pub error: String,
}

/// A list to choose from; first of models, then of optimizers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chooser {
    pub title: &'static str,
    pub choices: Vec<Choice>,
    pub row: usize,
    /// The model, once it is chosen.
    pub model: Option<String>,
}
