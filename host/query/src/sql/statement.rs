//! The statements of Polder. Names are kept as written: one to three parts, resolved later in the session.

use datafusion::sql::sqlparser::ast;
use polder_catalog::{Kind, Privilege};

/// A name of one to three parts, outermost first.
pub(crate) type Name = Vec<String>;

#[derive(Debug)]
pub(crate) enum Statement {
    /// SELECT, VALUES, WITH …
    Query(Box<ast::Query>),
    Explain {
        analyze: bool,
        verbose: bool,
        statement: Box<Statement>,
    },
    Insert(Insert),
    Update(Box<ast::Statement>),
    Delete(Box<ast::Statement>),
    Merge {
        statement: Box<ast::Statement>,
        evolve: bool,
    },
    CopyInto(CopyInto),

    Use {
        kind: Option<Kind>,
        name: Name,
    },
    Set {
        name: String,
        value: String,
    },
    CreateCatalog {
        name: Name,
        if_not_exists: bool,
        comment: Option<String>,
        location: Option<String>,
    },
    CreateSchema {
        name: Name,
        if_not_exists: bool,
        comment: Option<String>,
        location: Option<String>,
    },
    CreateTable(Box<CreateTable>),
    CreateView(Box<CreateView>),
    CreateVolume {
        name: Name,
        if_not_exists: bool,
        comment: Option<String>,
        location: Option<String>,
    },
    CreateConnection {
        name: Name,
        if_not_exists: bool,
        /// Its type, such as `http`.
        kind: String,
        options: Vec<(String, String)>,
        comment: Option<String>,
    },
    AlterConnection {
        name: Name,
        options: Vec<(String, String)>,
        unset: Vec<String>,
    },
    CreatePublisher {
        name: Name,
        if_not_exists: bool,
        key: NewKey,
        comment: Option<String>,
    },
    AlterPublisher {
        name: Name,
        change: AlterPublisher,
    },
    CreatePrincipal {
        group: bool,
        name: String,
        if_not_exists: bool,
    },
    DropPrincipal {
        name: String,
        if_exists: bool,
    },
    Member {
        group: String,
        member: String,
        add: bool,
    },
    Drop {
        kind: Kind,
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    Undrop {
        name: Name,
    },
    Rename {
        kind: Kind,
        name: Name,
        to: Name,
    },
    SetOwner {
        kind: Kind,
        name: Name,
        owner: String,
    },
    Comment {
        kind: Kind,
        name: Name,
        text: Option<String>,
    },
    CommentColumn {
        table: Name,
        column: String,
        text: String,
    },
    AlterTable {
        name: Name,
        change: AlterTable,
    },

    Grant {
        privileges: Vec<Privilege>,
        on: On,
        to: To,
    },
    Revoke {
        privileges: Vec<Privilege>,
        on: On,
        from: To,
    },
    ShowGrants {
        on: Option<On>,
        to: Option<To>,
    },
    /// Tags without a value are removed.
    SetTags {
        kind: Kind,
        name: Name,
        tags: Vec<(String, Option<String>)>,
    },
    /// Limits without a value go.
    SetLimits {
        kind: Kind,
        name: Name,
        limits: Vec<(String, Option<String>)>,
    },
    /// Whom a catalog trusts; settings without a value go.
    SetTrust {
        kind: Kind,
        name: Name,
        settings: Vec<(String, Option<String>)>,
    },
    /// `CALL task(name => value, …)`
    Call(Box<ast::Function>),
    Show {
        what: Show,
        within: Option<Name>,
        like: Option<String>,
    },
    Describe {
        kind: Option<Kind>,
        name: Name,
        extended: bool,
    },
    DescribeHistory {
        name: Name,
        limit: Option<usize>,
    },
    DescribeDetail {
        name: Name,
    },

    InstallPlugin {
        name: String,
        /// A file, or a package in a registry.
        from: String,
        /// Which version of the package, as Cargo writes requirements.
        version: Option<String>,
        schema: Option<Name>,
        consent: Consent,
    },
    UpgradePlugin {
        name: Name,
        /// None for the registry that it came from.
        from: Option<String>,
        version: Option<String>,
        consent: Consent,
    },
    /// None for the version before.
    RollbackPlugin {
        name: Name,
        version: Option<String>,
    },
    /// Without a version it may become all again.
    PinPlugin {
        name: Name,
        version: Option<String>,
    },
    SyncPlugins(Sync),
    AuditPlugin {
        name: Name,
    },
    SearchPackages {
        words: String,
    },
    /// Without a name all that may be seen.
    VerifyPlugin {
        name: Option<Name>,
    },

    Optimize {
        name: Name,
        z_order: Vec<String>,
    },
    Vacuum {
        name: Name,
        retain_hours: Option<f64>,
        dry_run: bool,
    },
    Restore {
        name: Name,
        to: Box<ast::TableVersion>,
    },
}

/// What whoever installs a plugin agrees to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Consent {
    /// What it asks for is granted with it.
    pub(crate) grant: bool,
    /// It may be a package that nobody signed.
    pub(crate) unsigned: bool,
}

/// `SYNC PLUGINS FROM 'polder.lock' USING 'bundle.tar' PRUNE DRY RUN`
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sync {
    pub(crate) lock: String,
    /// Packages in a file, so that no registry is asked.
    pub(crate) bundle: Option<String>,
    /// What is not in the lock goes.
    pub(crate) prune: bool,
    pub(crate) dry_run: bool,
}

/// A key of a publisher: the text of its file, and its time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewKey {
    pub(crate) pem: String,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
}

#[derive(Debug)]
pub(crate) enum AlterPublisher {
    AddKey(NewKey),
    /// By its fingerprint.
    DropKey(String),
}

/// Who a grant is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Principal(String),
    Plugin(Name),
}

/// What a grant is on; `METASTORE` has no name.
#[derive(Debug)]
pub(crate) struct On {
    pub(crate) kind: Kind,
    pub(crate) name: Name,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    Catalogs,
    Schemas,
    Tables,
    Views,
    Volumes,
    Functions,
    Plugins,
    PluginsOutdated,
    PluginsLock,
    Connections,
    Publishers,
    Users,
    Groups,
    Columns,
    TablesDropped,
}

#[derive(Debug)]
pub(crate) struct Insert {
    pub(crate) statement: Box<ast::Statement>,
    /// `INSERT INTO t BY NAME SELECT …`
    pub(crate) by_name: bool,
    /// `INSERT WITH SCHEMA EVOLUTION`: columns are matched by name, and new ones added to the table.
    pub(crate) evolve: bool,
    /// `INSERT INTO t REPLACE WHERE condition SELECT …`
    pub(crate) replace_where: Option<Box<ast::Expr>>,
}

#[derive(Debug)]
pub(crate) struct CopyInto {
    pub(crate) table: Name,
    pub(crate) from: String,
    pub(crate) options: Vec<(String, String)>,
    pub(crate) force: bool,
    pub(crate) evolve: bool,
}

#[derive(Debug)]
pub(crate) struct CreateTable {
    pub(crate) name: Name,
    pub(crate) if_not_exists: bool,
    pub(crate) or_replace: bool,
    pub(crate) columns: Vec<ast::ColumnDef>,
    pub(crate) checks: Vec<(Option<String>, ast::Expr)>,
    pub(crate) partition_by: Vec<String>,
    pub(crate) location: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) query: Option<Box<ast::Query>>,
}

#[derive(Debug)]
pub(crate) struct CreateView {
    pub(crate) name: Name,
    pub(crate) if_not_exists: bool,
    pub(crate) or_replace: bool,
    pub(crate) columns: Vec<String>,
    pub(crate) comment: Option<String>,
    pub(crate) query: Box<ast::Query>,
}

#[derive(Debug)]
pub(crate) enum AlterTable {
    AddColumns(Vec<ast::ColumnDef>),
    DropNotNull(String),
    AddConstraint(String, Box<ast::Expr>),
    DropConstraint(String),
    SetProperties(Vec<(String, String)>),
}
