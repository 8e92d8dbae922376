//! What a plugin may know of what exists.

use polder_catalog::{Change, FullName, Kind, Securable};
use polder_sandbox::{Catalog, FunctionInfo, Granted, TableInfo};

use super::Reach;
use crate::Result;
use crate::statements::shape;

fn parts(name: &str) -> Vec<String> {
    name.split('.').map(str::to_owned).collect()
}

impl Reach {
    fn names(&self, kinds: &[Kind], within: &str) -> Granted<Vec<String>> {
        self.wait(async {
            let found = self.access.list(kinds, &FullName::new(within.split('.'))?, None).await?;
            Ok(found.iter().map(|securable| securable.name.to_string()).collect())
        })
    }

    async fn relation(&self, name: &str) -> Result<Securable> {
        let full = self.statement("").full(Kind::Table, &parts(name))?;
        Ok(self.access.resolve(&Kind::RELATIONS, &full).await?)
    }
}

impl Catalog for Reach {
    fn schemas(&self, catalog: &str) -> Granted<Vec<String>> {
        self.names(&[Kind::Schema], catalog)
    }

    fn tables(&self, schema: &str) -> Granted<Vec<String>> {
        self.names(&Kind::RELATIONS, schema)
    }

    fn table(&self, name: &str) -> Granted<TableInfo> {
        self.wait(async {
            let securable = self.relation(name).await?;
            let (columns, version) = shape(&self.statement(""), &securable).await?;
            let tags = self.access.tags(&securable).await?;
            Ok(TableInfo { name: securable.name.to_string(), comment: securable.comment, tags, columns, version })
        })
    }

    fn functions(&self, schema: &str) -> Granted<Vec<FunctionInfo>> {
        self.wait(async {
            let found = self.access.list(&[Kind::Function], &FullName::new(schema.split('.'))?, None).await?;
            let shown = found.into_iter().filter_map(|securable| {
                let export = &securable.as_function()?.export;
                Some(FunctionInfo {
                    name: securable.name.to_string(),
                    kind: export.kind.word().to_owned(),
                    signature: export.signature.clone(),
                    comment: securable.comment.clone(),
                })
            });
            Ok(shown.collect())
        })
    }

    fn set_comment(&self, table: &str, comment: &str) -> Granted<()> {
        self.wait(async {
            let securable = self.relation(table).await?;
            self.access.alter(&securable, Change::Comment(Some(comment.to_owned()))).await?;
            Ok(())
        })
    }

    fn set_tag(&self, table: &str, key: &str, value: Option<&str>) -> Granted<()> {
        self.wait(async {
            let securable = self.relation(table).await?;
            Ok(self.access.set_tags(&securable, &[(key.to_owned(), value.map(str::to_owned))]).await?)
        })
    }
}
