//! `polder:host/catalog`

use super::{Answer, answer, given, text};
use crate::bindings::polder::host::catalog::{FunctionInfo, Host, TableInfo};
use crate::capabilities::{Catalog, Granted, Refusal};
use crate::format::fields;
use crate::instance::State;
use crate::plain::plain_schema;

/// Bytes of a name.
const NAME: usize = 1024;

impl State {
    fn catalog(&self, name: &str) -> Granted<&dyn Catalog> {
        text("a name", name, NAME)?;
        given(&self.capabilities.catalog, "catalog")
    }

    fn may_say(&self, said: &str) -> Granted<()> {
        let most = self.limits.text_bytes;
        if said.len() > most {
            return Err(Refusal::Limit(format!("a text of {} bytes (limit `text_bytes`: {most})", said.len())));
        }
        Ok(())
    }
}

impl Host for State {
    fn schemas(&mut self, catalog: String) -> Answer<Vec<String>> {
        answer(self.catalog(&catalog).and_then(|catalogs| catalogs.schemas(&catalog)))
    }

    fn tables(&mut self, schema: String) -> Answer<Vec<String>> {
        answer(self.catalog(&schema).and_then(|catalog| catalog.tables(&schema)))
    }

    fn table(&mut self, name: String) -> Answer<TableInfo> {
        let found = self.catalog(&name).and_then(|catalog| catalog.table(&name)).and_then(|table| {
            Ok(TableInfo {
                name: table.name,
                comment: table.comment,
                tags: table.tags,
                columns: fields(&plain_schema(&table.columns)).map_err(|error| Refusal::Failed(error.to_string()))?,
                version: table.version,
            })
        });
        answer(found)
    }

    fn functions(&mut self, schema: String) -> Answer<Vec<FunctionInfo>> {
        let found = self.catalog(&schema).and_then(|catalog| catalog.functions(&schema));
        answer(found.map(|functions| {
            let shown = functions.into_iter().map(|function| FunctionInfo {
                name: function.name,
                kind: function.kind,
                signature: function.signature,
                comment: function.comment,
            });
            shown.collect()
        }))
    }

    fn set_comment(&mut self, table: String, comment: String) -> Answer<()> {
        let said = self.may_say(&comment).and_then(|()| self.catalog(&table)?.set_comment(&table, &comment));
        answer(said)
    }

    fn set_tag(&mut self, table: String, key: String, value: String) -> Answer<()> {
        let set = text("a tag", &key, NAME)
            .and_then(|()| text("a tag's value", &value, NAME))
            .and_then(|()| self.catalog(&table)?.set_tag(&table, &key, Some(&value)));
        answer(set)
    }

    fn unset_tag(&mut self, table: String, key: String) -> Answer<()> {
        answer(text("a tag", &key, NAME).and_then(|()| self.catalog(&table)?.set_tag(&table, &key, None)))
    }
}
