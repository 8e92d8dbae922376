//! Statements that define: CREATE, DROP, ALTER, COMMENT.

use datafusion::sql::sqlparser::ast::TableConstraint;
use datafusion::sql::sqlparser::tokenizer::Token;
use polder_catalog::Kind;

use super::Input;
use crate::sql::statement::*;
use crate::{Error, Result};

impl Input {
    pub(super) fn create(&mut self) -> Result<Statement> {
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
            "CONNECTION" => {
                let (if_not_exists, name) = self.new_name()?;
                self.words(&["TYPE"])?;
                let kind = self.identifier()?;
                let (mut options, mut comment) = (Vec::new(), None);
                loop {
                    if self.word("OPTIONS") {
                        options.extend(self.options()?);
                    } else if self.word("COMMENT") {
                        comment = Some(self.string()?);
                    } else {
                        return Ok(Statement::CreateConnection { name, if_not_exists, kind, options, comment });
                    }
                }
            }
            "PUBLISHER" => self.create_publisher(),
            "USER" | "GROUP" => {
                let if_not_exists = self.if_not_exists()?;
                let name = self.principal()?;
                Ok(Statement::CreatePrincipal { group: what == "GROUP", name, if_not_exists })
            }
            _ => {
                self.0.prev_token();
                Err(self.expected("CATALOG, SCHEMA, TABLE, VIEW, VOLUME, CONNECTION, PUBLISHER, USER or GROUP").into())
            }
        }
    }

    pub(super) fn create_table(&mut self, or_replace: bool) -> Result<Statement> {
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
                    other => {
                        return Err(Error::Unsupported(format!(
                            "Delta tables have no constraint like '{other}'; they have CHECK and NOT NULL"
                        )));
                    }
                }
            }
        }
        loop {
            if self.word("USING") {
                let format = self.identifier()?;
                if !format.eq_ignore_ascii_case("delta") {
                    return Err(Error::Unsupported(format!(
                        "tables are Delta tables, not '{format}'; read other files with read_files or COPY INTO"
                    )));
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

    pub(super) fn create_view(&mut self, or_replace: bool) -> Result<Statement> {
        let (if_not_exists, name) = self.new_name()?;
        let columns =
            if self.0.peek_token().token == Token::LParen { self.names_in_parentheses()? } else { Vec::new() };
        let comment = if self.word("COMMENT") { Some(self.string()?) } else { None };
        self.words(&["AS"])?;
        let query = self.0.parse_query()?;
        Ok(Statement::CreateView(Box::new(CreateView { name, if_not_exists, or_replace, columns, comment, query })))
    }

    pub(super) fn drop(&mut self) -> Result<Statement> {
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

    pub(super) fn alter(&mut self) -> Result<Statement> {
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
        let On { kind, name } =
            if self.peek(0) == "METASTORE" { self.on()? } else { On { kind: self.kind()?, name: self.name()? } };
        if self.word("UNSET") {
            if self.word("LIMITS") {
                let limits = self.texts()?.into_iter().map(|limit| (limit, None)).collect();
                return Ok(Statement::SetLimits { kind, name, limits });
            }
            if self.word("TRUST") {
                let settings = self.texts()?.into_iter().map(|setting| (setting, None)).collect();
                return Ok(Statement::SetTrust { kind, name, settings });
            }
            if kind == Kind::Connection && self.word("OPTIONS") {
                let (options, unset) = (Vec::new(), self.texts()?);
                return Ok(Statement::AlterConnection { name, options, unset });
            }
            self.words(&["TAGS"])?;
            let tags = self.texts()?;
            return Ok(Statement::SetTags { kind, name, tags: tags.into_iter().map(|tag| (tag, None)).collect() });
        }
        let set = self.word("SET");
        if set && self.word("LIMITS") {
            let limits = self.options()?.into_iter().map(|(limit, value)| (limit, Some(value))).collect();
            return Ok(Statement::SetLimits { kind, name, limits });
        }
        if set && self.word("TRUST") {
            let settings = self.options()?.into_iter().map(|(setting, value)| (setting, Some(value))).collect();
            return Ok(Statement::SetTrust { kind, name, settings });
        }
        if set && self.word("TAGS") {
            let tags = self.options()?.into_iter().map(|(key, value)| (key, Some(value))).collect();
            return Ok(Statement::SetTags { kind, name, tags });
        }
        if kind == Kind::Connection && self.word("OPTIONS") {
            let (options, unset) = (self.options()?, Vec::new());
            return Ok(Statement::AlterConnection { name, options, unset });
        }
        if kind == Kind::Publisher
            && let Some(statement) = self.alter_publisher(&name)?
        {
            return Ok(statement);
        }
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
            return Err(self.expected("RENAME TO, OWNER TO, SET TAGS or UNSET TAGS").into());
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
        let can = "ADD COLUMN, ADD CONSTRAINT, DROP CONSTRAINT, ALTER COLUMN, SET TBLPROPERTIES, SET TAGS, \
                   UNSET TAGS, RENAME TO or OWNER TO";
        Err(self.expected(can).into())
    }

    pub(super) fn comment_on(&mut self) -> Result<Statement> {
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
}
