//! A safe view of the tree of parameter values that the host hands over.

use crate::error::{Code, Error, Result};
use crate::text;
use elbow_abi::*;

/// One value; what it holds was checked by the host against the plugin's schema.
#[derive(Clone, Copy)]
pub struct Value<'a>(&'a ElbowValue);

impl<'a> Value<'a> {
    /// Wraps the host's value.
    ///
    /// # Safety
    /// `raw` must be a complete tree that lives for `'a`.
    pub(crate) unsafe fn new(raw: &'a ElbowValue) -> Self {
        Self(raw)
    }

    /// Whether an optional value was not given.
    pub fn is_absent(self) -> bool {
        self.0.kind == VALUE_ABSENT
    }

    /// Whether this is a table.
    pub fn is_table(self) -> bool {
        self.0.kind == VALUE_TABLE
    }

    /// The value of a key, if this is a table that has it.
    pub fn get(self, key: &str) -> Option<Self> {
        if self.0.kind != VALUE_TABLE || self.0.len == 0 {
            return None;
        }
        // SAFETY: a table has `len` keys and as many items.
        let keys = unsafe { std::slice::from_raw_parts(self.0.keys, self.0.len) };
        // SAFETY: each key is text that lives as long as the tree.
        let index = keys.iter().position(|known| unsafe { text::read(*known) } == key)?;
        self.items().nth(index)
    }

    /// The items of a list or a table.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let holds = matches!(self.0.kind, VALUE_LIST | VALUE_TABLE) && self.0.len > 0;
        // SAFETY: a list and a table have `len` items.
        let items = if holds { unsafe { std::slice::from_raw_parts(self.0.items, self.0.len) } } else { &[] };
        items.iter().map(Self)
    }

    /// A number, also from an integer.
    pub fn number(self) -> Result<f64> {
        match self.0.kind {
            VALUE_NUMBER => Ok(self.0.number),
            VALUE_INTEGER => Ok(self.0.integer as f64),
            _ => Err(wrong("a number")),
        }
    }

    /// An integer.
    pub fn integer(self) -> Result<i64> {
        if self.0.kind == VALUE_INTEGER { Ok(self.0.integer) } else { Err(wrong("an integer")) }
    }

    /// A truth value.
    pub fn boolean(self) -> Result<bool> {
        if self.0.kind == VALUE_BOOL { Ok(self.0.integer != 0) } else { Err(wrong("true or false")) }
    }

    /// Text, or the name of a choice.
    pub fn text(self) -> Result<&'a str> {
        // SAFETY: a text value holds text that lives as long as the tree.
        if self.0.kind == VALUE_TEXT { Ok(unsafe { text::read(self.0.text) }) } else { Err(wrong("text")) }
    }

    /// Numbers, row by row, with the numbers of rows and columns.
    pub fn array(self) -> Result<(&'a [f64], usize, usize)> {
        if self.0.kind != VALUE_ARRAY {
            return Err(wrong("numbers"));
        }
        let len = self.0.rows * self.0.cols;
        // SAFETY: an array has rows × cols numbers.
        let values = if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(self.0.numbers, len) } };
        Ok((values, self.0.rows, self.0.cols))
    }
}

fn wrong(expected: &str) -> Error {
    Error::new(Code::Abi, format!("the host handed a value that is not {expected}"))
}
