//! The built-in experiments.

/// A built-in experiment.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Name.
    pub name: &'static str,
    /// What it shows.
    pub about: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! entries {
    ($($name:literal, $about:literal;)*) => {
        &[$(Entry { name: $name, about: $about, text: include_str!(concat!("../../../configs/", $name, ".toml")) }),*]
    };
}

/// The gallery; the first one is shown first.
pub const GALLERY: &[Entry] = entries! {
    "ay2025-non-cylindrical", "Three flows on Y <- X -> Z, where the gap matters";
    "ay2025-cylindrical", "Three independent variables: all flows agree on the visible ones";
    "unconstrained-gap", "The full simplex: the gap has no natural gradient that the visible variables see";
    "vae-digits", "A variational autoencoder on digits: all optimizers side by side";
    "two-step", "Encoder and decoder in one natural step, or in two";
    "ppca-digits", "Probabilistic principal components: exact curves on real data";
    "smoke", "Every finite model with every optimizer";
};
