//! The rows of Fisher matrices, visited part by part.

use crate::block::Source;
use crate::chunk::{Chunk, ENCODED, GATHERED};
use crate::engine::{Engine, Hidden};
use crate::model::Vae;
use crate::real::Real;
use crate::scores::Output;
use elbow_sdk::{Error, Estimation, Fisher, LayerRows, Numbers, Result, Rows};

/// What is called with each batch of rows.
pub(crate) type Each<'a> = dyn FnMut(&Rows<'_>) -> Result<()> + 'a;

/// Which rows of a pass, and what they weigh.
#[derive(Clone, Copy)]
struct Batch {
    source: Source,
    recognition: bool,
    /// Whether inputs were not visited before.
    new: bool,
    /// Examples of the minibatch.
    examples: usize,
}

impl<T: Real> Engine<T> {
    /// Visits the rows of one kind.
    pub fn visit(&mut self, model: &Vae, kind: Fisher, estimation: Estimation, each: &mut Each<'_>) -> Result<()> {
        let recognition = kind == Fisher::Recognition;
        if kind == Fisher::Visible {
            return Err(no_visible_rows());
        }
        if estimation == Estimation::Empirical {
            // The loss knows z from q alone, whatever the kind.
            self.require_deltas(model, false)?;
            return self.hand(model, recognition, Source::Loss, true, each);
        }
        self.prepare(model, kind, estimation == Estimation::Exact)?;
        let outputs = match estimation {
            Estimation::Exact if recognition => 2 * model.spec.latent.len,
            Estimation::Exact => model.spec.visible + usize::from(model.spec.learned.is_some()),
            _ => return self.scored(model, recognition, Output::Drawn, true, each),
        };
        (0..outputs).try_for_each(|d| self.scored(model, recognition, Output::Root(d), d == 0, each))
    }

    /// Stands ready for the δ of a kind: x encoded, z drawn and decoded, F of the outputs known if it is needed.
    pub fn prepare(&mut self, model: &Vae, kind: Fisher, inform: bool) -> Result<()> {
        if kind != Fisher::Joint {
            self.require(model, GATHERED | ENCODED)?;
        }
        let informed = kind == Fisher::Recognition || self.hidden.informed || !inform;
        if kind == Fisher::Recognition || (self.hidden.kind == Some(kind) && informed) {
            return Ok(());
        }
        let known = self.hidden.kind == Some(kind);
        self.each(model, |chunk, site| {
            if !known {
                chunk.hide(site, kind)?;
            }
            if inform {
                chunk.inform(site);
            }
            Ok(())
        })?;
        self.hidden = Hidden { kind: Some(kind), informed: inform };
        Ok(())
    }

    /// Visits the rows with one kind of δ.
    fn scored(&mut self, model: &Vae, recognition: bool, output: Output, new: bool, each: &mut Each<'_>) -> Result<()> {
        self.each(
            model,
            |chunk, site| {
                if recognition { chunk.encoder_scores(site, output) } else { chunk.decoder_scores(site, output) }
            },
        )?;
        self.hand(model, recognition, Source::Scores, new, each)
    }

    fn hand(&self, model: &Vae, recognition: bool, source: Source, new: bool, each: &mut Each<'_>) -> Result<()> {
        let batch = Batch { source, recognition, new, examples: self.rows_in_batch() };
        self.chunks.iter().try_for_each(|chunk| hand(model, chunk, batch, each))
    }
}

/// Layers of a network whose rows are listed without memory of their own.
const FEW: usize = 16;

/// Hands the rows of one part on.
fn hand<T: Real>(model: &Vae, chunk: &Chunk<T>, batch: Batch, each: &mut Each<'_>) -> Result<()> {
    let Batch { source, recognition, new, examples } = batch;
    let (first, count) = if recognition {
        (model.decoder_layers(), model.spec.encoder.layers.len())
    } else {
        (0, model.spec.decoder.layers.len())
    };
    // This happens in every step: the list takes memory of its own only if it is long.
    let none = LayerRows { layer: 0, inputs: Numbers::Double(&[]), deltas: Numbers::Double(&[]) };
    let (mut few, mut many) = ([none; FEW], Vec::new());
    let layers = if count < FEW {
        &mut few[..]
    } else {
        many.resize(count + 1, none);
        &mut many
    };
    let (mut rows, mut filled) = (chunk.n, count);
    for (l, place) in layers[..count].iter_mut().enumerate() {
        let Some((inputs, deltas, n)) = chunk.rows(recognition, l, source) else { return Ok(()) };
        *place = LayerRows { layer: first + l, inputs: T::numbers(inputs), deltas: T::numbers(deltas) };
        rows = n;
    }
    if let (false, Some(_), Some(pass)) = (recognition, model.spec.learned, chunk.decoding(source)) {
        layers[count] = LayerRows { layer: count, inputs: T::numbers(&pass.ones), deltas: T::numbers(&pass.spread) };
        filled += 1;
    }
    // Several draws of one example share its weight.
    let weight = chunk.n as f64 / (examples * rows) as f64;
    each(&Rows { count: rows, weight, inputs_weight: if new { weight } else { 0.0 }, layers: &layers[..filled] })
}

fn no_visible_rows() -> Error {
    Error::unsupported(
        "the visible Fisher matrix of a network has neither rows nor a diagonal, only estimated products; ask for `joint` or `aggregate`",
    )
}
