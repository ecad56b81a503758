//! Every mistake in an experiment is found, at its place, with the nearest valid name; all of them at once.

mod common;

use common::{small, try_plan};

/// The issues of a text as `line:column message | help`.
fn issues(text: &str) -> Vec<String> {
    let wrong = try_plan(text).expect_err("the experiment is wrong");
    let line = |issue: &&elbow_engine::diagnostic::Issue| {
        let place = issue.span.as_ref().map_or("-".into(), |span| {
            let (line, column) = wrong.line_column(span);
            format!("{line}:{column}")
        });
        let help = issue.help.as_ref().map_or(String::new(), |help| format!(" | {help}"));
        format!("{place} {}{help}", issue.message)
    };
    wrong.issues().iter().map(line).collect()
}

fn check(text: &str, expected: &[&str]) {
    let found = issues(text);
    let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| found.contains(expected));
    assert!(fits, "found {found:#?}\nexpected {expected:#?}");
}

#[test]
fn unknown_keys_name_the_nearest() {
    check(
        &small("int = { values = [0.5] }", "step_sise = 0.1\nmetrc = \"joint\""),
        &[
            "6:1 unknown key `int` | did you mean `init`?",
            "10:1 unknown key `step_sise` | did you mean `step_size`?",
            "11:1 unknown key `metrc` | did you mean `metric`?",
        ],
    );
}

#[test]
fn wrong_types_ranges_and_choices() {
    check(
        &small("", "metric = \"visibel\"\ntau = 2\nintegrator = 4\ndamping = { kind = \"pinv\", rcond = -1.0 }"),
        &[
            "10:10 `metric` is \"visibel\"; expected one of joint, visible, recognition, aggregate, mixture | did you mean `visible`?",
            "11:7 `tau` is 2; expected a value 0 … 1",
            "12:14 `integrator` is an integer; expected euler | heun | rk4 | adaptive",
            "13:20 `kind` is \"pinv\"",
            "13:36 `rcond` is -1; expected a value ≥ 0 and < 1",
        ],
    );
}

#[test]
fn unknown_plugins() {
    check(
        "[[model]]\nplugin = \"bayes-network\"\n[[optimizer]]\nplugin = \"fisher-roa\"\n",
        &[
            "2:10 there is no model `bayes-network` | did you mean `bayesian-network`?",
            "4:10 there is no optimizer `fisher-roa` | did you mean `fisher-rao`?",
        ],
    );
    check("[[optimizer]]\nplugin = \"adam\"\n", &["no [[model]] is given"]);
}

#[test]
fn values_that_are_not_numbers_of_this_world() {
    check(&small("", "tau = nan\nlabel = 3"), &["10:7 `tau` is NaN; expected a finite number", "11:9 `label` is an integer"]);
}

#[test]
fn syntax_errors_have_a_place() {
    let found = issues("name = \"x\nsteps = = 3\n");
    assert!(found.iter().any(|issue| issue.starts_with("1:") || issue.starts_with("2:")), "{found:?}");
}

#[test]
fn targets_of_the_wrong_size_and_sum() {
    let with = |target: &str| {
        format!(
            "[[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\ntarget = {target}\n[[optimizer]]\nplugin = \"adam\"\n"
        )
    };
    assert!(
        issues(&with("{ parameters = [0.5, 0.5] }"))[0].starts_with("4:"),
        "{:?}",
        issues(&with("{ parameters = [0.5, 0.5] }"))
    );
    assert!(issues(&with("{ table = [0.5, 0.5, 0.5, 0.5] }"))[0].contains('2'), "the sum is told");
    assert!(issues(&with("{ counts = [] }"))[0].contains("empty"));
    assert!(issues(&with("{ table = { file = \"nowhere.npy\" } }"))[0].contains("nowhere.npy"));
    assert!(!issues(&with("{}")).is_empty());
}

#[test]
fn a_cycle_is_named_at_its_place() {
    let text = "[[model]]\nplugin = \"bayesian-network\"\ntarget = { counts = [1, 1, 1, 1] }\n\
        [[model.nodes]]\nname = \"A\"\nparents = [\"B\"]\n[[model.nodes]]\nname = \"B\"\nparents = [\"A\"]\n\
        [[optimizer]]\nplugin = \"adam\"\n";
    let found = issues(text);
    assert!(found.iter().any(|issue| issue.contains("A") && issue.contains("→")), "{found:?}");
}

#[test]
fn mistakes_of_every_kind_are_told_at_once() {
    let text = "run.steps = -1\n[[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\ntarget = { parameters = [0.5] }\n\
        [[model]]\nplugin = \"simplex\"\nvisible = 2\ntarget = { table = [0.5, 0.5] }\n\
        [[optimizer]]\nplugin = \"euclidean\"\nmomentum = 0.5\nintegrator = \"rk4\"\n[[optimizer]]\nplugin = \"adam\"\nbeta3 = 1\n";
    check(
        text,
        &[
            "1:13 `steps` is -1",
            "5:25 `target.parameters` has 1 numbers; this network has 5",
            "12:12 momentum is a discrete method",
            "16:1 unknown key `beta3` | did you mean `beta",
        ],
    );
}

#[test]
fn starts_outside_the_domain_and_of_the_wrong_size() {
    check(&small("init = { values = [0.5, 0.5, 1.5, 0.5, 0.5] }", ""), &["6:30 parameter[2] = 1.5 is outside the domain"]);
    check(&small("init = { values = [0.5, 0.5] }", ""), &["6:19 `values` has 2 numbers; θ of this model has 5"]);
    let found = issues(&small("init = { draw = \"jefreys\" }", ""));
    assert!(found[0].contains("jeffreys"), "{found:?}");
}

#[test]
fn an_impossible_pairing_alone_is_an_error_with_its_reason() {
    let found = issues(&small("", "recognition = \"learned\""));
    assert!(found[0].contains("learned = true"), "{found:?}");
}

#[test]
fn sweeps_of_nothing() {
    let text = small("", "") + "[sweep]\noptimizer.step_siz = [1, 2]\nrun.steps = [1]\n";
    let found = issues(&text);
    assert!(
        found.iter().any(|issue| issue.contains("step_siz")) && found.iter().any(|issue| issue.contains("`run`")),
        "{found:?}"
    );
}

#[test]
fn the_rendering_has_file_line_column_and_caret() {
    let text = try_plan(&small("", "step_sise = 0.1")).expect_err("wrong").render(false);
    assert!(
        text.contains("test.toml:10:1") && text.contains("^^^^^^^^^") && text.contains("did you mean `step_size`?"),
        "{text}"
    );
}

#[test]
fn changes_models_and_seeds_of_an_optimizer() {
    check(
        &small(
            "label = \"net\"",
            "model = \"nett\"\nseeds = [0, 3]\nchanges = [\n{ step = -1, step_size = 0.1 },\n{ step = 2, stepsize = 0.1 },\n\
             { step = 3, integrator = \"rk4\" },\n{ step = 4, damping = { lambda = -1.0, rcond = 0.1 } },\n{ step_size = 0.1 },\n\
             { step = 5 },\n]",
        ),
        &[
            "10:9 there is no model with the label `nett` | did you mean `net`?",
            "11:13 the seed 3 is not one of the run's: 0",
            "13:10 `step` is -1; expected a value ≥ 0",
            "14:13 unknown key `stepsize` | did you mean `step_size`?",
            "15:26 `integrator` cannot change while a cell runs; what can is `step_size`",
            "16:34 `lambda` is -1",
            "16:48 `damping.rcond` cannot change",
            "17:1 the key `step` is missing",
        ],
    );
    check(&small("", "changes = [{ step = 5 }]"), &["10:12 nothing changes at step 5; what can is `step_size`"]);
    let together = "[[optimizer]]\nplugin = \"euclidean\"\nintegrator = \"rk4\"\nchanges = [{ step = 4, momentum = 0.5 }]\n";
    check(&(small("", "") + together), &["14:11 after the change at step 4: momentum: momentum is a discrete method"]);
}

#[test]
fn keys_without_an_effect() {
    check(
        &small("", "tolerance = 1e-3\ntau = 0.2\ndamping = { kind = \"tikhonov\", rcond = 1e-3 }"),
        &[
            "10:1 `tolerance` has no effect here: it needs `integrator` = adaptive, which is euler | leave it out",
            "11:1 `tau` has no effect here: it needs `metric` = mixture, which is joint",
            "12:32 `rcond` has no effect here: it needs `kind` = pseudo-inverse, which is tikhonov",
        ],
    );
    // Conditions look into the tables around, and a parameter that is not given may be anything.
    let network =
        "[[optimizer]]\nplugin = \"two-step\"\norder = \"jacobi\"\nencoder = { steps = 2, solver = \"cg\", decay = 0.5 }\n";
    check(
        &(small("", "damping = { rcond = 1e-3 }") + network),
        &[
            "14:13 `steps` has no effect here: it needs `order` = gauss-seidel, which is jacobi",
            "14:39 `decay` has no effect here: it needs `solver` = kfac or ekfac",
        ],
    );
    check(
        &small("init = { values = [0.3, 0.8, 0.2, 0.6, 0.1], draw = \"jeffreys\" }", ""),
        &["6:53 `draw` has no effect here: all parameters are given"],
    );
}

/// A sweep, or a change in mid-run, may give a key its effect; and the default is no mistake.
#[test]
fn keys_with_an_effect_somewhere() {
    let swept =
        small("", "damping = { rcond = 1e-3 }") + "[sweep]\noptimizer.damping.kind = [\"tikhonov\", \"pseudo-inverse\"]\n";
    assert_eq!(common::plan(&swept).cells.len(), 2);
    common::plan(&small("", "tau = 0.3\nchanges = [{ step = 10, metric = \"mixture\" }]"));
    common::plan(&small("", "tau = 0.5"));
    let never = small("", "") + "[sweep]\noptimizer.tau = [0.1, 0.2]\n";
    check(&never, &["12:18 `tau` has no effect here", "12:23 `tau` has no effect here"]);
}

#[test]
fn conditions_of_convergence() {
    let with = |until: &str| small("", "").replace("run.steps = 30", &format!("run.steps = 30\nrun.until = {{ {until} }}"));
    check(&with("kl_visibel = 1e-9"), &["2:15 no cell records `kl_visibel` | did you mean `kl_visible`?"]);
    check(&with("gradient_evaluations = 5"), &["2:15 `gradient_evaluations` is a cost"]);
    check(&with("kl_visible = \"small\""), &["2:28 `kl_visible` is text; expected a number"]);
    check(&with("kl_visible = nan"), &["2:28 `kl_visible` is NaN; expected a finite number"]);
    assert_eq!(common::plan(&with("kl_visible = 1e-9, fisher_norm = 1e-5")).budget.until.len(), 2);
}

/// What is right but perhaps not meant.
#[test]
fn notes() {
    let notes = |text: &str| common::plan(text).notes.issues().iter().map(|note| note.message.clone()).collect::<Vec<_>>();
    assert!(notes(&small("", "")).is_empty());
    let late = notes(&small("", "changes = [{ step = 5, step_size = 0.1 }, { step = 30, step_size = 0.2 }]"));
    assert_eq!(late, ["the change at step 30 comes after the last of 30 steps"]);
    let two = small("", "") + "[[optimizer]]\nplugin = \"adam\"\n";
    let lacking = notes(&two.replace("run.steps = 30", "run.steps = 30\nrun.until = { rank = 5 }"));
    assert_eq!(lacking, ["non-cylindrical with adam does not record `rank`: it runs until its budget is used up"]);
}
