//! The program's side of the plugin interface: which plugins there are, how they are loaded, and the proxy through which an
//! optimizer evaluates a model.
//!
//! # What does this crate not do?
//! It knows no experiment file, no records and no screen; it decides nothing about which cells run.

mod catalog;
mod error;
mod evaluate;
pub mod floating;
pub mod inspect;
mod layers;
mod linear;
pub mod load;
mod model;
mod optimizer;
mod point;
mod proxy;
mod schema;
mod services;
mod stream;
mod text;
mod value;

pub use catalog::{Broken, Catalog, Origin, Plugin, PluginKind, Quantity, nearest, place};
pub use error::{Error, Issue, Result};
pub use floating::judged;
pub use layers::{Layer, Problem};
pub use model::{Block, Evaluator, Model, Place};
pub use optimizer::Optimizer;
pub use proxy::{Counts, Proxy, Task};
pub use schema::{Condition, Kind, Schema};
pub use services::{HOST, set_threads, work_time};
pub use stream::Stream;
pub use text::{acts, escaped};
pub use value::Value;
