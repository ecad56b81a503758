//! The built-in plugins, linked in and loaded from a shared library: the same bytes.

mod common;

use common::{bytes, elbow, folder, root, stderr};
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
    let taken = elbow(folder.path(), &["run", &smoke, "--plugin-dir", &plugins]);
    assert_eq!(taken.status.code(), Some(2));
    let text = stderr(&taken);
    assert!(text.contains("the id `elbow.euclidean` is taken already") && text.trim().lines().count() == 1, "{text}");
}

#[test]
fn what_is_no_plugin_is_refused_in_one_line() {
    let folder = folder();
    let plugins = folder.path().join("plugins");
    std::fs::create_dir_all(&plugins).unwrap();
    let name = format!("notes{}", std::env::consts::DLL_SUFFIX);
    std::fs::write(plugins.join(&name), "these are notes, not a library\n").unwrap();
    let output = elbow(folder.path(), &["plugin", "list", "--plugin-dir", "plugins"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(&name) && stderr(&output).trim().lines().count() == 1, "{}", stderr(&output));
    let nowhere = elbow(folder.path(), &["plugin", "list", "--plugin-dir", "nowhere"]);
    assert!(stderr(&nowhere).contains("nowhere") && nowhere.status.code() == Some(2));
}
