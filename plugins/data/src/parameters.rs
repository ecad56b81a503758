//! What an experiment says of data.

use elbow_sdk::FilePath;

elbow_sdk::choices! {
    /// Where data come from.
    pub enum Source {
        /// The 1797 handwritten digits of 8 × 8 pixels that come with the program, values from 0 to 1.
        Digits = "digits",
        /// The file that `file` names.
        File = "file",
    }
}

elbow_sdk::choices! {
    /// How grey values become 0 or 1.
    pub enum Binarization {
        /// `threshold` where values lie between 0 and 1 and the model is one of zeros and ones, as `vae` with a Bernoulli likelihood; else `none`.
        Auto = "auto",
        /// They stay as they are.
        None = "none",
        /// 1 above a threshold.
        Threshold = "threshold",
        /// Drawn anew in every epoch, 1 with a probability of the value.
        Stochastic = "stochastic",
        /// Those of a file, drawn once and for all.
        Fixed = "fixed",
    }
}

elbow_sdk::parameters! {
    /// How grey values become 0 or 1.
    pub struct BinarizeParameters {
        /// The way; `auto`: `threshold` of values between 0 and 1 for a Bernoulli likelihood, else `none`.
        kind: Binarization = Binarization::Auto;
        /// For `threshold` and `auto`: 1 where a value is above this share of the largest value of the source.
        threshold: f64 = 0.5, min(0.0), below(1.0), when("kind", &["auto", "threshold"]);
        /// For `fixed`: a file of zeros and ones with as many rows and columns as the source.
        file: FilePath = FilePath::default(), when("kind", &["fixed"]);
    }
}

elbow_sdk::parameters! {
    /// Data: rows of numbers.
    pub struct DataParameters {
        /// The digits that come with the program, or a file.
        source: Source = Source::Digits;
        /// For `file`: IDX images (bytes from 0 to 255 become values from 0 to 1), .npy, .csv or .amat (values as they stand), also in gzip.
        file: FilePath = FilePath::default(), when("source", &["file"]);
        /// Most rows that are used, the first ones; 0: all.
        limit: usize = 0, min(0.0);
        /// Share of the rows that is held out for a test.
        test: f64 = 0.0, min(0.0), below(1.0);
        /// Which rows are held out: drawn from the stream of this seed.
        split_seed: usize = 0, min(0.0);
        /// How grey values become 0 or 1.
        binarize: BinarizeParameters = BinarizeParameters::default();
    }
}
