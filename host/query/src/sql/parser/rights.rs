//! GRANT and REVOKE.

use datafusion::sql::sqlparser::tokenizer::Token;
use polder_catalog::{Kind, Privilege};

use super::Input;
use crate::sql::statement::*;
use crate::{Error, Result};

impl Input {
    pub(super) fn grant(&mut self, grant: bool) -> Result<Statement> {
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
        let principal = self.grantee()?;
        Ok(if grant {
            Statement::Grant { privileges, on, to: principal }
        } else {
            Statement::Revoke { privileges, on, from: principal }
        })
    }

    /// A user or group, or a plugin.
    pub(super) fn grantee(&mut self) -> Result<To> {
        if self.peek(0) == "PLUGIN" && !matches!(self.peek(1).as_str(), "" | ";") {
            self.words(&["PLUGIN"])?;
            return Ok(To::Plugin(self.name()?));
        }
        Ok(To::Principal(self.principal()?))
    }

    pub(super) fn on(&mut self) -> Result<On> {
        if self.word("METASTORE") {
            return Ok(On { kind: Kind::Metastore, name: Vec::new() });
        }
        let kind = self.maybe_kind().unwrap_or(Kind::Table);
        Ok(On { kind, name: self.name()? })
    }
}
