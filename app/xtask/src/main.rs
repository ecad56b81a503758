//! `cargo xtask ci`: what a green main means, run locally. `cargo xtask tidy`: the invariants of the house.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod tidy;

use std::process::{Command, ExitCode};

const STEPS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    ("tests", &["test", "--workspace"]),
    ("documentation", &["doc", "--workspace", "--no-deps"]),
    ("release", &["build", "--release", "-p", "elbow", "-p", "elbow-bundle-cdylib"]),
];

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let done = match task.as_str() {
        "ci" => ci(),
        "tidy" => tidy::run(),
        _ => Err("usage: cargo xtask ci|tidy".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn ci() -> Result<(), String> {
    println!("== tidy");
    tidy::run()?;
    for (name, arguments) in STEPS {
        println!("== {name}: cargo {}", arguments.join(" "));
        let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
        run(cargo.args(*arguments).env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    readme()?;
    smoke()
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}

/// The README's first command, as it stands there; without a terminal it runs headless, and its records go to a folder of its own.
fn readme() -> Result<(), String> {
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    let folder = std::env::temp_dir().join(format!("elbow-readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    println!("== README: cargo run --release");
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    cargo.args(["run", "--release", "--manifest-path"]).arg(root.join("Cargo.toml"));
    run(cargo.current_dir(&folder).stdin(std::process::Stdio::null()))?;
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())
}

/// The smoke experiment with the built-in plugins, on one thread and on two, and with the same plugins from a shared
/// library: the journals must be the same bytes.
fn smoke() -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("elbow-smoke-{}", std::process::id()));
    let plugins = folder.join("plugins");
    std::fs::create_dir_all(&plugins).map_err(|error| error.to_string())?;
    let library = format!("{}elbow_bundle_cdylib{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    let release = std::path::Path::new(&target).join("release");
    std::fs::copy(release.join(&library), plugins.join(&library)).map_err(|error| format!("{library}: {error}"))?;
    let plugin_dir = plugins.display().to_string();
    let ways: [(&str, &[&str]); 3] =
        [("one", &["-j", "1"]), ("two", &["-j", "2"]), ("loaded", &["--no-bundled", "--plugin-dir", &plugin_dir])];
    for ((name, arguments), experiment) in ways.iter().flat_map(|way| ["smoke", "smoke-continuous"].map(|of| (*way, of))) {
        println!("== {experiment}, {name}: elbow run configs/{experiment}.toml {}", arguments.join(" "));
        let mut elbow = Command::new(release.join("elbow"));
        let file = format!("configs/{experiment}.toml");
        let [first, out] = ["one", name].map(|name| folder.join(experiment).join(name));
        run(elbow.args(["run", &file, "--out"]).arg(&out).args(arguments))?;
        run(Command::new("diff").arg("-r").arg(first.join("journal")).arg(out.join("journal")))?;
    }
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())
}
