//! What an experiment says of a variational autoencoder.

use elbow_data::DataParameters;
use elbow_sdk::FilePath;

elbow_sdk::choices! {
    /// The function between layers.
    pub enum Activation {
        /// tanh r.
        Tanh = "tanh",
        /// max(0, r).
        Relu = "relu",
        /// log(1 + eʳ).
        Softplus = "softplus",
    }
}

elbow_sdk::choices! {
    /// p_θ(x|z).
    pub enum Likelihood {
        /// Independent Bernoulli variables, 0 or 1; the decoder gives their log-odds.
        Bernoulli = "bernoulli",
        /// Normal with one variance for all; the decoder gives the mean.
        Gaussian = "gaussian",
    }
}

elbow_sdk::choices! {
    /// What the second half of the encoder's outputs is.
    pub enum Scale {
        /// log σ.
        LogSigma = "log-sigma",
        /// log σ².
        LogVariance = "log-variance",
    }
}

elbow_sdk::choices! {
    /// What is maximized.
    pub enum Bound {
        /// E_q log p(x|z) − KL(q ‖ p(z)), the divergence in closed form.
        Elbo = "elbo",
        /// E log (1/K) Σ_k p(x, z_k) / q(z_k|x).
        Iwae = "iwae",
    }
}

elbow_sdk::choices! {
    /// Width of the numbers in the networks; parameters, sums and records are double in any case.
    pub enum Width {
        /// 64 bits.
        Double = "double",
        /// 32 bits.
        Single = "single",
    }
}

elbow_sdk::parameters! {
    /// How the recorded quantities are estimated.
    pub struct EvaluationParameters {
        /// Draws of z for each row, the K of `evidence_bound`.
        samples: usize = 64, min(1.0);
        /// Rows, the first ones of each set; 0: all.
        rows: usize = 0, min(0.0);
        /// Noise of the rows to learn from, a .npy array of shape (1, rows · samples, latent); else from streams of the seed.
        noise: FilePath = FilePath::default();
    }
}

elbow_sdk::parameters! {
    /// Parameters of a variational autoencoder.
    pub struct Parameters {
        /// The data; with a Bernoulli likelihood values between 0 and 1 become 0 or 1 unless `binarize.kind` says otherwise.
        data: DataParameters = DataParameters::default();
        /// Units in the encoder's hidden layers, from x to z; 32 if not given, [] for an affine encoder.
        encoder: Option<Vec<f64>> = None, empty();
        /// Units in the decoder's hidden layers, from z to x; 32 if not given, [] for an affine decoder.
        decoder: Option<Vec<f64>> = None, empty();
        /// Length of z.
        latent: usize = 4, min(1.0);
        /// The function after hidden layers.
        activation: Activation = Activation::Tanh;
        /// p_θ(x|z).
        likelihood: Likelihood = Likelihood::Bernoulli;
        /// For `gaussian`: the variance, where it starts if it is learned.
        variance: f64 = 1.0, above(0.0), log(), when("likelihood", &["gaussian"]);
        /// For `gaussian`: whether the logarithm of the variance is a parameter.
        learned_variance: bool = false, when("likelihood", &["gaussian"]);
        /// What the second half of the encoder's outputs is.
        scale: Scale = Scale::LogSigma;
        /// Width of the numbers in the networks.
        precision: Width = Width::Double;
        /// Rows in a minibatch; 0: all. If not given 128, or all if they are fewer.
        batch: Option<usize> = None, min(0.0);
        /// Whether minibatches come from a new order of the rows in each epoch; else they walk through the rows in their order, again and again.
        shuffle: bool = true;
        /// Draws of z for each row and step.
        samples: usize = 1, min(1.0);
        /// What is maximized.
        bound: Bound = Bound::Elbo;
        /// Draws of z for each x in each of the two sets that estimate a product with the visible Fisher matrix.
        particles: usize = 16, min(1.0);
        /// Noise of the steps, a .npy array of shape (cycle, batch · samples, latent), a row of samples after the other; else from streams of the seed.
        noise: FilePath = FilePath::default();
        /// How the recorded quantities are estimated.
        evaluation: EvaluationParameters = EvaluationParameters::default();
    }
}
