//! Errors: what failed, where, and — for parameters — every issue at once.

use elbow_abi as abi;
use std::fmt;

/// Result of everything that a plugin does.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// For the reason that the message tells.
    Failed,
    /// A capability is missing.
    Unsupported,
    /// A parameter is wrong.
    BadParameter,
    /// Not positive definite, not finite.
    Numeric,
    /// The host asked to stop.
    Cancelled,
    /// A saved state could not be read.
    BadState,
    /// The other side broke the interface.
    Abi,
    /// A panic was caught.
    Panic,
    /// The point is outside the model's domain.
    Domain,
    /// The number has no meaning at this point.
    Undefined,
    /// The optimizer stands at an optimum, as far as the numbers tell: it makes no step, and the cell ends well.
    Converged,
    /// The optimizer cannot go on from here, although this is no optimum: it makes no step, and the cell ends.
    Stalled,
}

const CODES: [(Code, i32); 12] = [
    (Code::Failed, abi::FAILED),
    (Code::Unsupported, abi::UNSUPPORTED),
    (Code::BadParameter, abi::BAD_PARAM),
    (Code::Numeric, abi::NUMERIC),
    (Code::Cancelled, abi::CANCELLED),
    (Code::BadState, abi::BAD_STATE),
    (Code::Abi, abi::ABI),
    (Code::Panic, abi::PANIC),
    (Code::Domain, abi::DOMAIN),
    (Code::Undefined, abi::UNDEFINED),
    (Code::Converged, abi::CONVERGED),
    (Code::Stalled, abi::STALLED),
];

impl Code {
    pub(crate) fn status(self) -> i32 {
        CODES.iter().find(|(code, _)| *code == self).map_or(abi::FAILED, |(_, status)| *status)
    }

    pub(crate) fn of(status: i32) -> Self {
        CODES.iter().find(|(_, known)| *known == status).map_or(Self::Failed, |(code, _)| *code)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its kind.
    pub code: Code,
    /// Path of the parameter concerned, as `nodes[1].parents`; empty if none.
    pub path: String,
    /// What is wrong and what was expected.
    pub message: String,
}

/// One or more issues. Small, so that results stay cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<[Issue]>);

impl Error {
    /// An error with one issue.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new([Issue { code, path: String::new(), message: message.into() }]))
    }

    /// A wrong parameter.
    pub fn parameter(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new([Issue { code: Code::BadParameter, path: path.into(), message: message.into() }]))
    }

    /// A missing capability.
    pub fn unsupported(what: &str) -> Self {
        Self::new(Code::Unsupported, what)
    }

    /// The end of an optimizer at an optimum; the reason says how it can tell.
    pub fn converged(reason: impl Into<String>) -> Self {
        Self::new(Code::Converged, reason)
    }

    /// The end of an optimizer that cannot go on, and cannot tell whether this is an optimum: the host will.
    pub fn stalled(reason: impl Into<String>) -> Self {
        Self::new(Code::Stalled, reason)
    }

    /// Kind of the first issue.
    pub fn code(&self) -> Code {
        self.0.first().map_or(Code::Failed, |issue| issue.code)
    }

    /// All issues.
    pub fn issues(&self) -> &[Issue] {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, issue) in self.0.iter().enumerate() {
            let between = if i > 0 { "; " } else { "" };
            let colon = if issue.path.is_empty() { "" } else { ": " };
            write!(f, "{between}{}{colon}{}", issue.path, issue.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Collects issues so that a user sees all of them at once.
#[derive(Debug, Default)]
pub struct Issues(Vec<Issue>);

impl Issues {
    /// Adds a wrong parameter.
    pub fn parameter(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Issue { code: Code::BadParameter, path: path.into(), message: message.into() });
    }

    /// Takes the value out, or keeps the issues.
    pub fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.0.extend(error.0)).ok()
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the collection: an error if anything is wrong.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error(self.0.into_boxed_slice())) }
    }
}
