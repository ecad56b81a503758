//! Schemas of parameters, owned: what a key means, its type, range and default.

use crate::error::read;
use crate::value::Value;
use elbow_abi::*;

/// Type of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// Text.
    Text,
    /// One of these names.
    Choice(Vec<String>),
    /// Numbers, flat or in rows, or a file of them.
    Array,
    /// A table with these keys.
    Table(Vec<Schema>),
    /// A list of tables with these keys.
    Tables(Vec<Schema>),
    /// A list of texts.
    Texts,
    /// Path of a file.
    Path,
    /// A table of numbers under any names.
    Numbers,
    /// Whole numbers up to 2⁶⁴ − 1 and ranges of them: a key of the engine's, never of a plugin.
    Seeds,
}

impl Kind {
    /// The type in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Bool => "true or false".into(),
            Self::Integer => "an integer".into(),
            Self::Number => "a number".into(),
            Self::Text => "text".into(),
            Self::Choice(names) => names.join(" | "),
            Self::Array => "numbers".into(),
            Self::Table(_) => "a table".into(),
            Self::Tables(_) => "a list of tables".into(),
            Self::Texts => "a list of texts".into(),
            Self::Path => "the path of a file".into(),
            Self::Numbers => "a table of numbers".into(),
            Self::Seeds => "whole numbers, or text as \"0..20\"".into(),
        }
    }
}

/// A condition on another parameter, which is looked up in the same table and then in those around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Its key.
    pub key: String,
    /// The choices that fulfil the condition, or `true` or `false`.
    pub values: Vec<String>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// Key.
    pub key: String,
    /// What it is.
    pub doc: String,
    /// Unit; may be empty.
    pub unit: String,
    /// Type.
    pub kind: Kind,
    /// Smallest number, and whether it is itself allowed.
    pub min: (f64, bool),
    /// Largest number, and whether it is itself allowed.
    pub max: (f64, bool),
    /// Value where none is given.
    pub default: Value,
    /// Must be given.
    pub required: bool,
    /// Best seen on a logarithmic scale.
    pub log: bool,
    /// May change while a run goes on.
    pub live: bool,
    /// An array that may be empty.
    pub empty: bool,
    /// It has an effect where all of these hold.
    pub conditions: Vec<Condition>,
}

impl Schema {
    /// A parameter without bounds that may be left out.
    pub fn new(key: &str, kind: Kind, doc: &str) -> Self {
        let (min, max) = ((f64::NEG_INFINITY, true), (f64::INFINITY, true));
        let (key, doc, unit) = (key.to_owned(), doc.to_owned(), String::new());
        let (default, conditions) = (Value::Absent, Vec::new());
        let (required, log, live, empty) = (false, false, false, false);
        Self { key, doc, unit, kind, min, max, default, required, log, live, empty, conditions }
    }

    /// With a default.
    pub fn or(self, default: Value) -> Self {
        Self { default, ..self }
    }

    /// With a smallest value.
    pub fn at_least(self, min: f64) -> Self {
        Self { min: (min, true), ..self }
    }

    /// With an excluded lower bound.
    pub fn above(self, min: f64) -> Self {
        Self { min: (min, false), ..self }
    }

    /// With a largest value.
    pub fn at_most(self, max: f64) -> Self {
        Self { max: (max, true), ..self }
    }

    /// Must be given.
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Whether a number is in the range. NaN never is.
    pub fn admits(&self, number: f64) -> bool {
        let above = if self.min.1 { number >= self.min.0 } else { number > self.min.0 };
        let below = if self.max.1 { number <= self.max.0 } else { number < self.max.0 };
        above && below
    }

    /// The range in words, as `> 0`, `0 … 1`, `≥ 1`; empty without bounds.
    pub fn range(&self) -> String {
        let (low, high) = (self.min.0.is_finite(), self.max.0.is_finite());
        let (open, close) = (if self.min.1 { "≥" } else { ">" }, if self.max.1 { "≤" } else { "<" });
        match (low, high) {
            (false, false) => String::new(),
            (true, false) => format!("{open} {}", self.min.0),
            (false, true) => format!("{close} {}", self.max.0),
            (true, true) if self.min.1 && self.max.1 => format!("{} … {}", self.min.0, self.max.0),
            (true, true) => format!("{open} {} and {close} {}", self.min.0, self.max.0),
        }
    }

    /// When it has an effect, as `with kind = tikhonov | relative`; empty if always.
    pub fn needs(&self) -> String {
        let one = |Condition { key, values }: &Condition| format!("{key} = {}", values.join(" | "));
        let all: Vec<String> = self.conditions.iter().map(one).collect();
        if all.is_empty() { String::new() } else { format!("with {}", all.join(" and ")) }
    }

    /// The value where nothing is given: the default, or the fields' own.
    pub fn default_value(&self) -> Value {
        match (&self.kind, &self.default) {
            (Kind::Table(fields), Value::Absent) => Self::defaults(fields),
            (_, default) => default.clone(),
        }
    }

    /// The values of all keys where nothing is given.
    pub fn defaults(schemas: &[Self]) -> Value {
        Value::Table(schemas.iter().map(|schema| (schema.key.clone(), schema.default_value())).collect())
    }

    /// # Safety
    /// `raw` must be a complete descriptor.
    pub(crate) unsafe fn from_raw(raw: &ElbowParam) -> Result<Self, String> {
        // SAFETY: the caller's contract, for all pointers of the descriptor.
        let (key, doc, unit) = unsafe { (read(raw.key), read(raw.doc), read(raw.unit)) };
        // SAFETY: as above.
        let fields = || unsafe { schemas(raw.fields, raw.n_fields) };
        let kind = match raw.kind {
            PARAM_BOOL => Kind::Bool,
            PARAM_INTEGER => Kind::Integer,
            PARAM_NUMBER => Kind::Number,
            PARAM_TEXT => Kind::Text,
            // SAFETY: as above.
            PARAM_CHOICE => Kind::Choice(unsafe { texts(raw.choices, raw.n_choices) }),
            PARAM_ARRAY => Kind::Array,
            PARAM_TABLE => Kind::Table(fields()?),
            PARAM_TABLES => Kind::Tables(fields()?),
            PARAM_TEXTS => Kind::Texts,
            PARAM_PATH => Kind::Path,
            other => return Err(format!("parameter `{key}` is of an unknown kind {other}")),
        };
        Ok(Self {
            min: (raw.min, raw.flags & PARAM_ABOVE == 0),
            max: (raw.max, raw.flags & PARAM_BELOW == 0),
            // SAFETY: as above.
            default: unsafe { Value::from_raw(&raw.default) },
            required: raw.flags & PARAM_REQUIRED != 0,
            log: raw.flags & PARAM_LOG != 0,
            live: raw.flags & PARAM_LIVE != 0,
            empty: raw.flags & PARAM_EMPTY != 0,
            unit: unit.to_owned(),
            // SAFETY: as above.
            conditions: unsafe { items(raw.conditions, raw.n_conditions).iter().map(|raw| condition(raw)).collect() },
            ..Self::new(key, kind, doc)
        })
    }
}

/// # Safety
/// `raw` must be a complete condition.
unsafe fn condition(raw: &ElbowCondition) -> Condition {
    // SAFETY: the caller's contract.
    unsafe { Condition { key: read(raw.key).to_owned(), values: texts(raw.values, raw.n_values) } }
}

/// # Safety
/// `ptr` must have `n` items, or `n` be 0.
pub(crate) unsafe fn items<'a, T>(ptr: *const T, n: usize) -> &'a [T] {
    // SAFETY: the caller's contract.
    if n == 0 || ptr.is_null() { &[] } else { unsafe { std::slice::from_raw_parts(ptr, n) } }
}

/// # Safety
/// `ptr` must have `n` texts.
pub(crate) unsafe fn texts(ptr: *const ElbowStr, n: usize) -> Vec<String> {
    // SAFETY: the caller's contract.
    unsafe { items(ptr, n).iter().map(|text| read(*text).to_owned()).collect() }
}

/// # Safety
/// `ptr` must have `n` complete descriptors.
pub(crate) unsafe fn schemas(ptr: *const ElbowParam, n: usize) -> Result<Vec<Schema>, String> {
    // SAFETY: the caller's contract.
    unsafe { items(ptr, n).iter().map(|raw| Schema::from_raw(raw)).collect() }
}
