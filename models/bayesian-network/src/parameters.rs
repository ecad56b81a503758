//! What an experiment says of a network.

use elbow_geometry::categorical;
use elbow_sdk::Tables;

elbow_sdk::choices! {
    /// Networks with a name.
    pub enum Preset {
        /// The one given by `nodes`.
        Custom = "custom",
        /// Independent X (hidden), Y, Z.
        Cylindrical = "cylindrical",
        /// Y ← X → Z with X hidden.
        NonCylindrical = "non-cylindrical",
        /// A hidden H with visible children V1, …, Vn.
        NaiveBayes = "naive-bayes",
        /// H1 → V1 → H2 → V2 → …, hidden and visible in turn.
        Chain = "chain",
        /// Visible V1, …, Vn, each a child of all before it, and a hidden child H of all of them.
        HiddenChild = "hidden-child",
    }
}

elbow_sdk::choices! {
    /// Coordinates of a row of probabilities.
    pub enum Chart {
        /// The probabilities of all states but the last.
        Mean = "mean",
        /// Their log-odds against the last state.
        Logit = "logit",
    }
}

impl From<Chart> for categorical::Chart {
    fn from(chart: Chart) -> Self {
        match chart {
            Chart::Mean => Self::Mean,
            Chart::Logit => Self::Logit,
        }
    }
}

elbow_sdk::parameters! {
    /// One node of a network.
    pub struct NodeParameters {
        /// Name, unique in the network.
        name: String;
        /// Number of states.
        states: i64 = 2, min(2.0);
        /// Names of the parents; they may be declared later.
        parents: Option<Vec<String>> = None;
        /// Whether data tell the state.
        visible: bool = true;
    }
}

elbow_sdk::parameters! {
    /// The target p*, by exactly one key.
    pub struct TargetParameters {
        /// Probabilities in the order of the parameters: a joint target from the same network.
        parameters: Option<Vec<f64>> = None;
        /// Probabilities of all visible or of all joint states, nodes in declared order, the last fastest; their sum is 1 up to the
        /// digits that they are printed with.
        table: Option<Vec<f64>> = None;
        /// Counts of data, ordered as a table; they are normalized.
        counts: Option<Vec<f64>> = None;
    }
}

elbow_sdk::parameters! {
    /// Parameters of a Bayesian network.
    pub struct Parameters {
        /// A network with a name, or the one given by `nodes`.
        preset: Preset = Preset::Custom;
        /// The nodes, in the order of the parameters.
        nodes: Tables<NodeParameters> = Tables(Vec::new());
        /// Visible nodes of `naive-bayes` (3) and `hidden-child` (2); all nodes of `chain` (4).
        size: Option<i64> = None, min(1.0);
        /// Coordinates of each row of probabilities.
        chart: Chart = Chart::Mean;
        /// The target.
        target: TargetParameters = TargetParameters::default();
        /// Whether the model carries a table q(h|v) of its own, a row of parameters for each visible state.
        learned: bool = false;
    }
}
