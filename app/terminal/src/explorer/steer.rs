//! What a user may ask of the runs beyond pausing them, as the explorer sees it: whoever owns the plan answers.

/// A parameter of a run's optimizer, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Path, as `step_size` or `damping.lambda`.
    pub path: String,
    /// Its present value.
    pub value: String,
    /// Type and range, as `number in (0, 1)`.
    pub kind: String,
    /// What it is.
    pub doc: String,
    /// Whether it may change while the run goes on.
    pub live: bool,
}

/// Something that can be chosen from a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
}

/// The model around a point, in the plane of two parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    /// Joint Fisher matrix restricted to the two: xx, xy, yy.
    pub fisher: [f64; 3],
    /// ∇L.
    pub gradient: (f64, f64),
    /// G⁺∇L.
    pub natural: (f64, f64),
}

/// Answers what the user asks of runs. An error is a line for the user; nothing has happened then.
pub trait Steer: Send + Sync {
    /// Parameters of a run's optimizer.
    fn parameters(&self, run: usize) -> Vec<Field>;
    /// Changes one of them before the next step.
    fn edit(&self, run: usize, path: &str, value: &str) -> Result<String, String>;
    /// Takes the last change of a run back.
    fn undo(&self, run: usize) -> Result<String, String>;
    /// A new run that repeats this one up to `step` and goes on with a change, if there is one.
    fn fork(&self, run: usize, step: u64, change: Option<(&str, &str)>) -> Result<String, String>;
    /// The run once more, with another seed.
    fn restart(&self, run: usize, seed: u64) -> Result<String, String>;
    /// A new run.
    fn launch(&self, model: &str, optimizer: &str, seed: u64) -> Result<String, String>;
    /// The models that can be launched.
    fn models(&self) -> Vec<Choice>;
    /// The optimizers that can be launched.
    fn optimizers(&self) -> Vec<Choice>;
    /// The model around a point (θ, then φ) in the plane of the parameters i and j; none where it has no metric.
    fn plane(&self, run: usize, point: &[f64], i: usize, j: usize) -> Option<Plane>;
}
