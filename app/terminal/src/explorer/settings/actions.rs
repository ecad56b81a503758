//! Names of the explorer's actions.

use crate::explorer::key::Key;
use crate::explorer::keymap::KEYS;

/// All actions, with their default keys, in the order of the table of keys.
pub(crate) fn actions() -> Vec<(&'static str, &'static [Key])> {
    KEYS.iter().map(|binding| (binding.name, binding.keys)).collect()
}
