//! What a plugin says of itself, checked.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bind::wire;
use crate::bindings::description as guest;
use crate::format::{WireField, flatten, parse, parse_one};
use crate::plain::plain_field;
use crate::{Error, Limits, Result};

/// A plugin and what it offers. As JSON, types are in the words of the contract, so that what is stored stays readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// A lower-case identifier.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// One line.
    pub summary: String,
    /// SPDX expression, or empty.
    pub license: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// A URL, or empty.
    pub homepage: String,
    /// Its functions, with unique names.
    pub functions: Vec<Function>,
    /// What it wants beyond computing, and why; empty for a component that imports nothing but the log.
    pub capabilities: Vec<Capability>,
}

/// A function of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// A lower-case identifier.
    pub name: String,
    /// How it is called.
    pub kind: FunctionKind,
    /// Markdown; the first paragraph is the summary.
    pub doc: String,
    /// Its parameters, with unique names.
    pub parameters: Vec<Parameter>,
    /// Whether the last parameter may repeat.
    pub variadic: bool,
    /// The type of the result: one field for scalars and aggregates, the columns for what gives tables; none when it
    /// depends on the arguments, and binding tells, and for tasks.
    #[serde(with = "wire_schema")]
    pub returns: Option<SchemaRef>,
    /// Whether it may be folded and reordered.
    pub volatility: Volatility,
    /// Calls with their results.
    pub examples: Vec<Example>,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// A lower-case identifier.
    pub name: String,
    /// The one type that is accepted, or none: any, and binding decides. Always a plain type.
    #[serde(rename = "type", with = "wire_field")]
    pub field: Option<FieldRef>,
    /// Whether a call may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// What it means.
    pub doc: String,
}

/// A call and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// An expression, or a SELECT; `{schema}` stands for where the plugin is installed.
    pub sql: String,
    /// What it returns, as the shell prints it.
    pub result: String,
}

/// Something outside the sandbox that a plugin wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// The imported interface, such as "storage".
    pub name: String,
    /// The privilege that it needs on a securable, such as "READ VOLUME"; empty where the interface takes no grant.
    #[serde(default)]
    pub privilege: String,
    /// The kind of that securable, such as "VOLUME".
    #[serde(default)]
    pub kind: String,
    /// Its full name, or "" when the installer chooses.
    pub on: String,
    /// Why.
    pub reason: String,
}

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FunctionKind {
    /// Rows to values.
    Scalar,
    /// Groups of rows to values.
    Aggregate,
    /// A row to rows.
    Table,
    /// A table to a table.
    Transform,
    /// Rows to scores, by a model.
    Scorer,
    /// Parameters to outputs, with whatever is granted in between.
    Task,
}

impl FunctionKind {
    /// In lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Aggregate => "aggregate",
            Self::Table => "table",
            Self::Transform => "transform",
            Self::Scorer => "scorer",
            Self::Task => "task",
        }
    }
}

/// How far a function's results may be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Volatility {
    /// Same arguments, same result, always.
    Immutable,
    /// Same within one statement.
    Stable,
    /// May differ at each call.
    Volatile,
}

impl Description {
    /// Checks what a guest says.
    pub(crate) fn check(plugin: guest::Plugin, limits: &Limits) -> Result<Self> {
        Check(limits).plugin(plugin).map_err(Error::Description)
    }

    /// Checks that it says why it imports each of `requests`, and asks for nothing else.
    pub(crate) fn explains(&self, requests: &[&str]) -> Result<(), String> {
        let told = |name: &&&str| self.capabilities.iter().any(|capability| capability.name == **name);
        if let Some(silent) = requests.iter().find(|name| !told(name)) {
            return Err(format!("the component imports `{silent}` and does not say why, among its capabilities"));
        }
        match self.capabilities.iter().find(|capability| !requests.contains(&capability.name.as_str())) {
            Some(idle) => Err(format!("it wants the capability `{}`, which the component does not import", idle.name)),
            None => Ok(()),
        }
    }
}

/// Characters of a reason.
const LINE: usize = 500;

/// The limits that descriptions are checked against.
struct Check<'a>(&'a Limits);

impl Check<'_> {
    fn plugin(&self, plugin: guest::Plugin) -> Result<Description, String> {
        let Self(limits) = self;
        if plugin.functions.len() > limits.functions {
            return Err(format!("{} functions (limit `functions`: {})", plugin.functions.len(), limits.functions));
        }
        if plugin.authors.len() > limits.parameters || plugin.capabilities.len() > limits.parameters {
            return Err("too many authors or capabilities".into());
        }
        if plugin.functions.is_empty() {
            return Err(
                "it has no functions; in Rust, #[scalar], #[table] or #[task] on a function, or #[aggregate] or \
                 #[transform] on a struct and on its impl, make one"
                    .into(),
            );
        }
        let name = self.identifier("the plugin's name", plugin.name)?;
        let mut seen = HashSet::new();
        let mut functions = Vec::with_capacity(plugin.functions.len());
        for function in plugin.functions {
            let function = self.function(function)?;
            if !seen.insert(function.name.clone()) {
                return Err(format!("two functions are named `{}`", function.name));
            }
            functions.push(function);
        }
        let capability = |capability: guest::Capability| {
            let guest::Capability { name, privilege, kind, on, reason } = capability;
            let name = self.identifier("a capability's name", name)?;
            if reason.trim().is_empty() {
                return Err(format!("it does not say why it wants the capability `{name}`"));
            }
            Ok(Capability {
                name,
                privilege: self.words("a privilege", privilege)?,
                kind: self.words("a kind of securable", kind)?,
                on: self.line("what a capability is on", on)?,
                reason: self.line("a reason", reason)?,
            })
        };
        Ok(Description {
            name,
            version: self.version(plugin.version)?,
            summary: self.text("the summary", plugin.summary)?,
            license: self.text("the license", plugin.license)?,
            authors: plugin
                .authors
                .into_iter()
                .map(|author| self.text("an author", author))
                .collect::<Result<_, _>>()?,
            homepage: self.text("the homepage", plugin.homepage)?,
            functions,
            capabilities: plugin.capabilities.into_iter().map(capability).collect::<Result<_, String>>()?,
        })
    }

    fn function(&self, function: guest::Function) -> Result<Function, String> {
        let Self(limits) = self;
        let name = self.identifier("a function's name", function.name)?;
        let within = |why: String| format!("function `{name}`: {why}");
        if function.parameters.len() > limits.parameters || function.examples.len() > limits.parameters {
            return Err(within(format!("too many parameters or examples (limit `parameters`: {})", limits.parameters)));
        }
        if function.variadic && function.parameters.is_empty() {
            return Err(within("it is variadic but has no parameter to repeat".into()));
        }
        let kind = match function.kind {
            guest::FunctionKind::Scalar => FunctionKind::Scalar,
            guest::FunctionKind::Aggregate => FunctionKind::Aggregate,
            guest::FunctionKind::Table => FunctionKind::Table,
            guest::FunctionKind::Transform => FunctionKind::Transform,
            guest::FunctionKind::Scorer => FunctionKind::Scorer,
            guest::FunctionKind::Task => FunctionKind::Task,
        };
        let mut seen = HashSet::new();
        let mut parameters = Vec::with_capacity(function.parameters.len());
        for parameter in function.parameters {
            let parameter = self.parameter(parameter).map_err(within)?;
            if !seen.insert(parameter.name.clone()) {
                return Err(within(format!("two parameters are named `{}`", parameter.name)));
            }
            parameters.push(parameter);
        }
        let returns = function.returns.map(|schema| self.returns(kind, &wire(schema))).transpose().map_err(within)?;
        let example = |example: guest::Example| {
            Ok(Example { sql: self.text("an example", example.sql)?, result: self.text("a result", example.result)? })
        };
        Ok(Function {
            kind,
            doc: self.text("documentation", function.doc).map_err(within)?,
            parameters,
            variadic: function.variadic,
            returns,
            volatility: match function.volatility {
                guest::Volatility::Immutable => Volatility::Immutable,
                guest::Volatility::Stable => Volatility::Stable,
                guest::Volatility::Volatile => Volatility::Volatile,
            },
            examples: function.examples.into_iter().map(example).collect::<Result<_, String>>().map_err(within)?,
            name,
        })
    }

    fn parameter(&self, parameter: guest::Parameter) -> Result<Parameter, String> {
        let name = self.identifier("a parameter's name", parameter.name)?;
        let field = parameter.type_.map(|schema| parse_one(&wire(schema), self.0)).transpose()?;
        if let Some(field) = &field
            && plain_field(field) != *field
        {
            let plain = plain_field(field);
            let (given, plain) = (field.data_type(), plain.data_type());
            return Err(format!("parameter `{name}` has the type {given}; arguments come as {plain}, so declare that"));
        }
        Ok(Parameter { doc: self.text("documentation", parameter.doc)?, optional: parameter.optional, name, field })
    }

    fn returns(&self, kind: FunctionKind, schema: &[WireField]) -> Result<SchemaRef, String> {
        let fields = match kind {
            FunctionKind::Table | FunctionKind::Transform | FunctionKind::Scorer => parse(schema, self.0)?,
            FunctionKind::Scalar | FunctionKind::Aggregate => vec![parse_one(schema, self.0)?],
            FunctionKind::Task => return Err("a task returns outputs by name, not columns".into()),
        };
        if fields.is_empty() {
            return Err("it returns at least one column".into());
        }
        Ok(Arc::new(Schema::new(fields)))
    }

    /// A name as SQL takes it without quotes, so that nobody need wonder how to write it.
    fn identifier(&self, what: &str, name: String) -> Result<String, String> {
        let head = |c: char| c.is_ascii_lowercase() || c == '_';
        let fits = name.len() <= self.0.name_bytes
            && name.starts_with(head)
            && name.chars().all(|c| head(c) || c.is_ascii_digit() || c == '-' && what.starts_with("a capability"));
        if fits {
            return Ok(name);
        }
        Err(format!(
            "{what} is {:?}; it must be lower-case letters, digits and underscores, not begin with a digit, and have \
             at most {} bytes",
            crate::error::clean(&name, 64),
            self.0.name_bytes
        ))
    }

    /// Words of SQL, such as a privilege.
    fn words(&self, what: &str, words: String) -> Result<String, String> {
        let fits = words.len() <= self.0.name_bytes && words.chars().all(|c| c.is_ascii_uppercase() || c == ' ');
        if fits { Ok(words) } else { Err(format!("{what} is {:?}", crate::error::clean(&words, 64))) }
    }

    fn version(&self, version: String) -> Result<String, String> {
        let core = version.split(['-', '+']).next().unwrap_or_default();
        let numbers = core.split('.').filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())).count();
        let tail = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
        if numbers != 3
            || core.split('.').count() != 3
            || version.len() > self.0.name_bytes
            || !version.chars().all(tail)
        {
            return Err(format!("the version {:?} is not semantic, such as 1.2.3", crate::error::clean(&version, 64)));
        }
        Ok(version)
    }

    /// A text that stands in a question or a statement, and cannot leave its line or be read backwards. White space counts
    /// as one space.
    fn line(&self, what: &str, text: String) -> Result<String, String> {
        let line = self.text(what, text)?.split_whitespace().collect::<Vec<_>>().join(" ");
        let turns = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        match line.chars().any(turns) || line.chars().count() > LINE {
            true => Err(format!("{what} is longer than {LINE} characters, or has ones that change how it is read")),
            false => Ok(line),
        }
    }

    fn text(&self, what: &str, text: String) -> Result<String, String> {
        if text.len() > self.0.text_bytes {
            return Err(format!("{what} has {} bytes (limit `text_bytes`: {})", text.len(), self.0.text_bytes));
        }
        match text.chars().any(|c| c.is_control() && !"\n\r\t".contains(c)) {
            true => Err(format!("{what} has control characters")),
            false => Ok(text),
        }
    }
}

/// Stored descriptions are our own, checked once; only their form is checked again, against the default limits.
fn stored(fields: &[WireField]) -> Result<Vec<FieldRef>, String> {
    parse(fields, &Limits { fields: usize::MAX, ..Limits::default() })
}

fn flat<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Result<Vec<WireField>> {
    let mut out = Vec::new();
    fields.into_iter().try_for_each(|field| flatten(field, &mut out))?;
    Ok(out)
}

mod wire_schema {
    use super::*;

    pub(super) fn serialize<S: Serializer>(schema: &Option<SchemaRef>, to: S) -> Result<S::Ok, S::Error> {
        let fields = schema.as_ref().map(|schema| flat(schema.fields().iter().map(AsRef::as_ref))).transpose();
        fields.map_err(serde::ser::Error::custom)?.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SchemaRef>, D::Error> {
        let fields = Option::<Vec<WireField>>::deserialize(from)?;
        let fields = fields.map(|fields| stored(&fields)).transpose().map_err(serde::de::Error::custom)?;
        Ok(fields.map(|fields| Arc::new(Schema::new(fields))))
    }
}

mod wire_field {
    use super::*;

    pub(super) fn serialize<S: Serializer>(field: &Option<FieldRef>, to: S) -> Result<S::Ok, S::Error> {
        let fields = field.as_ref().map(|field| flat([field.as_ref()])).transpose();
        fields.map_err(serde::ser::Error::custom)?.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<FieldRef>, D::Error> {
        let fields = Option::<Vec<WireField>>::deserialize(from)?;
        let fields = fields.map(|fields| stored(&fields)).transpose().map_err(serde::de::Error::custom)?;
        match fields.as_deref() {
            None => Ok(None),
            Some([field]) => Ok(Some(Arc::clone(field))),
            Some(_) => Err(serde::de::Error::custom("a parameter's type is a single field")),
        }
    }
}
