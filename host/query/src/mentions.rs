//! What a statement names: tables, functions, files and models, collected from its syntax tree before anything is looked up.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    self, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, ObjectNamePart, SelectItem, TableAlias,
    TableFactor, TableVersion, VisitMut, VisitorMut,
};

use crate::functions::relation;
use crate::sql::{Name, ignored, parse_query, parts};

/// A table that a statement names, at a version if it says so.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// How the planner will ask for it.
    pub(crate) key: String,
    pub(crate) name: Name,
    pub(crate) version: Option<TableVersion>,
}

/// Files read in FROM: `read_files('path', format => 'csv', …)`.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) key: String,
    pub(crate) path: String,
    pub(crate) options: Vec<(String, String)>,
}

/// What a statement names.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) tables: Vec<Mention>,
    pub(crate) functions: Vec<Name>,
    pub(crate) files: Vec<Files>,
    /// Models that calls of scorers name, by the function's name.
    pub(crate) models: Vec<(Name, String)>,
    /// The queries that are being read, outermost first.
    queries: Vec<With>,
}

/// The names that a query gives to others in its WITH, in order.
#[derive(Debug)]
struct With {
    names: Vec<String>,
    /// How many of them were read, and can be used from now on.
    read: usize,
    recursive: bool,
}

impl With {
    fn gives(&self, name: &str) -> bool {
        // One that is being read can use its own name only if it is recursive.
        let known = self.read + usize::from(self.recursive);
        self.names.iter().take(known).any(|given| given == name)
    }
}

impl Mentions {
    /// Collect the names in a statement or query. Versioned tables and files get names of their own in it,
    /// and functions the form under which the planner asks for them.
    pub(crate) fn collect(node: &mut impl VisitMut) -> crate::Result<Self> {
        let mut mentions = Self::default();
        match node.visit(&mut mentions) {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(mentions),
        }
    }

    fn table(&mut self, name: &ObjectName, version: Option<TableVersion>, key: String) {
        let name = parts(name);
        let of_with = name.len() == 1 && version.is_none() && self.queries.iter().any(|query| query.gives(&name[0]));
        if !of_with && !self.tables.iter().any(|known| known.key == key) {
            self.tables.push(Mention { key, name, version });
        }
    }
}

/// The form under which the planner asks for a name.
pub(crate) fn key(name: &[String]) -> String {
    name.join(".")
}

fn quoted(name: &str) -> ObjectName {
    ObjectName(vec![ObjectNamePart::Identifier(Ident::with_quote('"', name))])
}

fn proceed(checked: crate::Result<()>) -> ControlFlow<crate::Error> {
    checked.map_or_else(ControlFlow::Break, ControlFlow::Continue)
}

impl VisitorMut for Mentions {
    type Break = crate::Error;

    fn pre_visit_query(&mut self, query: &mut ast::Query) -> ControlFlow<crate::Error> {
        let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
        let names = ctes.map(|cte| parts(&ObjectName::from(vec![cte.alias.name.clone()])).concat()).collect();
        let recursive = query.with.as_ref().is_some_and(|with| with.recursive);
        self.queries.push(With { names, read: 0, recursive });
        proceed(ignored::refuse_in_query(query))
    }

    fn post_visit_query(&mut self, _: &mut ast::Query) -> ControlFlow<crate::Error> {
        self.queries.pop();
        // The queries in WITH are read before all others in the query around them.
        if let Some(around) = self.queries.last_mut()
            && around.read < around.names.len()
        {
            around.read += 1;
        }
        ControlFlow::Continue(())
    }

    /// `SELECT NULL, NULL` is legal: give what has the same text as an earlier column a name of its own.
    fn pre_visit_select(&mut self, select: &mut ast::Select) -> ControlFlow<crate::Error> {
        proceed(ignored::refuse_in_select(select))?;
        let mut seen: HashMap<String, usize> = HashMap::new();
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expr) = item
                && !matches!(expr, ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_))
            {
                let text = expr.to_string();
                let count = seen.entry(text.clone()).or_default();
                *count += 1;
                if *count > 1 {
                    let alias = Ident::with_quote('"', format!("{text}_{count}"));
                    *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<crate::Error> {
        proceed(ignored::refuse_in_table(factor))?;
        let TableFactor::Table { name, version, alias, args, .. } = factor else { return ControlFlow::Continue(()) };
        if let Some(args) = args {
            let function = parts(name);
            if function == ["read_files"] {
                match files(&args.args, self.files.len()) {
                    Ok(files) => {
                        *name = quoted(&files.key);
                        self.files.push(files);
                    }
                    Err(error) => return ControlFlow::Break(error),
                }
            } else {
                args.args.iter_mut().for_each(table_argument);
                self.models.extend(model(&args.args).map(|path| (function.clone(), path)));
                // Only then is it not one of the engine's own, which keep their plain names.
                if function.len() > 1 {
                    *name = quoted(&key(&function));
                }
                self.functions.push(function);
            }
            return ControlFlow::Continue(());
        }
        if let Some(version) = version.take() {
            let original = name.clone();
            let versioned = format!("{}@{}", key(&parts(&original)), self.tables.len());
            if alias.is_none() {
                let short = original.0.last().and_then(|part| part.as_ident().cloned());
                *alias = short.map(|name| TableAlias { explicit: true, name, columns: Vec::new(), at: None });
            }
            *name = quoted(&versioned);
            self.table(&original, Some(version), versioned);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &mut ObjectName) -> ControlFlow<crate::Error> {
        let plain = parts(name);
        let key = key(&plain);
        let taken = self.tables.iter().any(|known| known.key == key)
            || self.files.iter().any(|files| files.key == key)
            || self.functions.contains(&plain)
            || self.functions.iter().any(|function| self::key(function) == key);
        if !taken {
            self.table(&name.clone(), None, key);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut ast::Expr) -> ControlFlow<crate::Error> {
        if let ast::Expr::Function(function) = expr {
            proceed(ignored::refuse_in_function(function))?;
            let name = parts(&function.name);
            if name.len() > 1 {
                function.name = quoted(&key(&name));
            }
            if !self.functions.contains(&name) {
                self.functions.push(name);
            }
        }
        ControlFlow::Continue(())
    }
}

/// `TABLE t` and `TABLE (SELECT …)` as an argument become a subquery.
fn table_argument(arg: &mut FunctionArg) {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = arg else { return };
    let ast::Expr::Function(call) = expr else { return };
    if parts(&call.name) != ["table"] {
        return;
    }
    let query = match &call.args {
        FunctionArguments::Subquery(query) => query.clone(),
        FunctionArguments::List(list) => match list.args.as_slice() {
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(name))] => match all_of(name) {
                Some(query) => query,
                None => return,
            },
            _ => return,
        },
        FunctionArguments::None => return,
    };
    *expr = ast::Expr::Subquery(query);
}

/// `SELECT * FROM` a table.
fn all_of(name: &ast::Expr) -> Option<Box<ast::Query>> {
    let parts = match name {
        ast::Expr::Identifier(part) => vec![part.clone()],
        ast::Expr::CompoundIdentifier(parts) => parts.clone(),
        _ => return None,
    };
    let mut query = parse_query("SELECT * FROM t").ok()?;
    let ast::SetExpr::Select(select) = query.body.as_mut() else { return None };
    if let TableFactor::Table { name, .. } = &mut select.from.first_mut()?.relation {
        *name = ObjectName::from(parts);
    }
    Some(query)
}

/// The path of the model in a call of a scorer.
fn model(args: &[FunctionArg]) -> Option<String> {
    args.iter().find_map(|arg| match arg {
        FunctionArg::Named { name, arg: FunctionArgExpr::Expr(ast::Expr::Value(value)), .. }
            if name.value.eq_ignore_ascii_case(relation::MODEL) =>
        {
            value.value.clone().into_string()
        }
        _ => None,
    })
}

fn files(args: &[FunctionArg], position: usize) -> crate::Result<Files> {
    let wrong = || {
        let usage = "read_files takes a path and options: read_files('/Volumes/c/s/v/x.csv', header => 'true')";
        crate::Error::Invalid(usage.to_owned())
    };
    let text = |arg: &FunctionArgExpr| match arg {
        FunctionArgExpr::Expr(ast::Expr::Value(value)) => match &value.value {
            ast::Value::SingleQuotedString(text) | ast::Value::Number(text, _) => Some(text.clone()),
            ast::Value::Boolean(flag) => Some(flag.to_string()),
            _ => None,
        },
        _ => None,
    };
    let mut path = None;
    let mut options = Vec::new();
    for arg in args {
        match arg {
            FunctionArg::Unnamed(arg) if path.is_none() => path = Some(text(arg).ok_or_else(wrong)?),
            FunctionArg::Named { name, arg, .. } => {
                options.push((name.value.to_lowercase(), text(arg).ok_or_else(wrong)?));
            }
            _ => return Err(wrong()),
        }
    }
    Ok(Files { key: format!("read_files@{position}"), path: path.ok_or_else(wrong)?, options })
}
