//! Fisher matrices by kind.

use crate::model::LinearGaussian;
use crate::point::Point;
use crate::visible::Visible;
use elbow_sdk::{Fisher, Result};

impl LinearGaussian {
    fn visible<'a>(&self, point: &'a Point) -> Visible<'a> {
        Visible::new(point, self.fixed.is_none())
    }

    /// The whole matrix.
    pub(crate) fn dense(&self, point: &mut Point, kind: Fisher, out: &mut [f64]) -> Result<()> {
        match kind {
            Fisher::Visible => self.visible(point).dense(out),
            _ => self.kronecker(point, kind)?.dense(out),
        }
        Ok(())
    }

    /// The diagonal.
    pub(crate) fn diagonal(&self, point: &mut Point, kind: Fisher, out: &mut [f64]) -> Result<()> {
        match kind {
            Fisher::Visible => self.visible(point).diagonal(out),
            _ => self.kronecker(point, kind)?.diagonal(out),
        }
        Ok(())
    }

    /// The product with a vector.
    pub(crate) fn product(&self, point: &mut Point, kind: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
        match kind {
            Fisher::Visible => self.visible(point).product(vector, out),
            _ => self.kronecker(point, kind)?.product(vector, out),
        }
        Ok(())
    }
}
