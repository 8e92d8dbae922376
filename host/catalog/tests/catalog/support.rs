//! A scratch catalog, and short words for what tests do often.

use polder_catalog::spec::{Container, Export, FunctionKind, Plugin, Signature, Table, View, Volatility, Volume};
use polder_catalog::{
    Access, Catalog, Error, FullName, Kind, NewFunction, NewPlugin, NewSecurable, PrincipalKind, Privilege, Securable,
    Spec,
};
use tempfile::TempDir;

pub(crate) struct Scratch {
    pub(crate) catalog: Catalog,
    pub(crate) folder: TempDir,
}

/// A new catalog with users `ann` and `bob`.
pub(crate) async fn scratch() -> Scratch {
    let folder = TempDir::new().unwrap();
    let catalog = Catalog::open(folder.path().join("catalog.db"), None).await.unwrap();
    let owner = catalog.access("owner").await.unwrap();
    for user in ["ann", "bob"] {
        owner.create_principal(PrincipalKind::User, user).await.unwrap();
    }
    Scratch { catalog, folder }
}

impl Scratch {
    pub(crate) async fn owner(&self) -> Access {
        self.as_("owner").await
    }

    pub(crate) async fn as_(&self, principal: &str) -> Access {
        self.catalog.access(principal).await.unwrap()
    }

    /// `GRANT privilege ON kind name TO principal`, by the owner.
    pub(crate) async fn grant(&self, privilege: Privilege, kind: Kind, on: &str, to: &str) {
        let owner = self.owner().await;
        let securable = owner.resolve(&[kind], &name(on)).await.unwrap();
        owner.grant(&[privilege], &securable, to).await.unwrap();
    }

    pub(crate) async fn revoke(&self, privilege: Privilege, kind: Kind, on: &str, from: &str) {
        let owner = self.owner().await;
        let securable = owner.resolve(&[kind], &name(on)).await.unwrap();
        owner.revoke(&[privilege], &securable, from).await.unwrap();
    }

    /// Grants USE CATALOG and USE SCHEMA on the way to something in `main.default`.
    pub(crate) async fn usage(&self, to: &str) {
        self.grant(Privilege::UseCatalog, Kind::Catalog, "main", to).await;
        self.grant(Privilege::UseSchema, Kind::Schema, "main.default", to).await;
    }

    pub(crate) async fn table(&self, full_name: &str) -> Securable {
        self.owner().await.create(table(full_name)).await.unwrap()
    }
}

pub(crate) fn name(text: &str) -> FullName {
    text.parse().unwrap()
}

pub(crate) fn table(full_name: &str) -> NewSecurable {
    let mut new = NewSecurable::new(name(full_name), Spec::Table(Table::managed("")));
    new.spec = Spec::Table(Table::managed(format!("file:///home/tables/{}", new.id)));
    new
}

pub(crate) fn view(full_name: &str, on: &[&Securable]) -> NewSecurable {
    let sql = format!("SELECT * FROM {}", on.first().map_or_else(String::new, |on| on.name.to_string()));
    let spec = View { sql, columns: vec![], current_catalog: "main".into(), current_schema: "default".into() };
    NewSecurable::new(name(full_name), Spec::View(spec)).with_dependencies(on.iter().map(|on| on.id).collect())
}

pub(crate) fn volume(full_name: &str) -> NewSecurable {
    let location = format!("file:///home/volumes/{full_name}");
    NewSecurable::new(name(full_name), Spec::Volume(Volume { location, managed: true }))
}

pub(crate) fn schema(full_name: &str) -> NewSecurable {
    NewSecurable::new(name(full_name), Spec::Schema(Container::default()))
}

pub(crate) fn catalog(full_name: &str) -> NewSecurable {
    NewSecurable::new(name(full_name), Spec::Catalog(Container::default()))
}

/// What a denial says, which must be one.
#[track_caller]
pub(crate) fn remedy<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Denied(denied)) => denied.remedy,
        other => panic!("not denied: {other:?}"),
    }
}

/// A plugin of that version, whose digest tells the version, with functions of these names.
pub(crate) fn plugin(full_name: &str, version: &str, functions: &[&str]) -> NewPlugin {
    let export = |name: &str| Export {
        export: name.into(),
        kind: FunctionKind::Scalar,
        signature: format!("{name}(x DOUBLE)"),
        returns: "DOUBLE".into(),
        doc: format!("Version {version} of {name}."),
        volatility: Volatility::Immutable,
    };
    NewPlugin {
        name: name(full_name),
        spec: Plugin {
            version: version.into(),
            digest: format!("{version:0>64}"),
            size: 1024,
            description: serde_json::json!({"name": full_name}),
            source: "file:///tmp/p.wasm".into(),
            signature: Signature::File,
            former: Vec::new(),
        },
        comment: None,
        functions: functions.iter().map(|name| NewFunction { name: (*name).into(), export: export(name) }).collect(),
    }
}
