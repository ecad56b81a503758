//! All plugins that are there: bundled or loaded, they come in through [`Catalog::admit`].

use crate::error::read;
use crate::floating::observed;
use crate::load::{Loaded, load};
use crate::schema::{Schema, items, schemas, texts};
use crate::services::HOST;
use elbow_abi::*;
use std::fmt;
use std::path::Path;

/// Model or optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluginKind {
    /// A model.
    Model,
    /// An optimizer.
    Optimizer,
}

impl PluginKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Optimizer => "optimizer",
        }
    }
}

/// Where a plugin comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Linked into the program.
    Bundled,
    /// From a shared library.
    Loaded {
        /// The file.
        path: String,
        /// SHA-256 of its bytes.
        sha256: String,
    },
}

/// A recorded number that a plugin declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// What it is, with its sign.
    pub doc: String,
    /// 1, −1 or 0: larger, smaller or neither is better.
    pub better: i32,
    /// Exact rather than an estimate.
    pub exact: bool,
}

/// A model or an optimizer that can be made.
#[derive(Debug)]
pub struct Plugin {
    /// Which of the two.
    pub kind: PluginKind,
    /// Full id, `elbow.fisher-rao`.
    pub id: String,
    /// One line.
    pub summary: String,
    /// Family.
    pub family: String,
    /// Papers.
    pub references: Vec<String>,
    /// Parameters.
    pub schema: Vec<Schema>,
    /// Model: what it can do. Optimizer: what it needs.
    pub capabilities: Vec<String>,
    /// What it records.
    pub quantities: Vec<Quantity>,
    /// Package and version.
    pub package: String,
    /// Where it comes from.
    pub origin: Origin,
    pub(crate) raw: &'static ElbowDescriptor,
}

// SAFETY: a descriptor is immutable and lives as long as the process.
unsafe impl Send for Plugin {}
// SAFETY: as above.
unsafe impl Sync for Plugin {}

impl Plugin {
    /// The id without the part before the last dot, `fisher-rao`.
    pub fn short(&self) -> &str {
        self.id.rsplit('.').next().unwrap_or(&self.id)
    }

    /// The id, for as long as the process lives.
    pub(crate) fn name(&self) -> &'static str {
        // SAFETY: a descriptor holds text that lives as long as the process.
        unsafe { read(self.raw.id) }
    }
}

/// A library that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub path: String,
    /// Why, in a line.
    pub reason: String,
    /// Ids of the plugins that it offers, as far as it was read.
    pub ids: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

/// The plugins that an experiment can name.
#[derive(Debug, Default)]
pub struct Catalog {
    plugins: Vec<Plugin>,
    broken: Vec<Broken>,
}

impl Catalog {
    /// A catalog with the plugins of an entry that is linked in.
    ///
    /// # Errors
    /// One line that says what is wrong with the entry.
    pub fn bundled(entry: &'static ElbowEntry) -> Result<Self, String> {
        let mut catalog = Self::default();
        catalog.admit(entry, &Origin::Bundled)?;
        Ok(catalog)
    }

    /// Loads a shared library and takes its plugins in.
    ///
    /// # Errors
    /// Why it was refused; nothing of it is in the catalog then.
    pub fn load(&mut self, path: &Path) -> Result<(), Broken> {
        let file = path.display().to_string();
        let refused = |reason: String| Broken { path: file.clone(), reason, ids: Vec::new() };
        let Loaded { entry, sha256, changed, .. } = load(path).map_err(|refusal| refused(refusal.to_string()))?;
        if let Some(changed) = changed {
            let why = "it changes the floating-point environment where it is loaded";
            return Err(refused(format!("{why}: {changed}; build and link it without -ffast-math")));
        }
        let new = described(entry, &Origin::Loaded { path: file.clone(), sha256 }).map_err(refused)?;
        let ids = new.iter().map(|plugin| plugin.id.clone()).collect();
        self.take(new).map_err(|reason| Broken { ids, ..refused(reason) })
    }

    /// Keeps in mind a library that was refused, for those who look for one of its plugins.
    pub fn remember(&mut self, broken: Broken) {
        self.broken.push(broken);
    }

    /// The libraries that were refused.
    pub fn broken(&self) -> &[Broken] {
        &self.broken
    }

    /// What to add where a plugin is missing: the libraries that were refused, which may have it.
    pub fn missing(&self) -> String {
        self.broken.iter().map(|broken| format!("; it may be in a library that was refused: {broken}")).collect()
    }

    /// Takes in the plugins of an entry: all or none.
    ///
    /// # Errors
    /// One line: another version of the interface, a broken descriptor, an id that is there already.
    pub fn admit(&mut self, entry: &'static ElbowEntry, origin: &Origin) -> Result<(), String> {
        self.take(described(entry, origin)?)
    }

    /// Takes in plugins: all or none.
    fn take(&mut self, mut new: Vec<Plugin>) -> Result<(), String> {
        for (i, plugin) in new.iter().enumerate() {
            if let Some(known) = self.plugins.iter().chain(&new[..i]).find(|known| known.id == plugin.id) {
                return Err(format!("the id `{}` is taken already, by {} ({})", plugin.id, known.package, place(&known.origin)));
            }
        }
        self.plugins.append(&mut new);
        Ok(())
    }

    /// All plugins of a kind, in the order they came.
    pub fn list(&self, kind: PluginKind) -> impl Iterator<Item = &Plugin> {
        self.plugins.iter().filter(move |plugin| plugin.kind == kind)
    }

    /// Finds a plugin by its id or its short name.
    ///
    /// # Errors
    /// The nearest known name, if one is near.
    pub fn find(&self, kind: PluginKind, name: &str) -> Result<&Plugin, Option<String>> {
        let fits = |plugin: &&Plugin| plugin.id == name || plugin.short() == name;
        let names = || self.list(kind).map(Plugin::short);
        self.list(kind).find(fits).ok_or_else(|| nearest(name, names()).map(str::to_owned))
    }
}

/// Starts a library and reads what it offers.
fn described(entry: &'static ElbowEntry, origin: &Origin) -> Result<Vec<Plugin>, String> {
    if entry.magic != MAGIC || (entry.struct_size as usize) < size_of::<ElbowEntry>() {
        return Err("the entry of the library is not one of this interface".into());
    }
    if (entry.abi_major, entry.abi_minor) != (MAJOR, MINOR) {
        return Err(format!("built for plugin interface {}.{}, not {MAJOR}.{MINOR}", entry.abi_major, entry.abi_minor));
    }
    if let Some(init) = entry.init {
        match observed(|| init(&raw const HOST)) {
            (_, Some(changed)) => {
                return Err(format!("it changes the floating-point environment where it starts: {changed}"));
            }
            (OK, None) => {}
            _ => return Err("the library refused to start".into()),
        }
    }
    // SAFETY: an entry of this version holds text that lives as long as the process.
    let package = unsafe { format!("{} {}", read(entry.package), read(entry.version)) };
    // SAFETY: an entry of this version holds `n_descriptors` descriptors that live as long as the process.
    let raws = unsafe { items(entry.descriptors, entry.n_descriptors as usize) };
    // SAFETY: as above.
    raws.iter().map(|&raw| unsafe { describe(&*raw, &package, origin) }).collect()
}

/// Where a plugin comes from, in words.
pub fn place(origin: &Origin) -> String {
    match origin {
        Origin::Bundled => "bundled".into(),
        Origin::Loaded { path, .. } => path.clone(),
    }
}

/// The name nearest to what was written, if it is near enough to be meant.
pub fn nearest<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (strsim::jaro_winkler(written, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// # Safety
/// `raw` must be a complete descriptor that lives as long as the process.
unsafe fn describe(raw: &'static ElbowDescriptor, package: &str, origin: &Origin) -> Result<Plugin, String> {
    // SAFETY: the caller's contract.
    let (id, summary, family) = unsafe { (read(raw.id), read(raw.summary), read(raw.family)) };
    let kind = match raw.kind {
        KIND_MODEL => PluginKind::Model,
        KIND_OPTIMIZER => PluginKind::Optimizer,
        other => return Err(format!("the plugin `{id}` is of an unknown kind {other}")),
    };
    let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if id.is_empty() || !id.chars().all(name) || raw.class.is_null() {
        return Err(format!("the plugin id `{id}` is not made of a-z, 0-9, `.`, `-` and `_`, or the plugin has no functions"));
    }
    // SAFETY: the caller's contract.
    let quantities: Vec<Quantity> = unsafe { items(raw.metrics, raw.n_metrics).iter().map(|metric| quantity(metric)).collect() };
    let twice = |place: &usize| quantities[..*place].iter().any(|known| known.name == quantities[*place].name);
    if let Some(place) = (0..quantities.len()).find(twice) {
        return Err(format!("plugin `{id}` records two quantities of the name `{}`", quantities[place].name));
    }
    Ok(Plugin {
        kind,
        id: id.to_owned(),
        summary: summary.to_owned(),
        family: family.to_owned(),
        // SAFETY: the caller's contract.
        references: unsafe { texts(raw.references, raw.n_references) },
        // SAFETY: the caller's contract.
        schema: unsafe { schemas(raw.params, raw.n_params) }.map_err(|reason| format!("plugin `{id}`: {reason}"))?,
        // SAFETY: the caller's contract.
        capabilities: unsafe { texts(raw.capabilities, raw.n_capabilities) },
        quantities,
        package: package.to_owned(),
        origin: origin.clone(),
        raw,
    })
}

/// # Safety
/// `raw` must be a complete description.
unsafe fn quantity(raw: &ElbowMetric) -> Quantity {
    // SAFETY: the caller's contract.
    let (name, unit, doc) = unsafe { (read(raw.name), read(raw.unit), read(raw.doc)) };
    Quantity { name: name.into(), unit: unit.into(), doc: doc.into(), better: raw.better, exact: raw.exact != 0 }
}
