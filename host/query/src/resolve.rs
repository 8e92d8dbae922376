//! From names to tables and functions, under the rights of whoever asks.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use datafusion::catalog::TableProvider;
use datafusion::common::config::SqlParserOptions;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource};
use datafusion::sql::planner::{ParserOptions, SqlToRel};
use datafusion::sql::sqlparser::ast::{self, TableVersion};
use polder_catalog::{Kind, Privilege, Securable, Spec};
use polder_storage::{AsOf, Table};

use crate::functions::Function;
use crate::mentions::{Mention, Mentions};
use crate::reach::{Artifacts, Reach};
use crate::run::Run;
use crate::scope::Scope;
use crate::session::Current;
use crate::sql::{Name, name_columns, parse_query};
use crate::view::{Barrier, Label};
use crate::{Error, Result, files, system, view};

/// How deep views may be defined on views.
const VIEW_DEPTH: usize = 32;

/// A table or view that a statement reads, as it was found.
#[derive(Clone)]
pub(crate) struct Read {
    pub(crate) source: Arc<dyn TableSource>,
    pub(crate) securable: Securable,
    /// The Delta version that is read; none for views.
    pub(crate) version: Option<u64>,
}

/// What a statement reads and calls: for lineage and dependencies.
#[derive(Clone, Default)]
pub(crate) struct Reads {
    pub(crate) tables: Vec<Read>,
    pub(crate) functions: Vec<(Function, Securable)>,
    /// What the statement itself names, rather than the views in it.
    pub(crate) direct: Vec<uuid::Uuid>,
}

impl Run<'_> {
    /// Look up everything that `mentions` names.
    pub(crate) async fn scope(&self, mentions: Mentions, depth: usize) -> Result<(Scope, Reads)> {
        let mut reads = Reads::default();
        let mut tables: HashMap<String, Arc<dyn TableSource>> = HashMap::new();
        for mention in mentions.tables {
            let found = self.table(&mention, depth, &mut reads).await?;
            tables.insert(mention.key, found);
        }
        for files in mentions.files {
            tables.insert(files.key.clone(), provider_as_source(files::provider(self, &files).await?));
        }
        let mut functions = HashMap::new();
        for name in mentions.functions {
            let models = mentions.models.iter().filter(|(of, _)| *of == name).map(|(_, path)| path.as_str());
            if let Some((function, securable)) = self.function(&name, models).await? {
                functions.insert(name.join("."), function.clone());
                reads.direct.push(securable.id);
                reads.functions.push((function, securable));
            }
        }
        Ok((Scope::new(self.engine.clone(), tables, functions), reads))
    }

    /// Give a transform or scorer of that plugin what it reaches in this statement.
    async fn reach(
        &self,
        function: &mut Function,
        plugin: &Securable,
        models: impl Iterator<Item = &str>,
    ) -> Result<()> {
        let reach = Reach::new(self, plugin, &function.plugin, function.description.kind).await?;
        function.terms.capabilities = reach.capabilities(function.plugin.requests(), self.session.conduct());
        if function.description.kind == polder_sandbox::FunctionKind::Scorer {
            let mut read = HashMap::new();
            for path in models {
                read.insert(path.to_owned(), Arc::new(Artifacts::read(&reach, path).await?));
            }
            function.models = Arc::new(read);
        }
        Ok(())
    }

    async fn table(&self, mention: &Mention, depth: usize, reads: &mut Reads) -> Result<Arc<dyn TableSource>> {
        if let Some(system) = system::provider(self, &mention.name).await? {
            return Ok(provider_as_source(system));
        }
        let name = self.full(Kind::Table, &mention.name)?;
        let securable = self.access.resolve(&Kind::RELATIONS, &name).await?;
        reads.direct.push(securable.id);
        if securable.kind == Kind::View {
            if mention.version.is_some() {
                return Err(Error::Invalid(format!("{name} is a view, which has no versions; its tables have")));
            }
            return self.view(securable, depth, reads).await;
        }
        self.access.require(&securable, Privilege::Select).await?;
        let as_of = mention.version.as_ref().map(as_of).transpose()?;
        let table = self.open(&securable, as_of).await?;
        let source = provider_as_source(table.provider(&self.engine)?);
        reads.tables.push(Read { source: Arc::clone(&source), securable, version: Some(table.version()) });
        Ok(source)
    }

    /// A view, planned with its owner's rights; for others than the owner a wall around its rows.
    async fn view(&self, securable: Securable, depth: usize, reads: &mut Reads) -> Result<Arc<dyn TableSource>> {
        if depth >= VIEW_DEPTH {
            return Err(Error::Invalid(format!(
                "views are defined on each other more than {VIEW_DEPTH} deep at {}",
                securable.name
            )));
        }
        let Spec::View(view) = &securable.spec else {
            return Err(Error::Invalid(format!("{} is not a view", securable.name)));
        };
        let owner = self.access.definer(&securable).await?;
        let current = Current { catalog: view.current_catalog.clone(), schema: view.current_schema.clone() };
        let mut inside = self.on_behalf(owner, current);
        // What the text of a view means is not for its reader to set.
        inside.engine.config_mut().options_mut().sql_parser = SqlParserOptions::default();
        let planned = async {
            let (query, inner) = Box::pin(inside.plan_query(parse_query(&view.sql)?, depth + 1)).await?;
            Ok((view::shown(query, view)?, inner))
        };
        let is_own = self.access.is_admin() || self.access.principal() == securable.owner;
        let label = Label::new(&securable);
        let (query, inner) = planned.await.map_err(|error| if is_own { error } else { label.unreadable() })?;
        let source: Arc<dyn TableProvider> = if is_own {
            Arc::new(ViewTable::new(query, Some(view.sql.clone())))
        } else {
            Arc::new(Barrier::new(label, query))
        };
        let source = provider_as_source(source);
        reads.tables.push(Read { source: Arc::clone(&source), securable, version: None });
        reads.tables.extend(inner.tables);
        reads.functions.extend(inner.functions);
        Ok(source)
    }

    /// A plugin's function, if the name is one that the principal may call; none for the engine's own.
    async fn function(&self, name: &Name, models: impl Iterator<Item = &str>) -> Result<Option<(Function, Securable)>> {
        if name.len() == 1 && self.is_builtin(&name[0]) {
            return Ok(None);
        }
        let full = self.full(Kind::Function, name)?;
        // The planner knows better words for a short name that is nobody's.
        if name.len() == 1 && self.access.find(&[Kind::Function], &full).await?.is_none() {
            return Ok(None);
        }
        let securable = self.access.resolve(&[Kind::Function], &full).await?;
        self.access.require(&securable, Privilege::Execute).await?;
        let (component, plugin, description) = self.component(&securable).await?;
        let mut function = Function::new(full.to_string(), component, description, self.terms(&plugin).await?);
        if function.takes_table() {
            self.reach(&mut function, &plugin, models).await?;
        }
        Ok(Some((function, securable)))
    }

    fn is_builtin(&self, name: &str) -> bool {
        self.engine.scalar_functions().contains_key(name)
            || self.engine.aggregate_functions().contains_key(name)
            || self.engine.window_functions().contains_key(name)
            || self.engine.table_functions().contains_key(name)
            || self.engine.higher_order_functions().contains_key(name)
    }

    /// The Delta table of a securable that was resolved and allowed.
    pub(crate) async fn open(&self, securable: &Securable, as_of: Option<AsOf>) -> Result<Table> {
        let location = location(securable)?;
        Ok(self.polder().tables().open(&self.polder().location(&location)?, as_of).await?)
    }

    /// Plan a query in this scope.
    pub(crate) async fn plan_query(&self, query: Box<ast::Query>, depth: usize) -> Result<(LogicalPlan, Reads)> {
        let mut query = query;
        name_columns(&mut query);
        let mut statement = ast::Statement::Query(query);
        let mentions = Mentions::collect(&mut statement)?;
        let (scope, reads) = self.scope(mentions, depth).await?;
        let plan = self.planner(&scope).sql_statement_to_plan(statement)?;
        Ok((plan, reads))
    }

    pub(crate) fn planner<'s>(&self, scope: &'s Scope) -> SqlToRel<'s, Scope> {
        SqlToRel::new_with_options(scope, ParserOptions::from(&self.engine.config_options().sql_parser))
    }
}

/// Where a table's files are.
pub(crate) fn location(securable: &Securable) -> Result<String> {
    match &securable.spec {
        Spec::Table(table) => table
            .location
            .clone()
            .ok_or_else(|| Error::Invalid(format!("{} is not stored: it can only be read", securable.name))),
        _ => Err(Error::Invalid(format!("{} is a {}, not a table", securable.name, securable.kind.word()))),
    }
}

/// Give the columns of a plan new names.
pub(crate) fn rename(plan: LogicalPlan, names: &[String]) -> Result<LogicalPlan> {
    if names.is_empty() {
        return Ok(plan);
    }
    let count = plan.schema().fields().len();
    if names.len() != count {
        return Err(Error::Invalid(format!("{} column names are given for {count} columns", names.len())));
    }
    let columns: Vec<Expr> =
        plan.schema().iter().zip(names).map(|(field, name)| Expr::Column(field.into()).alias(name)).collect();
    Ok(LogicalPlanBuilder::from(plan).project(columns)?.build()?)
}

/// A version or time in AS OF, which must be a constant.
pub(crate) fn as_of(version: &TableVersion) -> Result<AsOf> {
    let text = |expr: &ast::Expr| match expr {
        ast::Expr::Value(value) => match &value.value {
            ast::Value::Number(text, _) | ast::Value::SingleQuotedString(text) => Some(text.clone()),
            _ => None,
        },
        ast::Expr::TypedString(typed) => typed.value.value.clone().into_string(),
        _ => None,
    };
    match version {
        TableVersion::VersionAsOf(expr) => {
            let number = text(expr).and_then(|text| text.parse().ok());
            number.map(AsOf::Version).ok_or_else(|| Error::Invalid(format!("'{expr}' is not a version number")))
        }
        TableVersion::TimestampAsOf(expr) | TableVersion::ForSystemTimeAsOf(expr) => {
            let time = text(expr).as_deref().and_then(time);
            time.map(AsOf::Timestamp).ok_or_else(|| {
                Error::Invalid(format!(
                    "{expr} is not a time; write '2013-01-31', '2013-01-31 12:00:00' or '2013-01-31T12:00:00Z'"
                ))
            })
        }
        other => Err(Error::Unsupported(format!("'{other}': write VERSION AS OF or TIMESTAMP AS OF"))),
    }
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)).map(|time| time.to_utc());
    let plain = || {
        ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
            .map(|time| time.and_utc())
    };
    zoned.ok().or_else(plain)
}
