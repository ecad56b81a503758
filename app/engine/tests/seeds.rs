//! Seeds to their last digit, and plans that are counted before they are made.

mod common;

use common::{plan, small, try_plan};
use elbow_engine::experiment;
use std::time::{Duration, Instant};

fn seeded(seeds: &str) -> String {
    format!("run.seeds = {seeds}\n{}", small("", ""))
}

fn refusal(text: &str) -> String {
    let started = Instant::now();
    let wrong = try_plan(text).map(drop).expect_err("a refusal").line();
    assert!(started.elapsed() < Duration::from_secs(20), "it was counted, not made: {wrong}");
    wrong
}

#[test]
fn seeds_are_what_was_written_and_come_back_so() {
    let all = [(1 << 53) + 1, u64::MAX, 3, 4, i64::MAX as u64];
    let written = seeded("[9007199254740993, \"18446744073709551615\", \"3..5\", 9223372036854775807]");
    let first = plan(&written);
    assert_eq!(first.seeds, all);
    assert_eq!(first.cells.iter().map(|cell| cell.seed).collect::<Vec<_>>(), all);
    let text = experiment::text(&first.effective).unwrap();
    let again = plan(&text);
    assert_eq!((again.seeds.as_slice(), again.cells.len()), (&all[..], 5), "{text}");
    let ids = |plan: &elbow_engine::plan::Plan| plan.cells.iter().map(|cell| cell.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&again));
    for one in ["7", "\"7\"", "[7]", "\"7..8\""] {
        assert_eq!(plan(&seeded(one)).seeds, [7], "{one}");
    }
}

#[test]
fn an_optimizer_names_its_seeds_in_the_same_words() {
    let text = |own: &str| format!("run.seeds = [\"0..3\", \"18446744073709551615\"]\n{}", small("", &format!("seeds = {own}")));
    let own = |text: &str| plan(text).cells.iter().map(|cell| cell.seed).collect::<Vec<_>>();
    assert_eq!(own(&text("[\"18446744073709551615\", \"1..3\"]")), [1, 2, u64::MAX]);
    let wrong = refusal(&text("[0, \"2..9\"]"));
    assert!(wrong.contains("the seed 3 is not one of the run's: 0, 1, 2, 18446744073709551615"), "{wrong}");
}

#[test]
fn what_is_no_seed_is_an_error() {
    for (seeds, part) in [
        ("[-1]", "`-1` is no seed"),
        ("[0.5]", "`0.5` is no seed"),
        ("[1.0]", "`1.0` is no seed"),
        ("[18446744073709551615]", "write a larger seed as text"),
        ("\"18446744073709551616\"", "is no seed"),
        ("\"5..5\"", "there is no seed in `5..5`"),
        ("[]", "there is no seed in an empty list"),
        ("[[1]]", "a seed is a list"),
        ("true", "a seed is true or false"),
        ("{ file = \"x.npy\" }", "a seed is a table"),
    ] {
        let wrong = refusal(&seeded(seeds));
        assert!(wrong.contains(part), "{seeds}: {wrong}");
    }
}

/// The product as arithmetic has it: 10⁸ · 3 · 12, (2⁶⁴ − 1) · 1 · 1, 2000 · 2000, 1001 · 1000.
#[test]
fn a_plan_that_is_too_large_is_refused_with_the_product() {
    let model = "[[model]]\nplugin = \"simplex\"\nvisible = 2\nhidden = 2\ntarget = { table = [0.1, 0.2, 0.3, 0.4] }\n";
    let optimizer = "[[optimizer]]\nplugin = \"adam\"\n";
    let many = format!("run.seeds = \"0..100000000\"\n{}{}", model.repeat(3), optimizer.repeat(12));
    let wrong = refusal(&many);
    let product = "100000000 seeds × 3 models × 12 optimizers = 3600000000 cells; a plan has at most 1000000";
    assert_eq!(wrong, product);
    let wrong = refusal(&seeded("\"0..18446744073709551615\""));
    assert!(wrong.starts_with("18446744073709551615 seeds × 1 model × 1 optimizer = 18446744073709551615 cells; "), "{wrong}");
    let values: Vec<String> = (1..=2000).map(|i| format!("{i}e-5")).collect();
    let sweep = |keys: &[&str]| keys.iter().map(|key| format!("{key} = [{}]\n", values.join(","))).collect::<String>();
    let swept = format!("{model}{optimizer}[sweep]\n{}", sweep(&["optimizer.step_size", "optimizer.epsilon"]));
    let wrong = refusal(&swept);
    let expected = "1 seed × 1 model × 4000000 optimizers = 4000000 cells; a plan has at most 1000000; \
        optimizer.step_size is swept over 2000 values; optimizer.epsilon is swept over 2000 values";
    assert_eq!(wrong, expected);
    let probe = format!("run.seeds = \"0..1001\"\n{}[probe]\npoints = 1\n", model.repeat(1000));
    assert!(refusal(&probe).starts_with("1001 seeds × 1000 models = 1001000 cells; "));
}

/// An optimizer that names its seeds has as many cells, not as many as the run has seeds.
#[test]
fn cells_that_no_optimizer_has_are_not_counted() {
    let text =
        format!("run.seeds = \"0..600000\"\n{}[[optimizer]]\nplugin = \"adam\"\nseeds = \"5..7\"\n", small("", "seeds = 9"));
    assert_eq!(plan(&text).cells.iter().map(|cell| cell.seed).collect::<Vec<_>>(), [9, 5, 6]);
}

#[test]
fn a_budget_is_what_was_written_beyond_the_whole_numbers_of_a_double() {
    let text = small("", "").replace("run.steps = 30", "run.steps = 9007199254740993");
    assert_eq!(plan(&text).budget.steps, (1 << 53) + 1);
}
