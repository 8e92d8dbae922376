//! A parser of Polder's own statements around `sqlparser`, which reads queries, expressions and types.

mod define;
mod pieces;
mod plugins;
mod rights;

use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};
use polder_catalog::Kind;

use super::statement::*;
use super::tokens::{fill, stars, tokens};
use super::{DIALECT, Name};
use crate::{Error, Result};

/// Read exactly one statement.
pub(crate) fn parse(text: &str) -> Result<Statement> {
    parse_with(text, &[])
}

/// Read exactly one statement, with these values for `$1`, `$2` ….
pub(crate) fn parse_with(text: &str, parameters: &[Vec<Token>]) -> Result<Statement> {
    let tokens = fill(tokens(text)?, parameters)?;
    let mut input = Input(Parser::new(&DIALECT).with_tokens_with_locations(tokens));
    let statement = input.statement()?;
    let _ = input.0.consume_token(&Token::SemiColon);
    input.end()?;
    Ok(statement)
}

/// Read exactly one query, such as the text of a view.
pub(crate) fn parse_query(text: &str) -> Result<Box<ast::Query>> {
    let mut input = Input(parser(text)?);
    let query = input.0.parse_query()?;
    input.end()?;
    Ok(query)
}

/// Read exactly one expression, such as the condition of a constraint.
pub(crate) fn parse_expr(text: &str) -> Result<ast::Expr> {
    let mut input = Input(parser(text)?);
    let expr = input.0.parse_expr()?;
    input.end()?;
    Ok(expr)
}

fn parser(text: &str) -> Result<Parser<'static>> {
    Ok(Parser::new(&DIALECT).with_tokens_with_locations(tokens(text)?))
}

type Parsed<T> = Result<T, ParserError>;

struct Input(Parser<'static>);

impl Input {
    fn statement(&mut self) -> Result<Statement> {
        let statement = match self.peek(0).as_str() {
            "EXPLAIN" => self.explain()?,
            "INSERT" => self.insert()?,
            "MERGE" => {
                let evolve = self.evolution(1);
                self.rewrite(stars);
                Statement::Merge { statement: Box::new(self.0.parse_statement()?), evolve }
            }
            "UPDATE" => Statement::Update(Box::new(self.0.parse_statement()?)),
            "DELETE" => Statement::Delete(Box::new(self.0.parse_statement()?)),
            "COPY" if self.peek(1) == "INTO" => self.copy_into()?,
            "USE" => self.use_()?,
            "SET" => self.set()?,
            "CREATE" => self.create()?,
            "DROP" => self.drop()?,
            "UNDROP" => {
                self.words(&["UNDROP", "TABLE"])?;
                Statement::Undrop { name: self.name()? }
            }
            "ALTER" => self.alter()?,
            "COMMENT" => self.comment_on()?,
            "GRANT" => self.grant(true)?,
            "REVOKE" => self.grant(false)?,
            "SHOW" => self.show()?,
            "DESCRIBE" | "DESC" => self.describe()?,
            "INSTALL" => self.install()?,
            "UPGRADE" => self.upgrade()?,
            "ROLLBACK" if self.peek(1) == "PLUGIN" => self.rollback()?,
            "PIN" | "UNPIN" => self.pin()?,
            "VERIFY" => self.verify()?,
            "SYNC" => self.sync()?,
            "SEARCH" => {
                self.words(&["SEARCH", "PACKAGES"])?;
                Statement::SearchPackages { words: self.string()? }
            }
            "AUDIT" => {
                self.words(&["AUDIT", "PLUGIN"])?;
                Statement::AuditPlugin { name: self.name()? }
            }
            "CALL" => {
                self.words(&["CALL"])?;
                match self.0.parse_expr()? {
                    ast::Expr::Function(task) => Statement::Call(Box::new(task)),
                    _ => {
                        return Err(self
                            .expected("a task and its parameters: CALL main.etl.load(day => '2013-01-05')")
                            .into());
                    }
                }
            }
            "OPTIMIZE" => {
                self.words(&["OPTIMIZE"])?;
                let name = self.name()?;
                let z_order = if self.word("ZORDER") {
                    self.words(&["BY"])?;
                    self.names_in_parentheses()?
                } else {
                    Vec::new()
                };
                Statement::Optimize { name, z_order }
            }
            "TRUNCATE" => {
                self.words(&["TRUNCATE", "TABLE"])?;
                let all = format!("DELETE FROM {}", self.0.parse_object_name(false)?);
                Statement::Delete(Box::new(parser(&all)?.parse_statement()?))
            }
            "VACUUM" => self.vacuum()?,
            "RESTORE" => {
                self.words(&["RESTORE"])?;
                self.word("TABLE");
                let name = self.name()?;
                self.word("TO");
                let to = self.0.maybe_parse_table_version()?;
                let to = to.ok_or_else(|| self.expected("VERSION AS OF n or TIMESTAMP AS OF 'time'"))?;
                Statement::Restore { name, to: Box::new(to) }
            }
            "" if self.0.peek_token().token == Token::EOF => return Err(Error::Syntax("there is no statement".into())),
            _ => match self.0.parse_statement()? {
                ast::Statement::Query(query) => Statement::Query(query),
                other => {
                    let text = other.to_string();
                    let start: String = text.chars().take(40).collect();
                    return Err(Error::Unsupported(format!("'{start}…' is not a statement of Polder")));
                }
            },
        };
        Ok(statement)
    }

    fn explain(&mut self) -> Result<Statement> {
        self.words(&["EXPLAIN"])?;
        let analyze = self.word("ANALYZE");
        let verbose = self.word("VERBOSE");
        if self.peek(0) == "EXPLAIN" {
            return Err(self.expected("a query").into());
        }
        Ok(Statement::Explain { analyze, verbose, statement: Box::new(self.statement()?) })
    }

    fn insert(&mut self) -> Result<Statement> {
        let evolve = self.evolution(1);
        // BY NAME and REPLACE WHERE stand between the table and the query, where the parser does not expect them.
        self.words(&["INSERT"])?;
        let after = self.0.index();
        let overwrite = self.word("OVERWRITE");
        if !overwrite {
            self.word("INTO");
        }
        self.word("TABLE");
        let table = self.0.parse_object_name(false)?;
        let by_name = self.peek(0) == "BY" && self.peek(1) == "NAME";
        if by_name {
            self.words(&["BY", "NAME"])?;
        }
        let replace_where = match self.peek(0) == "REPLACE" && self.peek(1) == "WHERE" {
            true => {
                self.words(&["REPLACE", "WHERE"])?;
                Some(Box::new(self.0.parse_expr()?))
            }
            false => None,
        };
        let statement = if by_name || replace_where.is_some() {
            let query = self.0.parse_query()?;
            let how = if overwrite { "OVERWRITE" } else { "INTO" };
            Box::new(parser(&format!("INSERT {how} {table} {query}"))?.parse_statement()?)
        } else {
            // Back to INSERT, and not beyond: before it there may be nothing but spaces.
            while self.0.index() >= after {
                self.0.prev_token();
            }
            Box::new(self.0.parse_statement()?)
        };
        Ok(Statement::Insert(Insert { statement, by_name, evolve, replace_where }))
    }

    /// Change the tokens that are still to be read; there are no spaces among them.
    fn rewrite(&mut self, change: impl FnOnce(&mut Vec<TokenWithSpan>)) {
        let mut tokens = Vec::new();
        loop {
            let token = self.0.next_token();
            if token.token == Token::EOF {
                break;
            }
            tokens.push(token);
        }
        change(&mut tokens);
        self.0 = Parser::new(&DIALECT).with_tokens_with_locations(tokens);
    }

    /// Take `WITH SCHEMA EVOLUTION` out of the tokens, if it stands after the first `at` words.
    fn evolution(&mut self, at: usize) -> bool {
        let found = self.peek(at) == "WITH" && self.peek(at + 1) == "SCHEMA" && self.peek(at + 2) == "EVOLUTION";
        if found {
            self.rewrite(|tokens| drop(tokens.drain(at..at + 3)));
        }
        found
    }

    fn copy_into(&mut self) -> Result<Statement> {
        self.words(&["COPY", "INTO"])?;
        let table = self.name()?;
        self.words(&["FROM"])?;
        let from = self.string()?;
        let (mut options, mut force, mut evolve) = (Vec::new(), false, false);
        loop {
            if self.word("FILEFORMAT") {
                self.0.expect_token(&Token::Eq)?;
                options.push(("format".to_owned(), self.identifier()?.to_lowercase()));
            } else if self.word("FORMAT_OPTIONS") {
                options.extend(self.options()?);
            } else if self.word("COPY_OPTIONS") {
                for (key, value) in self.options()? {
                    match (key.to_lowercase().as_str(), value.to_lowercase().as_str()) {
                        ("force", value) => force = value == "true",
                        ("mergeschema", value) => evolve = value == "true",
                        _ => {
                            return Err(Error::Syntax(format!(
                                "COPY INTO has no option '{key}'; it has force and mergeSchema"
                            )));
                        }
                    }
                }
            } else {
                break;
            }
        }
        Ok(Statement::CopyInto(CopyInto { table, from, options, force, evolve }))
    }

    fn use_(&mut self) -> Result<Statement> {
        self.words(&["USE"])?;
        let kind = if self.word("CATALOG") {
            Some(Kind::Catalog)
        } else if self.word("SCHEMA") || self.word("DATABASE") {
            Some(Kind::Schema)
        } else {
            None
        };
        Ok(Statement::Use { kind, name: self.name()? })
    }

    fn set(&mut self) -> Result<Statement> {
        self.words(&["SET"])?;
        let name = self.name()?.join(".");
        if !self.0.consume_token(&Token::Eq) {
            self.words(&["TO"])?;
        }
        let value = match self.0.next_token().token {
            Token::SingleQuotedString(text) | Token::Number(text, _) => text,
            Token::Word(word) => word.value,
            _ => {
                self.0.prev_token();
                return Err(self.expected("a value").into());
            }
        };
        Ok(Statement::Set { name, value })
    }

    fn show(&mut self) -> Result<Statement> {
        self.words(&["SHOW"])?;
        if self.word("GRANTS") {
            let to = match self.peek(0).as_str() {
                "ON" => None,
                _ if self.at_end() => None,
                _ => {
                    self.word("TO");
                    Some(self.grantee()?)
                }
            };
            let on = if self.word("ON") { Some(self.on()?) } else { None };
            return Ok(Statement::ShowGrants { on, to });
        }
        let what = match self.peek(0).as_str() {
            "CATALOGS" => Show::Catalogs,
            "SCHEMAS" | "DATABASES" => Show::Schemas,
            "TABLES" if self.peek(1) == "DROPPED" => {
                self.0.next_token();
                Show::TablesDropped
            }
            "TABLES" => Show::Tables,
            "VIEWS" => Show::Views,
            "VOLUMES" => Show::Volumes,
            "FUNCTIONS" => Show::Functions,
            "PLUGINS" if self.peek(1) == "OUTDATED" => {
                self.0.next_token();
                Show::PluginsOutdated
            }
            "PLUGINS" if self.peek(1) == "LOCK" => {
                self.0.next_token();
                Show::PluginsLock
            }
            "PLUGINS" => Show::Plugins,
            "CONNECTIONS" => Show::Connections,
            "PUBLISHERS" => Show::Publishers,
            "USERS" => Show::Users,
            "GROUPS" => Show::Groups,
            "COLUMNS" => Show::Columns,
            _ => {
                let can = "GRANTS, CATALOGS, SCHEMAS, TABLES, VIEWS, VOLUMES, FUNCTIONS, PLUGINS, CONNECTIONS, PUBLISHERS, \
                           USERS, GROUPS or COLUMNS";
                return Err(self.expected(can).into());
            }
        };
        self.0.next_token();
        let within = if self.word("IN") || self.word("FROM") { Some(self.name()?) } else { None };
        let like = if self.word("LIKE") { Some(self.string()?) } else { None };
        Ok(Statement::Show { what, within, like })
    }

    fn describe(&mut self) -> Result<Statement> {
        self.0.next_token();
        if self.peek(0) == "HISTORY" && self.names_follow() {
            self.words(&["HISTORY"])?;
            let name = self.name()?;
            let limit = if self.word("LIMIT") { Some(self.0.parse_literal_uint()? as usize) } else { None };
            return Ok(Statement::DescribeHistory { name, limit });
        }
        if self.peek(0) == "DETAIL" && self.names_follow() {
            self.words(&["DETAIL"])?;
            return Ok(Statement::DescribeDetail { name: self.name()? });
        }
        let kind = if self.names_follow() { self.maybe_kind() } else { None };
        let extended = self.word("EXTENDED");
        Ok(Statement::Describe { kind, name: self.name()?, extended })
    }

    fn vacuum(&mut self) -> Result<Statement> {
        self.words(&["VACUUM"])?;
        let name = self.name()?;
        let retain_hours = if self.word("RETAIN") {
            let Token::Number(hours, _) = self.0.next_token().token else {
                self.0.prev_token();
                return Err(self.expected("a number of hours").into());
            };
            if !self.word("HOUR") {
                self.words(&["HOURS"])?;
            }
            Some(hours.parse().map_err(|_| self.expected("a number of hours"))?)
        } else {
            None
        };
        let dry_run = self.word("DRY") && {
            self.words(&["RUN"])?;
            true
        };
        Ok(Statement::Vacuum { name, retain_hours, dry_run })
    }
}

/// Parts of a name; like everywhere in SQL, what is not quoted is in lower case.
pub(crate) fn parts(name: &ast::ObjectName) -> Name {
    name.0.iter().filter_map(|part| part.as_ident().cloned()).map(fold).collect()
}

fn fold(name: ast::Ident) -> String {
    if name.quote_style.is_some() { name.value } else { name.value.to_lowercase() }
}
