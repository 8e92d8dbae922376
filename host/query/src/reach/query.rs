//! SQL for plugins, and what of it they may run.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use futures::StreamExt;
use polder_catalog::Kind;
use polder_sandbox::{Granted, Mode, Once, Query, Rows, Writer};

use super::{Reach, write};
use crate::functions::type_name;
use crate::sql::{self, DIALECT, Statement};
use crate::statements::dispatch;
use crate::{Answer, Error, Result};

impl Query for Reach {
    fn run(&self, statement: &str, parameters: RecordBatch) -> Granted<Box<dyn Rows>> {
        let answer = self.wait(async {
            let values = parameters.columns().iter().map(literal).collect::<Result<Vec<_>>>()?;
            let parsed = sql::parse_with(statement, &values)?;
            allowed(&parsed)?;
            Box::pin(dispatch(&self.statement(statement), parsed)).await
        })?;
        let (schema, rows) = match answer {
            Answer::Rows(rows) => (rows.schema(), Some(rows)),
            Answer::Done(..) => (Arc::new(Schema::empty()), None),
        };
        Ok(Box::new(Streamed { reach: self.clone(), schema, rows }))
    }

    fn write(&self, table: &str, schema: SchemaRef, mode: Mode, once: Option<Once>) -> Granted<Box<dyn Writer>> {
        write::open(self, table, schema, mode, once)
    }
}

/// A plugin reads and writes data and makes tables for it. Who may do what, which code is installed, and what its own
/// session looks like is not for it to change, whatever its caller may.
fn allowed(statement: &Statement) -> Result<()> {
    let of = match statement {
        Statement::Grant { .. } | Statement::Revoke { .. } => "GRANT and REVOKE",
        Statement::CreatePrincipal { .. } | Statement::DropPrincipal { .. } | Statement::Member { .. } => {
            "statements on users and groups"
        }
        Statement::SetOwner { .. } => "OWNER TO",
        Statement::InstallPlugin { .. }
        | Statement::UpgradePlugin { .. }
        | Statement::RollbackPlugin { .. }
        | Statement::PinPlugin { .. }
        | Statement::SyncPlugins(_)
        | Statement::AuditPlugin { .. }
        | Statement::SearchPackages { .. }
        | Statement::VerifyPlugin { .. }
        | Statement::Drop { kind: Kind::Plugin, .. }
        | Statement::Rename { kind: Kind::Plugin, .. } => "statements on plugins",
        // With what is in them, which may be plugins.
        Statement::Drop { kind: Kind::Catalog | Kind::Schema, .. } => "DROP of catalogs and schemas",
        Statement::CreateConnection { .. }
        | Statement::AlterConnection { .. }
        | Statement::Drop { kind: Kind::Connection, .. }
        | Statement::Rename { kind: Kind::Connection, .. } => "statements on connections",
        Statement::SetTrust { .. }
        | Statement::CreatePublisher { .. }
        | Statement::AlterPublisher { .. }
        | Statement::Drop { kind: Kind::Publisher, .. }
        | Statement::Rename { kind: Kind::Publisher, .. } => "statements on whom to trust",
        Statement::Set { .. } | Statement::Use { .. } => "SET and USE",
        Statement::Call(_) => "CALL",
        _ => return Ok(()),
    };
    Err(Error::Catalog(polder_catalog::Error::Unsupported(format!("a plugin may not run {of}"))))
}

/// A value as tokens of SQL: one literal, whatever is in it, and a cast that gives it its type back.
pub(crate) fn literal(column: &ArrayRef) -> Result<Vec<Token>> {
    // An array of nothing but nulls has no bitmap that says so.
    if column.is_null(0) || column.data_type().is_null() {
        return Ok(vec![Token::make_keyword("NULL")]);
    }
    let value = match column.data_type() {
        DataType::Utf8 => return Ok(vec![Token::SingleQuotedString(column.as_string::<i32>().value(0).to_owned())]),
        DataType::Boolean => return Ok(vec![Token::make_keyword(&column.as_boolean().value(0).to_string())]),
        DataType::Binary => {
            let bytes = column.as_binary::<i32>().value(0);
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok(vec![Token::HexStringLiteral(digits)]);
        }
        nested if nested.is_nested() => {
            let name = type_name(nested);
            return Err(Error::Unsupported(format!("a parameter of type {name}: pass its parts, or text")));
        }
        _ => ArrayFormatter::try_new(column, &FormatOptions::default())?.value(0).to_string(),
    };
    let cast = format!("CAST(? AS {})", type_name(column.data_type()));
    let tokens = Tokenizer::new(&DIALECT, &cast).tokenize();
    let tokens = tokens.map_err(datafusion::sql::sqlparser::parser::ParserError::from)?;
    let place =
        |token| if matches!(token, Token::Placeholder(_)) { Token::SingleQuotedString(value.clone()) } else { token };
    Ok(tokens.into_iter().map(place).collect())
}

/// Rows as they are computed.
struct Streamed {
    reach: Reach,
    schema: SchemaRef,
    rows: Option<SendableRecordBatchStream>,
}

impl Rows for Streamed {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn next(&mut self) -> Granted<Option<RecordBatch>> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        self.reach.wait(async { Ok(rows.next().await.transpose()?) })
    }
}
