//! A parser of Polder's own statements around `sqlparser`, which reads queries, expressions and types.

use datafusion::sql::sqlparser::ast::{self, TableConstraint};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;
use polder_catalog::{Kind, Privilege};

use super::statement::*;
use super::tokens::tokens;
use super::{DIALECT, Name};
use crate::{Error, Result};

/// Read exactly one statement.
pub(crate) fn parse(text: &str) -> Result<Statement> {
    let mut input = Input(parser(text)?);
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
            "INSTALL" => {
                self.words(&["INSTALL", "PLUGIN"])?;
                let name = self.identifier()?;
                self.words(&["FROM"])?;
                let file = self.string()?;
                let schema = if self.word("INTO") {
                    self.word("SCHEMA");
                    Some(self.name()?)
                } else {
                    None
                };
                Statement::InstallPlugin { name, file, schema }
            }
            "UPGRADE" => {
                self.words(&["UPGRADE", "PLUGIN"])?;
                let name = self.name()?;
                self.words(&["FROM"])?;
                Statement::UpgradePlugin { name, file: self.string()? }
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
            "VACUUM" => self.vacuum()?,
            "RESTORE" => {
                self.words(&["RESTORE"])?;
                self.word("TABLE");
                let name = self.name()?;
                self.words(&["TO"])?;
                let to = self.0.maybe_parse_table_version()?;
                let to = to.ok_or_else(|| self.expected("VERSION AS OF n or TIMESTAMP AS OF 'time'"))?;
                Statement::Restore { name, to }
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
        Ok(Statement::Explain { analyze, verbose, statement: Box::new(self.statement()?) })
    }

    fn insert(&mut self) -> Result<Statement> {
        let evolve = self.evolution(1);
        // REPLACE WHERE stands between the table and the query, where the parser does not expect it.
        let start = self.0.index();
        let mut replace_where = None;
        self.words(&["INSERT"])?;
        if self.word("INTO") {
            self.word("TABLE");
            let table = self.0.parse_object_name(false)?;
            if self.word("REPLACE") {
                self.words(&["WHERE"])?;
                replace_where = Some(Box::new(self.0.parse_expr()?));
                let query = self.0.parse_query()?;
                let text = format!("INSERT OVERWRITE {table} {query}");
                let statement = Box::new(parser(&text)?.parse_statement()?);
                return Ok(Statement::Insert(Insert { statement, evolve, replace_where }));
            }
        }
        while self.0.index() > start {
            self.0.prev_token();
        }
        let statement = Box::new(self.0.parse_statement()?);
        Ok(Statement::Insert(Insert { statement, evolve, replace_where }))
    }

    /// Take `WITH SCHEMA EVOLUTION` out of the tokens, if it stands after the first `at` words.
    fn evolution(&mut self, at: usize) -> bool {
        let found = self.peek(at) == "WITH" && self.peek(at + 1) == "SCHEMA" && self.peek(at + 2) == "EVOLUTION";
        if found {
            let mut tokens = Vec::new();
            loop {
                let token = self.0.next_token();
                if token.token == Token::EOF {
                    break;
                }
                tokens.push(token);
            }
            tokens.drain(at..at + 3);
            self.0 = Parser::new(&DIALECT).with_tokens_with_locations(tokens);
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
                        _ => return Err(Error::Syntax(format!("COPY INTO has no option '{key}'; it has force and mergeSchema"))),
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

    fn create(&mut self) -> Result<Statement> {
        self.words(&["CREATE"])?;
        let or_replace = self.word("OR") && {
            self.words(&["REPLACE"])?;
            true
        };
        let external = self.word("EXTERNAL");
        let what = self.peek(0);
        self.0.next_token();
        match what.as_str() {
            "TABLE" => self.create_table(or_replace),
            "VIEW" => self.create_view(or_replace),
            _ if or_replace => Err(self.expected("TABLE or VIEW after OR REPLACE").into()),
            "CATALOG" => {
                let (if_not_exists, name) = self.new_name()?;
                let (comment, location) = self.comment_and_location()?;
                Ok(Statement::CreateCatalog { name, if_not_exists, comment, location })
            }
            "SCHEMA" | "DATABASE" => {
                let (if_not_exists, name) = self.new_name()?;
                let (comment, location) = self.comment_and_location()?;
                Ok(Statement::CreateSchema { name, if_not_exists, comment, location })
            }
            "VOLUME" => {
                let (if_not_exists, name) = self.new_name()?;
                let (comment, location) = self.comment_and_location()?;
                if external && location.is_none() {
                    return Err(self.expected("LOCATION '…' for an external volume").into());
                }
                Ok(Statement::CreateVolume { name, if_not_exists, comment, location })
            }
            "USER" | "GROUP" => {
                let if_not_exists = self.if_not_exists()?;
                let name = self.principal()?;
                Ok(Statement::CreatePrincipal { group: what == "GROUP", name, if_not_exists })
            }
            _ => {
                self.0.prev_token();
                Err(self.expected("CATALOG, SCHEMA, TABLE, VIEW, VOLUME, USER or GROUP").into())
            }
        }
    }

    fn create_table(&mut self, or_replace: bool) -> Result<Statement> {
        let (if_not_exists, name) = self.new_name()?;
        let mut table = CreateTable {
            name,
            if_not_exists,
            or_replace,
            columns: Vec::new(),
            checks: Vec::new(),
            partition_by: Vec::new(),
            location: None,
            comment: None,
            properties: Vec::new(),
            query: None,
        };
        if self.0.peek_token().token == Token::LParen {
            let (columns, constraints) = self.0.parse_columns()?;
            table.columns = columns;
            for constraint in constraints {
                match constraint {
                    TableConstraint::Check(check) => {
                        table.checks.push((check.name.map(|name| name.value), *check.expr));
                    }
                    other => return Err(Error::Unsupported(format!("Delta tables have no constraint like '{other}'; they have CHECK and NOT NULL"))),
                }
            }
        }
        loop {
            if self.word("USING") {
                let format = self.identifier()?;
                if !format.eq_ignore_ascii_case("delta") {
                    return Err(Error::Unsupported(format!("tables are Delta tables, not '{format}'; read other files with read_files or COPY INTO")));
                }
            } else if self.word("PARTITIONED") {
                self.words(&["BY"])?;
                table.partition_by = self.names_in_parentheses()?;
            } else if self.word("LOCATION") {
                table.location = Some(self.string()?);
            } else if self.word("COMMENT") {
                table.comment = Some(self.string()?);
            } else if self.word("TBLPROPERTIES") {
                table.properties = self.options()?;
            } else {
                break;
            }
        }
        if self.word("AS") || matches!(self.peek(0).as_str(), "SELECT" | "WITH" | "VALUES") {
            table.query = Some(self.0.parse_query()?);
        }
        Ok(Statement::CreateTable(Box::new(table)))
    }

    fn create_view(&mut self, or_replace: bool) -> Result<Statement> {
        let (if_not_exists, name) = self.new_name()?;
        let columns =
            if self.0.peek_token().token == Token::LParen { self.names_in_parentheses()? } else { Vec::new() };
        let comment = if self.word("COMMENT") { Some(self.string()?) } else { None };
        self.words(&["AS"])?;
        let query = self.0.parse_query()?;
        Ok(Statement::CreateView(Box::new(CreateView { name, if_not_exists, or_replace, columns, comment, query })))
    }

    fn drop(&mut self) -> Result<Statement> {
        self.words(&["DROP"])?;
        if self.word("USER") || self.word("GROUP") {
            let if_exists = self.if_exists()?;
            return Ok(Statement::DropPrincipal { name: self.principal()?, if_exists });
        }
        let kind = self.kind()?;
        let if_exists = self.if_exists()?;
        let name = self.name()?;
        let cascade = self.word("CASCADE");
        if !cascade {
            self.word("RESTRICT");
        }
        Ok(Statement::Drop { kind, name, if_exists, cascade })
    }

    fn alter(&mut self) -> Result<Statement> {
        self.words(&["ALTER"])?;
        if self.word("GROUP") {
            let group = self.principal()?;
            let add = self.word("ADD");
            if !add {
                self.words(&["DROP"])?;
            }
            if !self.word("USER") {
                self.words(&["GROUP"])?;
            }
            return Ok(Statement::Member { group, member: self.principal()?, add });
        }
        let kind = self.kind()?;
        let name = self.name()?;
        let set = self.word("SET");
        if self.word("OWNER") {
            self.word("TO");
            return Ok(Statement::SetOwner { kind, name, owner: self.principal()? });
        }
        if set && kind == Kind::Table {
            self.words(&["TBLPROPERTIES"])?;
            return Ok(Statement::AlterTable { name, change: AlterTable::SetProperties(self.options()?) });
        }
        if self.word("RENAME") {
            self.words(&["TO"])?;
            return Ok(Statement::Rename { kind, name, to: self.name()? });
        }
        if kind != Kind::Table {
            return Err(self.expected("RENAME TO or OWNER TO").into());
        }
        if self.word("ADD") {
            if self.word("CONSTRAINT") {
                let constraint = self.identifier()?;
                self.words(&["CHECK"])?;
                self.0.expect_token(&Token::LParen)?;
                let condition = Box::new(self.0.parse_expr()?);
                self.0.expect_token(&Token::RParen)?;
                return Ok(Statement::AlterTable { name, change: AlterTable::AddConstraint(constraint, condition) });
            }
            if !self.word("COLUMN") {
                self.word("COLUMNS");
            }
            let columns = if self.0.peek_token().token == Token::LParen {
                self.0.parse_columns()?.0
            } else {
                vec![self.0.parse_column_def()?]
            };
            return Ok(Statement::AlterTable { name, change: AlterTable::AddColumns(columns) });
        }
        if self.word("DROP") {
            self.words(&["CONSTRAINT"])?;
            let constraint = self.identifier()?;
            return Ok(Statement::AlterTable { name, change: AlterTable::DropConstraint(constraint) });
        }
        if self.word("ALTER") {
            self.word("COLUMN");
            let column = self.identifier()?;
            if self.word("COMMENT") {
                return Ok(Statement::CommentColumn { table: name, column, text: self.string()? });
            }
            self.words(&["DROP", "NOT", "NULL"])?;
            return Ok(Statement::AlterTable { name, change: AlterTable::DropNotNull(column) });
        }
        let can = "ADD COLUMN, ADD CONSTRAINT, DROP CONSTRAINT, ALTER COLUMN, SET TBLPROPERTIES, RENAME TO or OWNER TO";
        Err(self.expected(can).into())
    }

    fn comment_on(&mut self) -> Result<Statement> {
        self.words(&["COMMENT", "ON"])?;
        if self.word("COLUMN") {
            let mut table = self.name()?;
            let column = table.pop().unwrap_or_default();
            self.words(&["IS"])?;
            return Ok(Statement::CommentColumn { table, column, text: self.string()? });
        }
        let kind = self.kind()?;
        let name = self.name()?;
        self.words(&["IS"])?;
        let text = if self.word("NULL") { None } else { Some(self.string()?) };
        Ok(Statement::Comment { kind, name, text })
    }

    fn grant(&mut self, grant: bool) -> Result<Statement> {
        self.words(&[if grant { "GRANT" } else { "REVOKE" }])?;
        let mut privileges = Vec::new();
        loop {
            let mut words = Vec::new();
            while !matches!(self.peek(0).as_str(), "ON" | "") {
                words.push(self.peek(0));
                self.0.next_token();
            }
            let text = words.join(" ");
            let text = if text == "ALL" { "ALL PRIVILEGES".to_owned() } else { text };
            privileges.push(text.parse::<Privilege>().map_err(|error| Error::Syntax(error.to_string()))?);
            if !self.0.consume_token(&Token::Comma) {
                break;
            }
        }
        self.words(&["ON"])?;
        let on = self.on()?;
        self.words(&[if grant { "TO" } else { "FROM" }])?;
        let principal = self.principal()?;
        Ok(if grant {
            Statement::Grant { privileges, on, to: principal }
        } else {
            Statement::Revoke { privileges, on, from: principal }
        })
    }

    fn on(&mut self) -> Result<On> {
        if self.word("METASTORE") {
            return Ok(On { kind: Kind::Metastore, name: Vec::new() });
        }
        let kind = self.kind()?;
        Ok(On { kind, name: self.name()? })
    }

    fn show(&mut self) -> Result<Statement> {
        self.words(&["SHOW"])?;
        if self.word("GRANTS") {
            let to = match self.peek(0).as_str() {
                "ON" => None,
                _ if self.at_end() => None,
                _ => {
                    self.word("TO");
                    Some(self.principal()?)
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
            "PLUGINS" => Show::Plugins,
            "USERS" => Show::Users,
            "GROUPS" => Show::Groups,
            "COLUMNS" => Show::Columns,
            _ => {
                let can = "GRANTS, CATALOGS, SCHEMAS, TABLES, VIEWS, VOLUMES, FUNCTIONS, PLUGINS, USERS, GROUPS or COLUMNS";
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
        if self.peek(0) == "HISTORY" && !self.peek(1).is_empty() {
            self.words(&["HISTORY"])?;
            let name = self.name()?;
            let limit = if self.word("LIMIT") { Some(self.0.parse_literal_uint()? as usize) } else { None };
            return Ok(Statement::DescribeHistory { name, limit });
        }
        if self.peek(0) == "DETAIL" && !self.peek(1).is_empty() {
            self.words(&["DETAIL"])?;
            return Ok(Statement::DescribeDetail { name: self.name()? });
        }
        let kind = if self.peek(1).is_empty() || self.peek(1) == "." { None } else { self.maybe_kind() };
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

    // ---- pieces ----

    fn new_name(&mut self) -> Result<(bool, Name)> {
        Ok((self.if_not_exists()?, self.name()?))
    }

    fn if_not_exists(&mut self) -> Result<bool> {
        Ok(self.word("IF") && {
            self.words(&["NOT", "EXISTS"])?;
            true
        })
    }

    fn if_exists(&mut self) -> Result<bool> {
        Ok(self.word("IF") && {
            self.words(&["EXISTS"])?;
            true
        })
    }

    fn comment_and_location(&mut self) -> Result<(Option<String>, Option<String>)> {
        let (mut comment, mut location) = (None, None);
        loop {
            if self.word("COMMENT") {
                comment = Some(self.string()?);
            } else if self.word("LOCATION") {
                location = Some(self.string()?);
            } else if self.word("MANAGED") {
                self.words(&["LOCATION"])?;
                location = Some(self.string()?);
            } else {
                return Ok((comment, location));
            }
        }
    }

    fn kind(&mut self) -> Result<Kind> {
        self.maybe_kind()
            .ok_or_else(|| self.expected("CATALOG, SCHEMA, TABLE, VIEW, VOLUME, FUNCTION or PLUGIN").into())
    }

    fn maybe_kind(&mut self) -> Option<Kind> {
        let kind = match self.peek(0).as_str() {
            "CATALOG" => Kind::Catalog,
            "SCHEMA" | "DATABASE" => Kind::Schema,
            "TABLE" => Kind::Table,
            "VIEW" => Kind::View,
            "VOLUME" => Kind::Volume,
            "FUNCTION" => Kind::Function,
            "PLUGIN" => Kind::Plugin,
            _ => return None,
        };
        self.0.next_token();
        Some(kind)
    }

    /// `('key' = 'value', …)`; keys may be bare and dotted.
    fn options(&mut self) -> Result<Vec<(String, String)>> {
        self.0.expect_token(&Token::LParen)?;
        let mut options = Vec::new();
        loop {
            let key = match self.0.peek_token().token {
                Token::SingleQuotedString(_) => self.string()?,
                _ => self.name()?.join("."),
            };
            self.0.expect_token(&Token::Eq)?;
            let value = match self.0.next_token().token {
                Token::SingleQuotedString(text) | Token::Number(text, _) => text,
                Token::Word(word) => word.value,
                _ => {
                    self.0.prev_token();
                    return Err(self.expected("a value").into());
                }
            };
            options.push((key, value));
            if !self.0.consume_token(&Token::Comma) {
                break;
            }
        }
        self.0.expect_token(&Token::RParen)?;
        Ok(options)
    }

    fn names_in_parentheses(&mut self) -> Parsed<Vec<String>> {
        self.0.expect_token(&Token::LParen)?;
        let names = self.0.parse_comma_separated(Parser::parse_identifier)?;
        self.0.expect_token(&Token::RParen)?;
        Ok(names.into_iter().map(fold).collect())
    }

    fn name(&mut self) -> Parsed<Name> {
        let name = self.0.parse_object_name(false)?;
        Ok(parts(&name))
    }

    fn identifier(&mut self) -> Parsed<String> {
        self.0.parse_identifier().map(fold)
    }

    /// A principal may be written with a string's quotes, as e-mail addresses need.
    fn principal(&mut self) -> Parsed<String> {
        match self.0.peek_token().token {
            Token::SingleQuotedString(_) => self.string(),
            _ => {
                let _ = self.0.parse_keyword(Keyword::USER);
                let _ = self.0.parse_keyword(Keyword::GROUP);
                self.0.parse_identifier().map(|name| name.value)
            }
        }
    }

    fn string(&mut self) -> Parsed<String> {
        self.0.parse_literal_string()
    }

    /// The next word but `ahead` in capitals, or "" where there is none.
    fn peek(&self, ahead: usize) -> String {
        match self.0.peek_nth_token(ahead).token {
            Token::Word(word) if word.quote_style.is_none() => word.value.to_uppercase(),
            Token::Period => ".".to_owned(),
            _ => String::new(),
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek(0) == word;
        if found {
            self.0.next_token();
        }
        found
    }

    fn words(&mut self, words: &[&str]) -> Parsed<()> {
        for word in words {
            if !self.word(word) {
                return Err(self.expected(word));
            }
        }
        Ok(())
    }

    fn at_end(&self) -> bool {
        matches!(self.0.peek_token().token, Token::EOF | Token::SemiColon)
    }

    fn end(&mut self) -> Result<()> {
        if self.0.peek_token().token == Token::EOF { Ok(()) } else { Err(self.expected("the end of the statement").into()) }
    }

    fn expected(&self, what: &str) -> ParserError {
        let found = self.0.peek_token();
        let place = found.span.start;
        let found = match found.token {
            Token::EOF => "the end".to_owned(),
            token => format!("'{token}'"),
        };
        if place.line == 0 {
            return ParserError::ParserError(format!("expected {what}, found {found}"));
        }
        ParserError::ParserError(format!("expected {what}, found {found} at line {}, column {}", place.line, place.column))
    }
}

/// Parts of a name; like everywhere in SQL, what is not quoted is in lower case.
pub(crate) fn parts(name: &ast::ObjectName) -> Name {
    name.0.iter().filter_map(|part| part.as_ident().cloned()).map(fold).collect()
}

fn fold(name: ast::Ident) -> String {
    if name.quote_style.is_some() { name.value } else { name.value.to_lowercase() }
}
