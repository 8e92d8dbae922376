//! `CALL main.etl.ingest(day => '2013-01-05')`: one run of a task. Its outputs are the columns of the answer's one row.

use std::io::Cursor;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use arrow::json::ReaderBuilder;
use arrow::json::reader::infer_json_schema;
use arrow::json::writer::{LineDelimited, WriterBuilder};
use datafusion::sql::sqlparser::ast::{
    self, FunctionArg, FunctionArgExpr, FunctionArgOperator, FunctionArguments, SelectItem, SetExpr,
};
use futures::TryStreamExt;
use polder_catalog::{Event, FullName, Kind, Privilege, Securable, Spec};
use polder_sandbox::{FunctionKind, Parameter, Terms};
use serde_json::{Map, Value};

use super::query::stream;
use crate::reach::Reach;
use crate::run::Run;
use crate::sql::{self, parts};
use crate::{Answer, Error, Result, answer, trust};

pub(crate) async fn call(run: &Run<'_>, call: ast::Function) -> Result<Answer> {
    let name = parts(&call.name);
    let task = run.resolve(Kind::Function, &name).await?;
    run.access.require(&task, Privilege::Execute).await?;
    let (plugin, securable, description) = run.component(&task).await?;
    if description.kind != FunctionKind::Task {
        let kind = description.kind.word();
        return Err(Error::Invalid(format!("{} is a {kind}, not a task: it is called in a query", task.name)));
    }
    let given = arguments(run, &call, &description.parameters).await?;
    let parameters = fit(&task, &description.parameters, given)?;
    let reach = Reach::new(run, &securable, &plugin, description.kind).await?;
    let capabilities = reach.capabilities(plugin.requests(), run.session.conduct());
    let event = Event::allowed("runTask").on(&task).with("digest", plugin.digest().to_string());
    run.access.audit(event).await?;
    let terms = Terms { capabilities, ..run.terms(&securable).await? };
    let outputs = tokio::task::spawn_blocking(move || plugin.run_task(&description.name, &parameters, terms));
    let outputs = outputs.await.map_err(|error| Error::Invalid(format!("the run failed: {error}")))??;
    if outputs.is_empty() {
        return Ok(Answer::done(format!("{} is done.", task.name)));
    }
    Ok(answer::rows(row(&task.name, outputs)?))
}

/// The values of a call's arguments, by name.
async fn arguments(run: &Run<'_>, call: &ast::Function, parameters: &[Parameter]) -> Result<Map<String, Value>> {
    let list = match &call.args {
        FunctionArguments::List(list) if list.clauses.is_empty() && list.duplicate_treatment.is_none() => {
            &list.args[..]
        }
        FunctionArguments::None => &[],
        _ => return Err(Error::Syntax("a task takes values by name: CALL task(day => '2013-01-05')".to_owned())),
    };
    let mut names = Vec::new();
    let mut values = Vec::new();
    for (position, argument) in list.iter().enumerate() {
        let (name, value) = match argument {
            FunctionArg::Named { name, arg, operator: FunctionArgOperator::RightArrow } => {
                (parts(&vec![name.clone()].into()).concat(), arg)
            }
            FunctionArg::Unnamed(value) => match parameters.get(position) {
                Some(parameter) => (parameter.name.clone(), value),
                None => return Err(Error::Invalid(format!("the task has {} parameters", parameters.len()))),
            },
            other => return Err(Error::Syntax(format!("'{other}': write name => value"))),
        };
        let FunctionArgExpr::Expr(value) = value else {
            return Err(Error::Syntax(format!("'{value}' is not a value")));
        };
        if names.contains(&name) {
            return Err(Error::Invalid(format!("the parameter '{name}' is given twice")));
        }
        values.push(SelectItem::ExprWithAlias { expr: value.clone(), alias: ast::Ident::with_quote('"', &name) });
        names.push(name);
    }
    if names.is_empty() {
        return Ok(Map::new());
    }
    // What they are is for the engine to say: any constant expression will do. It is planned as it was read, never
    // written out and read again.
    let mut query = sql::parse_query("SELECT 1")?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.projection = values;
    }
    let (plan, _) = run.plan_query(query, 0).await?;
    let rows: Vec<_> = stream(run, plan).await?.try_collect().await?;
    let mut text = Vec::new();
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(&mut text);
    rows.iter().try_for_each(|batch| writer.write(batch))?;
    writer.finish()?;
    serde_json::from_slice(&text).map_err(|error| Error::Invalid(format!("the parameters are no constants: {error}")))
}

/// The parameters as the task declares them: texts become numbers and truth values where those are declared.
fn fit(task: &Securable, declared: &[Parameter], mut given: Map<String, Value>) -> Result<Vec<(String, String)>> {
    let name = &task.name;
    let mut fitting = Vec::new();
    for parameter in declared {
        let value = match given.remove(&parameter.name) {
            Some(value) => value,
            None if parameter.optional => continue,
            None => return Err(Error::Invalid(format!("{name} needs the parameter '{}'", parameter.name))),
        };
        let wanted = parameter.field.as_ref().map(|field| field.data_type());
        let value = match (wanted, value) {
            (Some(DataType::Boolean), Value::String(text)) if text.parse::<bool>().is_ok() => {
                Value::Bool(text == "true")
            }
            (Some(number), Value::String(text)) if number.is_numeric() => {
                let read = serde_json::from_str(&text).ok().filter(Value::is_number);
                read.ok_or_else(|| {
                    Error::Invalid(format!("the parameter '{}' of {name} is a number, not '{text}'", parameter.name))
                })?
            }
            (Some(DataType::Utf8), Value::Number(number)) => Value::String(number.to_string()),
            // Of no declared type: a text may be the JSON of one.
            (None, Value::String(text)) => {
                let read = serde_json::from_str(&text).ok().filter(|read: &Value| !read.is_null() && !read.is_string());
                read.unwrap_or(Value::String(text))
            }
            (_, value) => value,
        };
        fitting.push((parameter.name.clone(), value.to_string()));
    }
    match given.keys().next() {
        None => Ok(fitting),
        Some(unknown) => {
            let known: Vec<_> = declared.iter().map(|parameter| parameter.name.as_str()).collect();
            let known =
                if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
            Err(Error::Invalid(format!("{name} has no parameter '{unknown}': {known}")))
        }
    }
}

/// One row with a column for each output.
pub(crate) fn row(task: &FullName, outputs: Vec<(String, String)>) -> Result<RecordBatch> {
    let failed = |error: String| Error::Invalid(format!("the outputs of {task} make no row: {error}"));
    let mut object = Map::new();
    for (name, value) in outputs {
        object.insert(name, serde_json::from_str(&value).map_err(|error| failed(error.to_string()))?);
    }
    let text = Value::Object(object).to_string();
    let (schema, _) = infer_json_schema(Cursor::new(&text), None).map_err(|error| failed(error.to_string()))?;
    let mut reader = ReaderBuilder::new(Arc::new(schema)).build(Cursor::new(&text))?;
    Ok(reader.next().ok_or_else(|| failed("there are none".to_owned()))??)
}

impl Run<'_> {
    /// A component of a plugin, loaded, if those who made it are trusted.
    pub(crate) async fn load(&self, plugin: &Securable, digest: &str) -> Result<Arc<polder_sandbox::Plugin>> {
        trust::check(self, plugin, digest).await?;
        self.polder().plugin(digest)
    }

    /// The component of a function that may be called, its plugin, and what it says of the function.
    pub(crate) async fn component(
        &self,
        function: &Securable,
    ) -> Result<(Arc<polder_sandbox::Plugin>, Securable, polder_sandbox::Function)> {
        let Spec::Function(spec) = &function.spec else {
            return Err(Error::Invalid(format!("{} is not a function of a plugin", function.name)));
        };
        let plugin = self.access.catalog().plugin(spec.plugin).await?;
        let component = self.load(&plugin, &spec.digest).await?;
        let description = component.describe()?;
        let export = description.functions.into_iter().find(|one| one.name == spec.export.export).ok_or_else(|| {
            Error::Invalid(format!("the component of {} does not export '{}'", function.name, spec.export.export))
        })?;
        Ok((component, plugin, export))
    }
}
