//! The invariants of the house, over `cargo metadata` and the sources.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::fs;
use std::path::{Path, PathBuf};

/// The workspace: tests run in the folder of their crate.
const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");

/// Who alone may name a dependency.
const OWNERS: &[(&str, &[&str])] = &[
    ("libloading", &["elbow-host"]),
    ("ratatui", &["elbow"]),
    ("crossterm", &["elbow"]),
    ("rayon", &["elbow-host", "elbow-engine"]),
];

/// Where `unsafe` may stand.
const UNSAFE: &[&str] = &["plugins/abi", "plugins/sdk", "plugins/host"];

/// Checks everything and tells of all that is wrong.
pub fn run() -> Result<(), String> {
    let metadata = MetadataCommand::new().manifest_path(MANIFEST).exec().map_err(|error| error.to_string())?;
    let root = metadata.workspace_root.as_std_path().to_owned();
    let mut wrong = dependencies(&metadata);
    wrong.extend(sources(&root));
    wrong.extend(plugins(&root));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn normal(package: &Package) -> Vec<&str> {
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.as_str()).collect()
}

fn dependencies(metadata: &Metadata) -> Vec<String> {
    let mut wrong = Vec::new();
    let run_by_default = metadata.workspace_default_packages();
    if !matches!(run_by_default.as_slice(), [package] if package.name.as_str() == "elbow") {
        wrong.push("`cargo run` does not run elbow: default-members is not app/terminal alone".into());
    }
    for package in metadata.workspace_packages() {
        let (name, needs) = (package.name.as_str(), normal(package));
        if name == "elbow-abi" && !needs.is_empty() {
            wrong.push(format!("elbow-abi has dependencies: {needs:?}"));
        }
        if package.manifest_path.as_str().contains("/optimizers/") && needs != ["elbow-sdk"] {
            wrong.push(format!("{name} depends on {needs:?}; an optimizer depends on elbow-sdk alone"));
        }
        for (dependency, owners) in OWNERS {
            if needs.contains(dependency) && !owners.contains(&name) {
                wrong.push(format!("{name} names {dependency}; only {owners:?} may"));
            }
        }
    }
    let resolved = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    for node in resolved.filter(|node| metadata[&node.id].name.as_str() == "faer") {
        if node.features.iter().any(|feature| *feature == "rayon") {
            wrong.push("a crate enables faer/rayon: every shared library would start a thread pool of its own".into());
        }
    }
    wrong
}

fn sources(root: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in files(root) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let first = text.lines().find(|line| !line.is_empty() && !line.starts_with("#!["));
        if !first.is_some_and(|line| line.starts_with("//!")) {
            wrong.push(format!("{name} does not begin with `//!`"));
        }
        let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        let uses = code.filter(|line| line.contains("unsafe {") || line.contains("unsafe fn") || line.contains("unsafe impl"));
        let allowed = UNSAFE.iter().any(|place| name.starts_with(place)) || name.contains("/tests/") || name.contains("xtask");
        if !allowed && uses.count() > 0 {
            wrong.push(format!("{name} uses `unsafe`"));
        }
        let plugin = ["optimizers/", "models/"].iter().any(|place| name.starts_with(place)) && name.ends_with("src/lib.rs");
        if plugin && !text.contains("#![forbid(unsafe_code)]") {
            wrong.push(format!("{name} lacks #![forbid(unsafe_code)]"));
        }
    }
    wrong
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["app", "plugins", "optimizers", "models"].map(|folder| root.join(folder)).into();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A plugin in the bundle has an experiment, a row in its folder's table, and a conformance test.
fn plugins(root: &Path) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let configs: String = fs::read_dir(root.join("configs"))
        .into_iter()
        .flatten()
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok())
        .collect();
    let mut wrong = Vec::new();
    for line in read("plugins/bundle/src/lib.rs").lines().map(str::trim) {
        let Some((kind, rest)) = line.split_once(" elbow_") else { continue };
        let name = rest.split("::").next().unwrap_or_default().replace('_', "-");
        let folder = format!("{kind}s");
        if !configs.contains(&format!("\"{name}\"")) {
            wrong.push(format!("no experiment in configs/ uses `{name}`"));
        }
        if !read(&format!("{folder}/README.md")).contains(&format!("`{name}`")) {
            wrong.push(format!("{folder}/README.md has no row for `{name}`"));
        }
        if !root.join(&folder).join(&name).join("tests/conformance.rs").is_file() {
            wrong.push(format!("{folder}/{name} has no tests/conformance.rs"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        super::run().unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}
