//! `polder.lock`: which plugins are installed, down to the digest, who signed them, and what they were granted; enough to have
//! the same on another host.
//!
//! It is data, and not a right: whoever applies it needs the rights that each step takes, and trusts whom the other host's
//! catalog trusts.

use std::fmt::Write as _;

use polder_catalog::spec::Signature;
use polder_catalog::{FullName, Grantee, Kind, Privilege, Securable};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::packages;
use crate::run::Run;
use crate::{Error, Result};

/// The form of the file.
const VERSION: i64 = 1;
/// More plugins are no lock.
const MOST: usize = 100_000;

/// What one plugin is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Locked {
    pub(crate) name: FullName,
    pub(crate) version: String,
    /// SHA-256 of the component, in hex.
    pub(crate) digest: String,
    pub(crate) source: String,
    /// Fingerprint of the key that signed it, and whose it is there.
    pub(crate) signer: Option<(String, String)>,
    pub(crate) pin: Option<String>,
    pub(crate) grants: Vec<(Privilege, Kind, FullName)>,
}

/// What is installed, as far as the principal may see and manage it.
pub(crate) async fn of(run: &Run<'_>) -> Result<Vec<Locked>> {
    let mut all = Vec::new();
    for plugin in run.access.list(&[Kind::Plugin], &FullName::metastore(), None).await? {
        all.extend(one(run, &plugin).await?);
    }
    Ok(all)
}

async fn one(run: &Run<'_>, plugin: &Securable) -> Result<Option<Locked>> {
    let Some(spec) = plugin.as_plugin() else { return Ok(None) };
    let mut grants: Vec<_> = match run.access.may(plugin, Privilege::Manage) {
        true => run.access.grants_to(Grantee::Plugin(plugin.name.clone())).await?,
        false => Vec::new(),
    }
    .into_iter()
    .map(|grant| (grant.privilege, grant.kind, grant.name))
    .collect();
    grants.sort();
    Ok(Some(Locked {
        name: plugin.name.clone(),
        version: spec.version.clone(),
        digest: spec.digest.clone(),
        source: spec.source.clone(),
        signer: match &spec.signature {
            Signature::Verified { by, key, .. } => Some((key.clone(), by.clone())),
            Signature::File | Signature::NotSigned { .. } => None,
        },
        pin: packages::pin(plugin).map(str::to_owned),
        grants,
    }))
}

/// The text of the file.
pub(crate) fn write(all: &[Locked]) -> String {
    let mut plugins = ArrayOfTables::new();
    for one in all {
        let mut table = Table::new();
        table["name"] = value(one.name.to_string());
        table["version"] = value(&one.version);
        table["digest"] = value(format!("sha256:{}", one.digest));
        table["source"] = value(&one.source);
        if let Some((key, by)) = &one.signer {
            table["signer"] = value(by);
            table["key"] = value(key);
        }
        if let Some(pin) = &one.pin {
            table["pin"] = value(pin);
        }
        let grants = one.grants.iter().map(|(privilege, kind, on)| format!("{privilege} ON {kind} {on}"));
        let mut grants: toml_edit::Array = grants.collect();
        if grants.len() > 1 {
            grants.iter_mut().for_each(|grant| grant.decor_mut().set_prefix("\n  "));
            grants.set_trailing("\n");
        }
        table["grants"] = value(grants);
        plugins.push(table);
    }
    let mut document = DocumentMut::new();
    document["version"] = value(VERSION);
    if !plugins.is_empty() {
        document["plugin"] = Item::ArrayOfTables(plugins);
    }
    let mut text = String::new();
    let _infallible = write!(
        text,
        "# The plugins of a Polder home, as `polder plugin lock` wrote them; `polder plugin sync` makes another home the same.\n\
         {document}"
    );
    text
}

/// Reads the file; everything in it may be anything.
pub(crate) fn read(text: &str) -> Result<Vec<Locked>> {
    let wrong = |why: String| Error::Invalid(format!("the lock cannot be read: {why}"));
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| wrong(error.to_string()))?;
    match document.get("version").and_then(Item::as_integer) {
        Some(VERSION) => {}
        Some(other) => return Err(wrong(format!("it is of version {other}, this Polder reads {VERSION}"))),
        None => return Err(wrong("it says no version".to_owned())),
    }
    let Some(plugins) = document.get("plugin") else { return Ok(Vec::new()) };
    let plugins = plugins.as_array_of_tables().ok_or_else(|| wrong("`plugin` is no list of tables".to_owned()))?;
    if plugins.len() > MOST {
        return Err(wrong(format!("it names {} plugins; at most {MOST} are read", plugins.len())));
    }
    let mut all: Vec<Locked> = Vec::new();
    for (at, table) in plugins.iter().enumerate() {
        let locked = locked(table).map_err(|why| wrong(format!("plugin {}: {why}", at + 1)))?;
        if all.iter().any(|one| one.name == locked.name) {
            return Err(wrong(format!("{} is in it twice", locked.name)));
        }
        all.push(locked);
    }
    Ok(all)
}

fn locked(table: &Table) -> Result<Locked, String> {
    const KEYS: [&str; 8] = ["name", "version", "digest", "source", "signer", "key", "pin", "grants"];
    if let Some((unknown, _)) = table.iter().find(|(key, _)| !KEYS.contains(key)) {
        return Err(format!("'{unknown}' is not known; a plugin has {}", KEYS.join(", ")));
    }
    let maybe = |key: &str| match table.get(key) {
        None => Ok(None),
        Some(item) => item.as_str().map(|text| Some(text.to_owned())).ok_or_else(|| format!("'{key}' is no text")),
    };
    let text = |key: &str| maybe(key)?.ok_or_else(|| format!("it has no '{key}'"));
    let name: FullName = text("name")?.parse().map_err(|error: polder_catalog::Error| error.to_string())?;
    if name.parts().len() != Kind::Plugin.depth() {
        return Err(format!("'{name}' is not the full name of a plugin"));
    }
    let digest = text("digest")?;
    let hex = digest.parse::<polder_market::Digest>().map_err(|why| format!("'{digest}': {why}"))?.hex();
    let grants = match table.get("grants") {
        None => Vec::new(),
        Some(item) => {
            let list = item.as_array().ok_or("'grants' is no list")?;
            let grants =
                list.iter().map(|grant| grant.as_str().ok_or("a grant is no text".to_owned()).and_then(self::grant));
            grants.collect::<Result<_, _>>()?
        }
    };
    Ok(Locked {
        name,
        version: text("version")?,
        digest: hex,
        source: text("source")?,
        signer: maybe("key")?.map(|key| Ok::<_, String>((key, maybe("signer")?.unwrap_or_default()))).transpose()?,
        pin: maybe("pin")?,
        grants,
    })
}

/// `SELECT ON TABLE main.sales.orders`
fn grant(text: &str) -> Result<(Privilege, Kind, FullName), String> {
    let (privilege, on) = text.split_once(" ON ").ok_or_else(|| format!("'{text}' is no grant"))?;
    let (kind, name) = on.split_once(' ').unwrap_or((on, ""));
    let failed = |error: polder_catalog::Error| format!("'{text}': {error}");
    let name = if name.is_empty() { FullName::metastore() } else { name.parse().map_err(failed)? };
    Ok((privilege.parse().map_err(failed)?, kind.parse().map_err(failed)?, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Locked {
        Locked {
            name: "main.m.greet".parse().unwrap(),
            version: "1.0.0".to_owned(),
            digest: "ab".repeat(32),
            source: "oci://r.example/acme/greet@sha256:…".to_owned(),
            signer: Some(("sha256:00".to_owned(), "acme".to_owned())),
            pin: Some("^1".to_owned()),
            grants: vec![
                (Privilege::Select, Kind::Table, "main.`odd-one`.t".parse().unwrap()),
                (Privilege::ReadFiles, Kind::Metastore, FullName::metastore()),
            ],
        }
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let plain =
            Locked { name: "main.m.other".parse().unwrap(), signer: None, pin: None, grants: vec![], ..example() };
        for all in [vec![], vec![example()], vec![example(), plain]] {
            assert_eq!(read(&write(&all)).unwrap(), all);
        }
    }

    #[test]
    fn what_is_no_lock_is_refused() {
        let text = write(&[example()]);
        for (from, to) in [
            ("version = 1", "version = 2"),
            ("name = \"main.m.greet\"", "name = \"greet\""),
            ("sha256:abab", "md5:abab"),
            ("SELECT ON", "RULE ON"),
            ("pin =", "pins ="),
            ("[[plugin]]", "[plugin]"),
            ("source", "sauce"),
        ] {
            assert!(text.contains(from), "{text}");
            assert!(read(&text.replacen(from, to, 1)).is_err(), "{to}");
        }
        let twice = write(&[example(), example()]);
        assert!(read(&twice).unwrap_err().to_string().contains("twice"));
        assert!(read("").is_err());
    }
}
