//! The command line of `polder plugin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{As, Report};
use crate::output::Format;
use crate::plugin::Dev;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  polder plugin new greet                            a project that builds and passes its tests
  polder plugin test greet                           its cases, as SQL, in the real sandbox
  polder plugin install greet --into main.default    build it and make its functions SQL functions
  polder plugin inspect some.wasm                    what a component asks for, without running it")]
pub(crate) struct Plugin {
    #[command(subcommand)]
    pub(crate) command: PluginCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Create a plugin project from a template
    New {
        /// Its name: lower-case letters, digits and _
        name: String,
        /// The folder to create it in
        #[arg(value_name = "DIR", default_value = ".")]
        parent: PathBuf,
        /// The language to write it in: rust, python, javascript, typescript, go, c, cpp or zig
        #[arg(long, default_value = "rust")]
        lang: String,
    },
    /// Compile a plugin project to a component
    Build {
        /// The project
        #[arg(value_name = "DIR", default_value = ".")]
        project: PathBuf,
        /// Where to put the component [default: DIR/target/polder/NAME.wasm]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Build a plugin project and run its cases, tests/*.sql, through SQL in the sandbox
    #[command(after_help = "\
A case is a statement and, in the comment lines directly below it, what it answers: a header and rows as CSV, or an
error. {schema} stands for where the plugin is installed. Numbers with a fraction are compared to the digits written.

  SELECT {schema}.haversine(40.64, -73.78, 33.94, -118.41) AS km;
  -- km
  -- 3974.3

  SELECT {schema}.haversine(91.0, 0.0, 0.0, 0.0);
  -- error: not between -90 and 90")]
    Test {
        /// The project
        #[arg(value_name = "DIR", default_value = ".")]
        project: PathBuf,
    },
    /// Build, test and install a plugin project again whenever a file of it changes
    Dev(Box<Dev>),
    /// Print what a component exports, imports and asks for; it is not run
    Inspect {
        /// A WebAssembly component
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = Report::Text)]
        format: Report,
    },
    /// Show what changes for users between two versions of a plugin, and what its version number must say
    Compare {
        /// The earlier component, or the folder of a plugin project
        old: PathBuf,
        /// The later one
        new: PathBuf,
        #[arg(long, value_enum, default_value_t = Report::Text)]
        format: Report,
    },
    /// Publish a component, or build a project and publish that
    #[command(after_help = "\
The registry's password is read from the environment (POLDER_REGISTRY_USERNAME and POLDER_REGISTRY_PASSWORD), or else from
what `docker login` left in ~/.docker/config.json; the passphrase of a key from POLDER_KEY_PASSPHRASE. Published versions
never change, and a version that says less than changed since the one before it is refused; `polder plugin compare` tells
beforehand.

Examples:
  polder plugin publish greet oci://ghcr.io/acme/greet --key acme.key
  polder plugin publish greet.wasm oci://localhost:5000/acme/greet --plain-http")]
    Publish {
        /// A component, or the folder of a plugin project
        file: PathBuf,
        /// Where to, without a version, which is the plugin's own: oci://registry/namespace/name
        place: String,
        /// Speak to the registry without TLS
        #[arg(long)]
        plain_http: bool,
        /// Sign it with this key, a file of `polder plugin key new`
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Make keys that packages are signed with
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Install a package, a component, or build a project and install that
    #[command(after_help = "\
A package is found by a connection of type oci, which an administrator makes:
  polder sql -c \"CREATE CONNECTION acme TYPE oci OPTIONS (url 'https://ghcr.io/acme')\"

Examples:
  polder plugin install oci://ghcr.io/acme/geo --into main.geo --version ^1.2
  polder plugin install greet --into main.default")]
    Install {
        /// A package (oci://…), a component, or the folder of a plugin project
        #[arg(value_name = "FROM")]
        from: String,
        /// Which version of a package, as Cargo writes requirements [default: the newest]
        #[arg(long, value_name = "REQUIREMENT")]
        version: Option<String>,
        /// The schema whose functions its functions become, such as main.geo
        #[arg(long, value_name = "SCHEMA")]
        into: String,
        /// What to call the plugin [default: what it calls itself]
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        who: As,
    },
    /// List the installed plugins
    List {
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Show one plugin and its functions
    Show {
        /// Such as main.geo.geo
        name: String,
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Replace an installed plugin by another version of it
    Upgrade {
        /// Such as main.geo.geo
        name: String,
        /// A package (oci://…), a component, or the folder of a plugin project [default: the registry it came from]
        #[arg(value_name = "FROM")]
        from: Option<String>,
        /// Which version of a package, as Cargo writes requirements [default: the newest]
        #[arg(long, value_name = "REQUIREMENT")]
        version: Option<String>,
        #[command(flatten)]
        consent: Consent,
        #[command(flatten)]
        who: As,
    },
    /// Make a plugin again what it was before an upgrade
    Rollback {
        /// Such as main.geo.geo
        name: String,
        /// Which version that it was [default: the one before]
        #[arg(long, value_name = "VERSION")]
        to: Option<String>,
        #[command(flatten)]
        who: As,
    },
    /// Say which versions a plugin may be upgraded to
    Pin {
        /// Such as main.geo.geo
        name: String,
        /// As Cargo writes requirements, such as ~1.2 or =1.2.3
        version: String,
        #[command(flatten)]
        who: As,
    },
    /// Let a plugin be upgraded to any version again
    Unpin {
        /// Such as main.geo.geo
        name: String,
        #[command(flatten)]
        who: As,
    },
    /// List the plugins that came from registries, with what is newer there
    Outdated {
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Check that plugins are what was installed, and that who signed them is trusted; exit code 1 if not
    Verify {
        /// Such as main.geo.geo [default: all]
        name: Option<String>,
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Write down which plugins are installed, to the digest, with who signed them and their grants
    Lock {
        /// The file to write [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        who: As,
    },
    /// Make the plugins of this home those of a lock: the same components and the same grants
    #[command(after_help = "\
What would be done is shown first, and asked for on a terminal. A component must have the digest of the lock, and be signed
by the key of the lock, which this home has to trust as well.

Examples:
  polder plugin sync polder.lock
  polder plugin sync polder.lock --bundle plugins.tar --yes     where no registry can be reached")]
    Sync {
        /// A file of `polder plugin lock`
        lock: PathBuf,
        /// Take packages from this file of `polder plugin export`
        #[arg(long, value_name = "FILE")]
        bundle: Option<PathBuf>,
        /// Remove plugins that are not in the lock
        #[arg(long)]
        prune: bool,
        /// Do it without a question
        #[arg(long)]
        yes: bool,
        /// Only show what would be done
        #[arg(long)]
        dry_run: bool,
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Put installed packages into one file, with who signed them, for hosts that reach no registry
    Export {
        /// Such as main.geo.geo [default: all that came from registries]
        names: Vec<String>,
        /// The file to write: FILE.tar
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        #[command(flatten)]
        who: As,
    },
    /// Search the indexes of packages that connections name
    Search {
        /// All of them have to be there; none: everything
        words: Vec<String>,
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Keep an index of packages, which others search
    Index {
        #[command(subcommand)]
        command: IndexCommand,
    },
    /// Show what a plugin is made of, how it was built and who says so
    Audit {
        /// Such as main.geo.geo
        name: String,
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        #[command(flatten)]
        who: As,
    },
    /// Remove a plugin with its functions; refused while something depends on them
    Remove {
        /// Such as main.geo.geo
        name: String,
        #[command(flatten)]
        who: As,
    },
}

/// What is agreed to without a question.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Consent {
    /// Grant what it asks for, without a question
    #[arg(long)]
    pub(crate) grant_requested: bool,
    /// Take a package that nobody signed, without a question
    #[arg(long)]
    pub(crate) allow_unsigned: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key pair: FILE, which signs and stays secret, and FILE.pub, by which others know the signatures
    #[command(after_help = "\
With POLDER_KEY_PASSPHRASE set, the key is encrypted with it. Whoever installs says whom they trust:
  polder sql -c \"CREATE PUBLISHER acme KEY '$(cat acme.key.pub)'\"")]
    New {
        /// Such as acme.key
        file: PathBuf,
    },
}

/// Where an index lies, and how it is written.
#[derive(Debug, Args)]
pub(crate) struct IndexAt {
    /// Such as oci://ghcr.io/acme/index
    pub(crate) index: String,
    /// Speak to the registry without TLS
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Sign it with this key, a file of `polder plugin key new`
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
The registry's password is read as for `polder plugin publish`. Whoever wants to search it names it in a connection:
  polder sql -c \"ALTER CONNECTION acme OPTIONS (index = 'oci://ghcr.io/acme/index')\"

Examples:
  polder plugin index add oci://ghcr.io/acme/index oci://ghcr.io/acme/greet --key acme.key
  polder plugin index yank oci://ghcr.io/acme/index oci://ghcr.io/acme/greet 1.0.1 --reason 'wrong results' --key acme.key")]
pub(crate) enum IndexCommand {
    /// List a package with all its versions, or with those that are new; the index is made if it is not there
    Add {
        #[command(flatten)]
        at: IndexAt,
        /// Such as oci://ghcr.io/acme/greet
        package: String,
        /// A word by which it is found; may be repeated
        #[arg(long = "keyword", value_name = "WORD")]
        keywords: Vec<String>,
    },
    /// Say that a version should not be installed any more
    Yank {
        #[command(flatten)]
        at: IndexAt,
        /// Such as oci://ghcr.io/acme/greet
        package: String,
        version: String,
        #[arg(long)]
        reason: String,
    },
    /// Say that versions have a vulnerability
    Advise {
        #[command(flatten)]
        at: IndexAt,
        /// Such as oci://ghcr.io/acme/greet
        package: String,
        /// Such as CVE-2026-1234
        #[arg(long)]
        id: String,
        /// Where more is said
        #[arg(long)]
        url: String,
        /// low, medium, high or critical
        #[arg(long)]
        severity: String,
        /// Which versions have it, as Cargo writes requirements
        #[arg(long, value_name = "REQUIREMENT")]
        affected: String,
        /// The first version without it
        #[arg(long, value_name = "VERSION")]
        fixed: Option<String>,
    },
}
