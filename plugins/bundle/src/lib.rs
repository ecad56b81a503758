//! The built-in plugins, one line each.
#![forbid(unsafe_code)]

elbow_sdk::bundle! {
    /// The entry of the built-in plugins.
    pub fn bundle = [
        optimizer elbow_euclidean::Euclidean,
        optimizer elbow_adam::Adam,
        optimizer elbow_fisher_rao::FisherRao,
        optimizer elbow_diagonal_fisher::DiagonalFisher,
        optimizer elbow_lbfgs::Lbfgs,
        optimizer elbow_natural_cg::NaturalCg,
        optimizer elbow_block_diagonal::BlockDiagonal,
        optimizer elbow_unit_wise::UnitWiseGradient,
        optimizer elbow_quasi_diagonal::QuasiDiagonalGradient,
        optimizer elbow_kfac::Kfac,
        optimizer elbow_ekfac::Ekfac,
        optimizer elbow_two_step::TwoStep,
        model elbow_simplex::Simplex,
        model elbow_bayesian_network::BayesianNetwork,
        model elbow_linear_gaussian::LinearGaussian,
        model elbow_vae::Vae,
    ]
}
