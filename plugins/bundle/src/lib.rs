//! The built-in plugins, one line each.
#![forbid(unsafe_code)]

elbow_sdk::bundle! {
    /// The entry of the built-in plugins.
    pub fn bundle = [
        optimizer elbow_euclidean::Euclidean,
        optimizer elbow_adam::Adam,
        optimizer elbow_fisher_rao::FisherRao,
        optimizer elbow_diagonal_fisher::DiagonalFisher,
        model elbow_simplex::Simplex,
        model elbow_bayesian_network::BayesianNetwork,
    ]
}
