//! Values of parameters: a tree, complete and checked before a plugin sees it.

use crate::error::{borrow, read};
use crate::schema::items;
use elbow_abi::*;
use std::ptr::null;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not given.
    Absent,
    /// True or false.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Text or a choice.
    Text(String),
    /// A file: only its name and content tell it from another.
    Path {
        /// As written in the experiment.
        written: String,
        /// Where it is.
        full: String,
        /// SHA-256 of its content.
        digest: String,
    },
    /// Numbers, row by row.
    Array {
        /// Number of rows; 1 for a flat list.
        rows: usize,
        /// Number of columns.
        cols: usize,
        /// rows × cols numbers.
        data: Vec<f64>,
    },
    /// A list.
    List(Vec<Value>),
    /// A table, in the order of its schema.
    Table(Vec<(String, Value)>),
}

const ABSENT: ElbowValue = ElbowValue::ABSENT;

/// Keeps the lists that a lent tree points to.
#[derive(Default)]
pub(crate) struct Lent {
    lists: Vec<Vec<ElbowValue>>,
    keys: Vec<Vec<ElbowStr>>,
}

impl Value {
    /// The value of a key of a table.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Table(entries) => entries.iter().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The number, also of an integer.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(integer) => Some(*integer as f64),
            _ => None,
        }
    }

    /// The text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Lends the tree to a plugin; it holds as long as `self` and `lent` do.
    pub(crate) fn lend(&self, lent: &mut Lent) -> ElbowValue {
        match self {
            Self::Absent => ABSENT,
            Self::Bool(value) => ElbowValue { kind: VALUE_BOOL, integer: i64::from(*value), ..ABSENT },
            Self::Integer(value) => ElbowValue { kind: VALUE_INTEGER, integer: *value, ..ABSENT },
            Self::Number(value) => ElbowValue { kind: VALUE_NUMBER, number: *value, ..ABSENT },
            Self::Text(value) | Self::Path { full: value, .. } => ElbowValue { kind: VALUE_TEXT, text: borrow(value), ..ABSENT },
            Self::Array { rows, cols, data } => {
                ElbowValue { kind: VALUE_ARRAY, numbers: data.as_ptr(), rows: *rows, cols: *cols, ..ABSENT }
            }
            Self::List(values) => lent.list(VALUE_LIST, values.iter()),
            Self::Table(entries) => {
                let mut table = lent.list(VALUE_TABLE, entries.iter().map(|(_, value)| value));
                lent.keys.push(entries.iter().map(|(key, _)| borrow(key)).collect());
                table.keys = lent.keys.last().map_or(null(), |keys| keys.as_ptr());
                table
            }
        }
    }

    /// # Safety
    /// `raw` must be a complete tree.
    pub(crate) unsafe fn from_raw(raw: &ElbowValue) -> Self {
        match raw.kind {
            VALUE_BOOL => Self::Bool(raw.integer != 0),
            VALUE_INTEGER => Self::Integer(raw.integer),
            VALUE_NUMBER => Self::Number(raw.number),
            // SAFETY: the caller's contract.
            VALUE_TEXT => Self::Text(unsafe { read(raw.text) }.to_owned()),
            VALUE_ARRAY => {
                // SAFETY: the caller's contract.
                let data = unsafe { items(raw.numbers, raw.rows * raw.cols) }.to_vec();
                Self::Array { rows: raw.rows, cols: raw.cols, data }
            }
            // SAFETY: the caller's contract.
            VALUE_LIST => Self::List(unsafe { items(raw.items, raw.len).iter().map(|item| Self::from_raw(item)).collect() }),
            _ => Self::Absent,
        }
    }
}

impl Lent {
    fn list<'a>(&mut self, kind: u32, values: impl Iterator<Item = &'a Value>) -> ElbowValue {
        let list: Vec<_> = values.map(|value| value.lend(self)).collect();
        self.lists.push(list);
        let list = &self.lists[self.lists.len() - 1];
        ElbowValue { kind, items: list.as_ptr(), len: list.len(), ..ABSENT }
    }
}
