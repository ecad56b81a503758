//! What a plugin says of itself.

use elbow_abi::{
    BETTER_DOWN, BETTER_UP, CAPABILITY_FISHER, CAPABILITY_GRADIENT, CAPABILITY_LAYERS, CAPABILITY_TABLE, ElbowMetric,
};

use crate::text;

/// Something that a model can evaluate and an optimizer may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Capability {
    /// Losses and their gradients; every model has them.
    Gradient,
    /// Fisher matrices: dense, diagonal, products.
    Fisher,
    /// Probability tables and scores of a finite model.
    Table,
    /// Affine layers and the rows of their Fisher matrices.
    Layers,
}

impl Capability {
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Gradient => CAPABILITY_GRADIENT,
            Self::Fisher => CAPABILITY_FISHER,
            Self::Table => CAPABILITY_TABLE,
            Self::Layers => CAPABILITY_LAYERS,
        }
    }
}

/// A named number that is recorded.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// Name, as `kl_visible`.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// What it is, with its sign.
    pub doc: &'static str,
    /// 1: larger is better; −1: smaller is; 0: neither.
    pub better: i32,
    /// Exact rather than an estimate.
    pub exact: bool,
}

impl Quantity {
    /// An exact number in nats of which a larger value is better.
    pub const fn up(name: &'static str, doc: &'static str) -> Self {
        Self { name, unit: "nats", doc, better: BETTER_UP, exact: true }
    }

    /// An exact number in nats of which a smaller value is better.
    pub const fn down(name: &'static str, doc: &'static str) -> Self {
        Self { name, unit: "nats", doc, better: BETTER_DOWN, exact: true }
    }

    /// The same number as an estimate.
    pub const fn estimate(self) -> Self {
        Self { exact: false, ..self }
    }

    /// A plain exact number.
    pub const fn plain(name: &'static str, unit: &'static str, doc: &'static str) -> Self {
        Self { name, unit, doc, better: 0, exact: true }
    }

    pub(crate) fn raw(&self) -> ElbowMetric {
        let (name, unit, doc) = (text::borrow(self.name), text::borrow(self.unit), text::borrow(self.doc));
        ElbowMetric { name, unit, doc, better: self.better, exact: u32::from(self.exact) }
    }
}

/// Id, text and needs of a plugin.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Unique id, as `elbow.kfac`; the part after the last dot is its short name.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Family, as `natural gradient`.
    pub family: &'static str,
    /// Papers.
    pub references: &'static [&'static str],
    /// Optimizer: what it needs. Model: what it can do.
    pub capabilities: &'static [Capability],
    /// Optimizer: what a step reports. Model: what is recorded of a point.
    pub quantities: &'static [Quantity],
}
