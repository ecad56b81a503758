//! What is wrong with an experiment: every issue with file, line, column, a caret and the nearest valid name.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use elbow_host::{acts, escaped};
use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

/// A text that an experiment was read from: the file, or one `--set`.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path of the file, or `--set`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A range of bytes of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Index of the source.
    pub source: usize,
    /// Bytes.
    pub range: Range<usize>,
}

/// One issue.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Where; absent if it concerns no place in a text.
    pub span: Option<Span>,
    /// What is wrong and what was expected.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Nothing is wrong, but a user should know.
    pub is_note: bool,
}

/// The issues of an experiment, and the texts that they point into.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    /// The texts.
    pub sources: Vec<Source>,
    issues: Vec<Issue>,
    /// All that is wrong is that no pairing of the experiment can work.
    pub is_nothing: bool,
}

impl Diagnostics {
    /// Adds a text; its index.
    pub fn add_source(&mut self, name: &str, text: &str) -> usize {
        self.sources.push(Source { name: name.to_owned(), text: text.to_owned() });
        self.sources.len() - 1
    }

    /// Adds an issue.
    pub fn error(&mut self, span: Option<&Span>, message: impl Into<String>) {
        self.error_with_help(span, message, None);
    }

    /// Adds an issue with what to write instead.
    pub fn error_with_help(&mut self, span: Option<&Span>, message: impl Into<String>, help: Option<String>) {
        self.push(Issue { span: span.cloned(), message: message.into(), help, is_note: false });
    }

    /// Adds something that is no mistake, and that a user should know.
    pub fn note(&mut self, span: Option<&Span>, message: impl Into<String>) {
        self.push(Issue { span: span.cloned(), message: message.into(), help: None, is_note: true });
    }

    fn push(&mut self, issue: Issue) {
        if !self.issues.iter().any(|known| known.message == issue.message && known.span == issue.span) {
            self.issues.push(issue);
        }
    }

    /// Whether nothing is wrong; there may be notes.
    pub fn is_empty(&self) -> bool {
        self.issues.iter().all(|issue| issue.is_note)
    }

    /// The issues, in the order of the text.
    pub fn issues(&self) -> Vec<&Issue> {
        let mut issues: Vec<_> = self.issues.iter().collect();
        issues.sort_by_key(|issue| issue.span.as_ref().map_or((usize::MAX, 0), |span| (span.source, span.range.start)));
        issues
    }

    /// All issues in one line without their places, each with what to write instead.
    pub fn line(&self) -> String {
        let help = |issue: &Issue| issue.help.as_ref().map_or(String::new(), |help| format!("; {help}"));
        self.issues().iter().map(|issue| issue.message.clone() + &help(issue)).collect::<Vec<_>>().join("; ")
    }

    /// Line and column of a place, counted from 1, the column in characters.
    pub fn line_column(&self, span: &Span) -> (usize, usize) {
        let text = &self.sources[span.source].text;
        let before = &text[..floor(text, span.range.start)];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    }

    /// All issues as text, each with `file:line:column` and a caret.
    pub fn render(&self, color: bool) -> String {
        format!("{}{} in the experiment; nothing was written", self.list(color), self.count())
    }

    /// How many issues there are, in words.
    pub fn count(&self) -> String {
        let count = self.issues.iter().filter(|issue| !issue.is_note).count();
        format!("{count} error{}", if count == 1 { "" } else { "s" })
    }

    /// The issues alone, each as [`Diagnostics::render`] shows it and with an empty line after it.
    pub fn list(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
        let mut out = String::new();
        for issue in self.issues() {
            let _ = writeln!(out, "{}\n", renderer.render(&self.report(issue)));
        }
        out
    }

    fn report<'a>(&'a self, issue: &'a Issue) -> Vec<annotate_snippets::Group<'a>> {
        let level = if issue.is_note { Level::NOTE } else { Level::ERROR };
        let title = level.primary_title(escaped(&issue.message));
        let group = match &issue.span {
            Some(span) => {
                let source = &self.sources[span.source];
                let range = clip(&source.text, &span.range);
                let snippet = Snippet::source(harmless(&source.text)).path(escaped(&source.name));
                let snippet = snippet.annotation(AnnotationKind::Primary.span(range));
                title.element(snippet)
            }
            None => annotate_snippets::Group::with_title(title),
        };
        match &issue.help {
            Some(help) => vec![group.element(Level::HELP.message(escaped(help)))],
            None => vec![group],
        }
    }
}

/// A source with stand-ins for what acts on a terminal, each of the same number of bytes: places stay where they are.
fn harmless(text: &str) -> Cow<'_, str> {
    let acts = |letter: char| acts(letter) && !matches!(letter, '\n' | '\r' | '\t');
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let stand_in = |letter: char| ['?', '¿', '\u{fffd}'][letter.len_utf8() - 1];
    Cow::Owned(text.chars().map(|letter| if acts(letter) { stand_in(letter) } else { letter }).collect())
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The first line of a range: a caret under a whole table helps nobody.
fn clip(text: &str, range: &Range<usize>) -> Range<usize> {
    let (start, end) = (floor(text, range.start), floor(text, range.end));
    let first = text[start..end].find('\n').map_or(end, |at| start + at);
    start..first.max(start)
}
