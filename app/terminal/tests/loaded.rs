//! The built-in plugins, linked in and loaded from a shared library: the same bytes.

mod common;

use common::{bytes, elbow, folder, root, stderr, stdout};
use std::path::PathBuf;
use std::process::Command;

/// Builds the bundle as a shared library and puts it into `folder/plugins`.
fn library(folder: &std::path::Path) -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "-p", "elbow-bundle-cdylib", "--message-format", "json-render-diagnostics"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let lines = String::from_utf8_lossy(&built.stdout).into_owned();
    let name = format!("{}elbow_bundle_cdylib{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let path = lines.split('"').rfind(|text| text.ends_with(&name)).expect("cargo names the library");
    let plugins = folder.join("plugins");
    std::fs::create_dir_all(&plugins).expect("a folder");
    std::fs::copy(path, plugins.join(&name)).expect("a copy");
    plugins
}

#[test]
fn bundled_and_loaded_plugins_write_the_same_bytes() {
    let folder = folder();
    let plugins = library(folder.path()).display().to_string();
    let smoke = root().join("configs/smoke.toml").display().to_string();
    let bundled = elbow(folder.path(), &["run", &smoke, "--out", "bundled", "-q"]);
    assert_eq!(bundled.status.code(), Some(0), "{}", stderr(&bundled));
    let loaded = elbow(folder.path(), &["run", &smoke, "--out", "loaded", "-q", "--no-bundled", "--plugin-dir", &plugins]);
    assert_eq!(loaded.status.code(), Some(0), "{}", stderr(&loaded));
    let journal = |name: &str| bytes(&folder.path().join(name).join("journal"));
    assert!(journal("bundled").len() > 20 && journal("bundled") == journal("loaded"));
    let taken = elbow(folder.path(), &["run", &smoke, "--plugin-dir", &plugins, "--out", "taken"]);
    assert_eq!(taken.status.code(), Some(2), "an experiment that names what is there twice says not which");
    let text = stderr(&taken);
    assert!(text.contains("`euclidean` is offered twice") && text.contains("is taken already"), "{text}");
    assert!(!folder.path().join("taken").exists(), "nothing was written");
}

const SMALL: &str = "run.steps = 3\n[[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
    target = { parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }\n[[optimizer]]\nplugin = \"fisher-rao\"\n";

/// A folder `plugins` with a library that is none, whose name holds an escape sequence.
fn broken(folder: &std::path::Path) -> String {
    std::fs::create_dir_all(folder.join("plugins")).unwrap();
    let name = format!("no\x1b[7mtes{}", std::env::consts::DLL_SUFFIX);
    std::fs::write(folder.join("plugins").join(&name), "these are notes, not a library\n").unwrap();
    std::fs::write(folder.join("x.toml"), SMALL).unwrap();
    name.replace('\x1b', "\\u{1b}")
}

#[test]
fn a_broken_library_is_listed_and_stops_nothing_that_does_not_need_it() {
    let folder = folder();
    let name = broken(folder.path());
    let run = |arguments: &[&str]| elbow(folder.path(), &[arguments, &["--plugin-dir", "plugins"]].concat());
    let list = run(&["plugin", "list"]);
    assert_eq!((list.status.code(), stderr(&list).as_str()), (Some(0), ""));
    let table = stdout(&list);
    let row = table.lines().find(|line| line.trim_start().starts_with("broken")).expect("a row of it");
    assert!(row.contains(&name) && row.ends_with("not a shared library"), "{row:?}");
    for command in ["run", "plan", "check"] {
        let output = run(&[command, "x.toml"]);
        assert_eq!(output.status.code(), Some(0), "{command}: {}", stderr(&output));
        let warned = stderr(&output);
        assert!(warned.starts_with("warning: refused: plugins/") && warned.contains(&name), "{warned}");
    }
    assert_eq!(stderr(&run(&["run", "x.toml", "-q"])), "");
}

#[test]
fn a_broken_library_that_is_needed_or_named_is_an_error() {
    let folder = folder();
    let name = broken(folder.path());
    let missing = SMALL.replace("fisher-rao", "theirs");
    std::fs::write(folder.path().join("y.toml"), missing).unwrap();
    for arguments in [["check", "y.toml"].as_slice(), &["optimizer", "show", "theirs"]] {
        let output = elbow(folder.path(), &[arguments, &["--plugin-dir", "plugins", "-q"]].concat());
        assert_eq!(output.status.code(), Some(2));
        let text = stderr(&output);
        assert!(text.contains("there is no optimizer `theirs`") && text.contains(&name), "{text}");
    }
    let file = std::fs::read_dir(folder.path().join("plugins")).unwrap().next().unwrap().unwrap().path();
    let named = elbow(folder.path(), &["run", "x.toml", "--plugin-dir", &file.display().to_string()]);
    assert_eq!(named.status.code(), Some(2));
    assert!(stderr(&named).contains(&name) && stderr(&named).trim().lines().count() == 1, "{}", stderr(&named));
    let nowhere = elbow(folder.path(), &["plugin", "list", "--plugin-dir", "nowhere"]);
    assert!(stderr(&nowhere).contains("nowhere") && nowhere.status.code() == Some(2));
}
