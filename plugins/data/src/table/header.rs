//! Whether the first line names the columns.

use super::dialect::Dialect;
use super::{shown, wrong_field};
use elbow_sdk::Result;

/// What the first line is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Header {
    /// Numbers.
    None,
    /// Names; whether the first column has none and is an index.
    Names { index: bool },
    /// 0, 1, 2, …: names as pandas writes them, or numbers. The lines below decide.
    Counted,
}

impl Header {
    /// Of the fields of the first line, by its number.
    pub fn of(fields: &[&[u8]], dialect: Dialect, line: usize) -> Result<Self> {
        let index = fields.len() > 1 && fields[0].is_empty();
        let names = &fields[usize::from(index)..];
        let counts = names.iter().enumerate().all(|(k, name)| *name == k.to_string().as_bytes());
        let is_number = |field: &&[u8]| dialect.number(field).is_some();
        match () {
            () if counts && index => Ok(Self::Names { index }),
            () if counts && names.len() > 1 => Ok(Self::Counted),
            () if names.iter().any(is_number) => Ok(Self::None),
            () if names.iter().any(|name| begins_as_name(name)) => Ok(Self::Names { index }),
            () => {
                let what = format!("is `{}`, no number and no name", shown(fields[0]));
                Err(wrong_field(line, 0, &format!("{what}; expected numbers, or names of which one begins with a letter")))
            }
        }
    }
}

fn begins_as_name(field: &[u8]) -> bool {
    field.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_' || !byte.is_ascii())
}
