//! The folders with plugins: what is in each, and what of it was refused.

use super::Section;
use crate::cli::Global;
use crate::command::{Failure, built_in, plugin_places};
use elbow_host::{Catalog, Origin, Plugin, PluginKind, load};
use std::path::Path;

/// The plugins, and whether one was refused without which no command goes on: a folder, or a library that is named.
pub fn section(global: &Global) -> Result<(Section, bool), Failure> {
    let (mut section, mut refused) = (Section("plugins", Vec::new()), false);
    let mut catalog = built_in(global)?;
    let built_in = if global.no_bundled { "left out, by --no-bundled".into() } else { count(&catalog, |_| true) };
    section.line("built in", built_in);
    for (place, origin) in plugin_places(global) {
        if place.is_file() {
            section.line("library", format!("{} ({origin})", place.display()));
            refused |= !admit(&place, &mut catalog, &mut section);
            continue;
        }
        section.line("folder", format!("{} ({origin})", place.display()));
        match load::shared_libraries(&place) {
            Ok(files) if files.is_empty() => section.line("", "no plugin in it"),
            // One that is refused stops nothing that does not need it.
            Ok(files) => {
                for file in files {
                    admit(&file, &mut catalog, &mut section);
                }
            }
            Err(refusal) => {
                section.line("", format!("refused: {refusal}"));
                refused = true;
            }
        }
    }
    if section.1.len() == 1 {
        section.line("folders", "none; --plugin-dir DIR or ELBOW_PLUGIN_PATH names some");
    }
    Ok((section, refused))
}

/// Loads a file as every other command does; whether it was admitted.
fn admit(file: &Path, catalog: &mut Catalog, section: &mut Section) -> bool {
    let loaded = catalog.load(file);
    let (admitted, path) = (loaded.is_ok(), file.display().to_string());
    section.line(
        "",
        match loaded {
            Ok(()) => format!(
                "{path}: {}",
                count(catalog, |origin| matches!(origin, Origin::Loaded { path: from, .. } if *from == path))
            ),
            Err(broken) => format!("broken: {broken}"),
        },
    );
    admitted
}

/// How many models and optimizers come from there.
fn count(catalog: &Catalog, from: impl Fn(&Origin) -> bool) -> String {
    let number = |kind| catalog.list(kind).filter(|plugin: &&Plugin| from(&plugin.origin)).count();
    let words = |kind: PluginKind| match number(kind) {
        1 => format!("1 {}", kind.name()),
        many => format!("{many} {}s", kind.name()),
    };
    format!("{}, {}", words(PluginKind::Model), words(PluginKind::Optimizer))
}
