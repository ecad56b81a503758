//! Parameters: one declaration gives the struct, its schema (type, unit, range, default, text) and its reading.
//!
//! ```
//! elbow_sdk::parameters! {
//!     /// Parameters of a damped step.
//!     pub struct Parameters {
//!         /// η, the length of a step.
//!         step_size: f64 = 0.01, above(0.0), log(), live();
//!         /// λ, added to the diagonal.
//!         lambda: f64 = 1e-3, min(0.0);
//!     }
//! }
//! assert_eq!(Parameters::default().step_size, 0.01);
//! ```

use crate::error::{Code, Error, Result};
use crate::text;
use crate::value::Value;
use elbow_abi::*;

/// A default value.
#[derive(Clone, Debug)]
pub enum Literal {
    /// None: the value may be left out, or the fields have their own defaults.
    Absent,
    /// True or false.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Text or a choice.
    Text(String),
}

/// Schema of one parameter.
#[derive(Clone, Debug)]
pub struct Param {
    key: &'static str,
    doc: String,
    kind: u32,
    flags: u32,
    unit: &'static str,
    default: Literal,
    min: f64,
    max: f64,
    choices: &'static [&'static str],
    fields: Vec<Param>,
    flattened: bool,
    /// Keys and the values of them with which the parameter has an effect.
    conditions: Vec<(&'static str, &'static [&'static str])>,
}

impl Param {
    /// A required parameter of type `T`, until a default is given.
    pub fn of<T: Parameter>(key: &'static str, doc: &str) -> Self {
        let (min, max) = (f64::NEG_INFINITY, f64::INFINITY);
        let flags = if T::OPTIONAL { 0 } else { PARAM_REQUIRED };
        let (choices, fields) = (T::CHOICES, T::fields());
        let doc = doc.trim().to_owned();
        let (default, conditions) = (Literal::Absent, Vec::new());
        Self { key, doc, kind: T::KIND, flags, unit: "", default, min, max, choices, fields, flattened: false, conditions }
    }

    /// Value where none is given.
    pub fn default_value<T: Parameter>(mut self, value: T) -> Self {
        self.flags &= !PARAM_REQUIRED;
        self.default = value.literal();
        self
    }

    /// Smallest value.
    pub fn min(self, min: f64) -> Self {
        Self { min, ..self }
    }

    /// Largest value.
    pub fn max(self, max: f64) -> Self {
        Self { max, ..self }
    }

    /// Every value is larger than this.
    pub fn above(self, min: f64) -> Self {
        Self { min, flags: self.flags | PARAM_ABOVE, ..self }
    }

    /// Every value is smaller than this.
    pub fn below(self, max: f64) -> Self {
        Self { max, flags: self.flags | PARAM_BELOW, ..self }
    }

    /// Unit.
    pub fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// Best seen on a logarithmic scale.
    pub fn log(self) -> Self {
        Self { flags: self.flags | PARAM_LOG, ..self }
    }

    /// May change while a run goes on.
    pub fn live(self) -> Self {
        Self { flags: self.flags | PARAM_LIVE, ..self }
    }

    /// An array that may be empty.
    pub fn empty(self) -> Self {
        Self { flags: self.flags | PARAM_EMPTY, ..self }
    }

    /// The fields of a table stand beside the other parameters instead of in a table of their own.
    pub fn flatten(self) -> Self {
        Self { flattened: true, flags: self.flags & !PARAM_REQUIRED, ..self }
    }

    /// It has an effect only where another parameter, of this table or one around it, has one of these values (`true` and `false`
    /// are the values of a bool). Of a flattened table every field has.
    pub fn when(mut self, key: &'static str, values: &'static [&'static str]) -> Self {
        self.conditions.push((key, values));
        self
    }

    fn leak(self) -> ElbowParam {
        let (conditions, n_conditions) = text::leak_slice(self.conditions.iter().map(leak_condition).collect());
        let (choices, n_choices) = text::leak_slice(self.choices.iter().map(|name| text::leak(name)).collect());
        let (fields, n_fields) = leak_all(self.fields);
        ElbowParam {
            kind: self.kind,
            flags: self.flags,
            key: text::leak(self.key),
            unit: text::leak(self.unit),
            doc: text::leak(&self.doc),
            default: leak_literal(&self.default),
            min: self.min,
            max: self.max,
            choices,
            n_choices,
            fields,
            n_fields,
            conditions,
            n_conditions,
        }
    }
}

fn leak_condition((key, values): &(&'static str, &'static [&'static str])) -> ElbowCondition {
    let (values, n_values) = text::leak_slice(values.iter().map(|value| text::leak(value)).collect());
    ElbowCondition { key: text::leak(key), values, n_values }
}

/// Moves a schema into memory that lives as long as the process.
pub(crate) fn leak_all(params: Vec<Param>) -> (*const ElbowParam, usize) {
    text::leak_slice(flat(params).into_iter().map(Param::leak).collect())
}

/// Fields of flattened tables stand beside the others, however deep.
fn flat(params: Vec<Param>) -> Vec<Param> {
    let mut all = Vec::new();
    for mut param in params {
        if !param.flattened {
            all.push(param);
            continue;
        }
        for mut field in flat(std::mem::take(&mut param.fields)) {
            field.conditions.extend(&param.conditions);
            all.push(field);
        }
    }
    all
}

const ABSENT: ElbowValue = ElbowValue::ABSENT;

fn leak_literal(literal: &Literal) -> ElbowValue {
    match literal {
        Literal::Absent => ABSENT,
        Literal::Bool(value) => ElbowValue { kind: VALUE_BOOL, integer: i64::from(*value), ..ABSENT },
        Literal::Integer(value) => ElbowValue { kind: VALUE_INTEGER, integer: *value, ..ABSENT },
        Literal::Number(value) => ElbowValue { kind: VALUE_NUMBER, number: *value, ..ABSENT },
        Literal::Text(value) => ElbowValue { kind: VALUE_TEXT, text: text::leak(value), ..ABSENT },
    }
}

/// A type that a parameter may have.
pub trait Parameter: Sized {
    /// `PARAM_*` kind.
    const KIND: u32;
    /// Whether it may be left out.
    const OPTIONAL: bool = false;
    /// Names of a choice.
    const CHOICES: &'static [&'static str] = &[];
    /// Keys of a table.
    fn fields() -> Vec<Param> {
        Vec::new()
    }
    /// As a default value.
    fn literal(&self) -> Literal {
        Literal::Absent
    }
    /// Reads the host's value.
    fn read(value: Value<'_>) -> Result<Self>;
}

/// Reads one key of a table; a flattened table's fields stand in the table itself.
pub fn read_field<T: Parameter>(table: Value<'_>, key: &str) -> Result<T> {
    match table.get(key) {
        // A flattened table may have a field of its own name.
        Some(value) if T::KIND != PARAM_TABLE || value.is_table() => T::read(value),
        _ if T::KIND == PARAM_TABLE => T::read(table),
        Some(value) => T::read(value),
        None => Err(Error::new(Code::Abi, format!("the host left out the parameter `{key}`"))),
    }
}

macro_rules! plain {
    ($($type:ty, $kind:ident, $literal:expr, $read:expr;)*) => { $(
        impl Parameter for $type {
            const KIND: u32 = $kind;
            fn literal(&self) -> Literal {
                let literal: fn(&$type) -> Literal = $literal;
                literal(self)
            }
            fn read(value: Value<'_>) -> Result<Self> {
                let read: fn(Value<'_>) -> Result<$type> = $read;
                read(value)
            }
        }
    )* };
}

plain! {
    f64, PARAM_NUMBER, |v| Literal::Number(*v), |v| v.number();
    bool, PARAM_BOOL, |v| Literal::Bool(*v), |v| v.boolean();
    i64, PARAM_INTEGER, |v| Literal::Integer(*v), |v| v.integer();
    usize, PARAM_INTEGER, |v| Literal::Integer(*v as i64), |v| v.integer().map(|i| usize::try_from(i).unwrap_or(0));
    String, PARAM_TEXT, |v| Literal::Text(v.clone()), |v| v.text().map(str::to_owned);
    Vec<f64>, PARAM_ARRAY, |_| Literal::Absent, |v| v.array().map(|(values, ..)| values.to_vec());
    Vec<String>, PARAM_TEXTS, |_| Literal::Absent, |v| v.items().map(|item| item.text().map(str::to_owned)).collect();
}

/// A file; a relative path in an experiment is joined to the experiment's folder. Empty: none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilePath(pub String);

impl Parameter for FilePath {
    const KIND: u32 = PARAM_PATH;
    fn literal(&self) -> Literal {
        Literal::Text(self.0.clone())
    }
    fn read(value: Value<'_>) -> Result<Self> {
        value.text().map(|text| Self(text.to_owned()))
    }
}

impl<T: Parameter> Parameter for Option<T> {
    const KIND: u32 = T::KIND;
    const OPTIONAL: bool = true;
    const CHOICES: &'static [&'static str] = T::CHOICES;
    fn fields() -> Vec<Param> {
        T::fields()
    }
    fn read(value: Value<'_>) -> Result<Self> {
        if value.is_absent() { Ok(None) } else { T::read(value).map(Some) }
    }
}

/// A list of tables.
#[derive(Clone, Debug, Default)]
pub struct Tables<T>(pub Vec<T>);

impl<T: Parameter> Parameter for Tables<T> {
    const KIND: u32 = PARAM_TABLES;
    const OPTIONAL: bool = true;
    fn fields() -> Vec<Param> {
        T::fields()
    }
    fn read(value: Value<'_>) -> Result<Self> {
        value.items().map(T::read).collect::<Result<_>>().map(Self)
    }
}

/// Declares parameters; see the module's text. After a type come the default (without one the parameter is required) and
/// any of `min(x)`, `max(x)`, `above(x)`, `below(x)`, `unit("…")`, `log()`, `live()`, `empty()`, `flatten()`, `when("key", &["value"])`.
#[macro_export]
macro_rules! parameters {
    ($(#[doc = $about:literal])* $visibility:vis struct $name:ident {
        $($(#[doc = $doc:literal])* $field:ident : $type:ty $(= $default:expr)? $(, $option:ident ( $($argument:expr),* ))* ;)*
    }) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug)]
        $visibility struct $name { $($(#[doc = $doc])* pub $field: $type,)* }

        impl $crate::parameter::Parameter for $name {
            const KIND: u32 = $crate::abi::PARAM_TABLE;
            fn fields() -> ::std::vec::Vec<$crate::parameter::Param> {
                ::std::vec![$(
                    $crate::parameter::Param::of::<$type>(stringify!($field), concat!($($doc, "\n"),*))
                        $(.default_value::<$type>($default))? $(.$option($($argument),*))*
                ),*]
            }
            fn read(table: $crate::value::Value<'_>) -> $crate::Result<Self> {
                $(let $field = $crate::parameter::read_field::<$type>(table, stringify!($field))?;)*
                Ok(Self { $($field),* })
            }
        }

        $crate::parameters!(@default $name { $($field : $type = [$($default)?];)* });
    };
    (@default $name:ident { $($field:ident : $type:ty = [$default:expr];)* }) => {
        impl ::std::default::Default for $name {
            fn default() -> Self { Self { $($field: $default),* } }
        }
    };
    // A required parameter: no default for the whole.
    (@default $name:ident { $($rest:tt)* }) => {};
}

/// Declares a choice between names.
///
/// ```
/// elbow_sdk::choices! {
///     /// Coordinates of a probability.
///     pub enum Chart {
///         /// The probability itself.
///         Mean = "mean",
///         /// Its log-odds.
///         Logit = "logit",
///     }
/// }
/// assert_eq!(Chart::Logit.name(), "logit");
/// ```
#[macro_export]
macro_rules! choices {
    ($(#[doc = $about:literal])* $visibility:vis enum $name:ident { $($(#[doc = $doc:literal])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visibility enum $name { $($(#[doc = $doc])* $variant),* }

        impl $name {
            /// The name in an experiment.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl $crate::parameter::Parameter for $name {
            const KIND: u32 = $crate::abi::PARAM_CHOICE;
            const CHOICES: &'static [&'static str] = &[$($text),*];
            fn literal(&self) -> $crate::parameter::Literal {
                $crate::parameter::Literal::Text(self.name().to_owned())
            }
            fn read(value: $crate::value::Value<'_>) -> $crate::Result<Self> {
                match value.text()? {
                    $($text => Ok(Self::$variant),)*
                    other => Err($crate::Error::new($crate::Code::Abi, ::std::format!("`{other}` is not a choice"))),
                }
            }
        }
    };
}
