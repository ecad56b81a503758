//! Where a cell starts, and what it descends.

use crate::plan::PlannedModel;
use elbow_abi::*;
use elbow_host::{Place, Plugin, Stream, Task, Value, judged};

/// Where a model's cells start.
pub struct Init<'a> {
    /// The table `init`.
    pub values: &'a Value,
    /// The model.
    pub model: &'a PlannedModel,
}

/// The path of a wrong value and what is wrong with it.
type Wrong = (String, String);

/// (θ, φ) for a seed: given, or drawn from a stream that depends on the seed and the number of parameters alone. So all optimizers
/// start at the same point, and two settings of a model that differ in what the start is not made of (minibatches, precision, what is
/// only measured, coordinates) start at one distribution.
pub fn start(init: &Init<'_>, seed: u64) -> Result<Vec<f64>, Wrong> {
    let shape = init.model.model.shape();
    let (n, m) = (shape.generative, shape.recognition);
    let (mut theta, mut phi) = (vec![0.0; n], vec![0.0; m]);
    let values = given(init.values, "values", n, "θ")?;
    let probabilities = given(init.values, "probabilities", n, "θ")?;
    let recognition = given(init.values, "recognition", m, "φ")?;
    if values.is_some() && probabilities.is_some() {
        return Err(("init.probabilities".into(), "give either `values` or `probabilities`".into()));
    }
    let is_drawn = (values.is_none() && probabilities.is_none()) || (recognition.is_none() && m > 0);
    let kind = init.values.get("draw").and_then(Value::as_text).unwrap_or("default");
    if !is_drawn && kind != "default" {
        return Err(("init.draw".into(), "`draw` has no effect here: all parameters are given".into()));
    }
    if is_drawn {
        let mut stream = Stream::new(&["init", &format!("seed {seed}"), &format!("{n} + {m} parameters")]);
        let drawn = judged(init.model.model.draw(kind, &mut stream, &mut theta, &mut phi));
        drawn.map_err(|error| ("init.draw".to_owned(), error.to_string()))?;
    }
    if let Some(values) = values {
        theta.copy_from_slice(values);
    }
    if let Some(probabilities) = probabilities {
        let converted = judged(init.model.model.theta_from_mean(probabilities, &mut theta));
        converted.map_err(|error| ("init.probabilities".to_owned(), error.to_string()))?;
    }
    if let Some(recognition) = recognition {
        phi.copy_from_slice(recognition);
    }
    check_place(init, &theta, &phi)?;
    theta.append(&mut phi);
    Ok(theta)
}

fn given<'a>(init: &'a Value, key: &str, expected: usize, what: &str) -> Result<Option<&'a [f64]>, Wrong> {
    match init.get(key) {
        Some(Value::Array { data, .. }) if data.len() == expected => Ok(Some(data)),
        Some(Value::Array { data, .. }) => {
            Err((format!("init.{key}"), format!("`{key}` has {} numbers; {what} of this model has {expected}", data.len())))
        }
        _ => Ok(None),
    }
}

/// A start outside the domain is a mistake; one on its boundary is a start, and diverges there.
fn check_place(init: &Init<'_>, theta: &[f64], phi: &[f64]) -> Result<(), Wrong> {
    let place = judged(Ok(init.model.model.place(OBJECTIVE_ELBO, theta, phi)));
    if place.map_err(|error| ("init".to_owned(), error.to_string()))? != Place::Outside {
        return Ok(());
    }
    let Err(error) = judged(init.model.model.describe_place(theta, phi)) else { return Ok(()) };
    let issue = &error.issues()[0];
    let index = issue.path.trim_matches(['[', ']']).parse::<usize>().unwrap_or(0);
    let path = match index.checked_sub(theta.len()) {
        Some(index) => format!("init.recognition[{index}]"),
        None => format!("init.values[{index}]"),
    };
    Err((path, issue.message.clone()))
}

/// What a cell descends, or why the model cannot do that.
pub fn resolve_task(keys: &Value, model: &PlannedModel, optimizer: &Plugin, plugin: &Plugin) -> Result<Task, String> {
    let key = |key: &str| keys.get(key).and_then(Value::as_text);
    if let Some(missing) = optimizer.capabilities.iter().find(|need| !plugin.capabilities.contains(need)) {
        return Err(format!("it needs {missing}, which the model does not have"));
    }
    let shape = model.model.shape();
    let has = |recognition: u32| shape.recognitions & (1 << recognition) != 0;
    let objective = if key("objective") == Some("evidence") { OBJECTIVE_EVIDENCE } else { OBJECTIVE_ELBO };
    let recognition = match key("recognition") {
        Some("fixed") => RECOGNITION_FIXED,
        Some("exact") => RECOGNITION_EXACT,
        Some("learned") => RECOGNITION_LEARNED,
        _ => *[RECOGNITION_LEARNED, RECOGNITION_FIXED].iter().find(|q| has(**q)).unwrap_or(&RECOGNITION_EXACT),
    };
    if !has(recognition) {
        return Err(match recognition {
            RECOGNITION_FIXED => "a fixed recognition q(h|v) = p*(h|v) needs a target over visible and hidden".into(),
            RECOGNITION_LEARNED => "the model carries no recognition parameters φ; set `learned = true`".into(),
            _ => "the model has no exact posterior".to_owned(),
        });
    }
    let learns = recognition == RECOGNITION_LEARNED && objective == OBJECTIVE_ELBO;
    let (generative, learned) = match key("train") {
        Some("generative") => (true, false),
        Some("recognition") => (false, true),
        Some("both") => (true, true),
        _ => (true, learns),
    };
    if learned && !learns {
        return Err("φ can be trained only on the ELBO with a learned recognition".into());
    }
    Ok(Task { objective, recognition, generative, learned })
}
