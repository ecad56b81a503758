//! What is recorded at a point, and what of it has no meaning for a model.

use crate::model::Vae;
use crate::sums::Sums;
use elbow_sdk::Quantity;

/// Their number.
pub(crate) const COUNT: usize = 14;

/// In the order of [`values`].
pub(crate) const ALL: [Quantity; COUNT] = [
    Quantity::up("elbo", "E log p(x|z) − KL(q ‖ p(z)) per row, the divergence in closed form").estimate(),
    error("elbo_error", "Monte-Carlo standard error of elbo, and of reconstruction: other draws of z, the same rows"),
    Quantity::up(
        "evidence_bound",
        "L_K = E log (1/K) Σ_k p(x, z_k)/q(z_k|x) per row: a lower bound on the log evidence on average, tighter for larger K",
    )
    .estimate(),
    error("evidence_bound_error", "Monte-Carlo standard error of evidence_bound: other draws of z, the same rows"),
    error("evidence_bound_row_error", "standard error of evidence_bound over the rows: other rows, also other draws"),
    Quantity::plain(
        "evidence_bound_bias",
        "nats",
        "jackknife estimate of how far the mean of evidence_bound lies from the log evidence, about −Var(w)/(2 K E[w]²)",
    )
    .estimate(),
    Quantity::down(
        "gap_bound",
        "evidence_bound less the mean of log p(x, z_k)/q(z_k|x), whose mean is elbo's: a lower bound on E KL(q ‖ p(z|x)) on average, ≥ 0",
    )
    .estimate(),
    error("gap_bound_error", "Monte-Carlo standard error of gap_bound: other draws of z, the same rows"),
    Quantity::up("reconstruction", "E log p(x|z) with z from q, per row").estimate(),
    Quantity::plain("kl", "nats", "E KL(q(z|x) ‖ p(z)) per row"),
    Quantity::up("elbo_held_out", "elbo of the rows held out").estimate(),
    error("elbo_held_out_error", "Monte-Carlo standard error of elbo_held_out"),
    Quantity::up("evidence_bound_held_out", "evidence_bound of the rows held out").estimate(),
    error("evidence_bound_held_out_error", "Monte-Carlo standard error of evidence_bound_held_out"),
];

const fn error(name: &'static str, doc: &'static str) -> Quantity {
    Quantity::plain(name, "nats", doc).estimate()
}

/// From the sums over the rows to learn from and over those held out.
pub(crate) fn values(sums: &Sums, held_out: Option<&Sums>) -> [f64; COUNT] {
    let ([elbo, elbo_error], [bound, bound_error], [gap, gap_error]) = (sums.elbo(), sums.bound(), sums.gap());
    let none = [f64::NAN; 2];
    let ([held_elbo, held_elbo_error], [held, held_error]) = held_out.map_or((none, none), |sums| (sums.elbo(), sums.bound()));
    [
        elbo,
        elbo_error,
        bound,
        bound_error,
        sums.row_error(),
        sums.bias(),
        gap,
        gap_error,
        sums.reconstruction(),
        sums.divergence(),
        held_elbo,
        held_elbo_error,
        held,
        held_error,
    ]
}

/// Why a quantity has no meaning for this model.
pub(crate) fn undefined(model: &Vae, index: usize) -> Option<String> {
    let (name, evaluation) = (ALL.get(index)?.name, &model.evaluation);
    let of_draws =
        ["elbo_error", "evidence_bound_error", "evidence_bound_bias", "elbo_held_out_error", "evidence_bound_held_out_error"];
    if name.contains("held_out") && model.data.test.is_none() {
        return Some("no rows are held out: `data.test` is 0".into());
    }
    if of_draws.contains(&name) && evaluation.samples == 1 {
        return Some("one draw of z for each row does not tell how draws vary: `evaluation.samples` is 1".into());
    }
    if name == "gap_bound_error" && evaluation.samples == 2 {
        return Some("two draws of z for each row do not tell how their gap varies: `evaluation.samples` is 2".into());
    }
    if name == "evidence_bound_row_error" && evaluation.rows_of(&model.data.train) == 1 {
        return Some("one row does not tell how rows vary".into());
    }
    None
}
