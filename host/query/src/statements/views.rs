//! Views: made and replaced.

use datafusion::logical_expr::LogicalPlan;
use polder_catalog::{Change, Kind, NewSecurable, Spec, spec};

use super::ddl::exists;
use crate::resolve::rename;
use crate::run::Run;
use crate::sql::{CreateView, text_of};
use crate::{Answer, Error, Result, lineage};

pub(crate) async fn create(run: &Run<'_>, view: CreateView) -> Result<Answer> {
    let name = run.full(Kind::View, &view.name)?;
    let sql = text_of(&view.query);
    let (plan, reads) = run.plan_query(view.query, 0).await?;
    let query = plan.clone();
    let plan = rename(plan, &view.columns)?;
    distinct_names(&plan)?;
    let spec = Spec::View(spec::View {
        sql,
        columns: crate::view::columns(&query, &plan),
        current_catalog: run.current.catalog.clone(),
        current_schema: run.current.schema.clone(),
    });
    let mut direct = reads.direct.clone();
    direct.sort_unstable();
    direct.dedup();
    let existing = run.access.find(&Kind::RELATIONS, &name).await?;
    let securable = match existing {
        Some(existing) if view.or_replace && existing.kind == Kind::View => {
            if reads.tables.iter().any(|read| read.securable.id == existing.id) {
                return Err(Error::Invalid(format!("view {name} cannot read itself, nor a view that reads it")));
            }
            let change = Change::Spec { spec: Box::new(spec), dependencies: direct };
            run.access.alter(&existing, change).await?
        }
        Some(_) if view.if_not_exists => return Ok(exists(Kind::View, &name)),
        Some(existing) => return Err(polder_catalog::Error::AlreadyExists { kind: existing.kind, name }.into()),
        None => {
            let new = NewSecurable::new(name, spec).with_comment(view.comment).with_dependencies(direct);
            run.access.create(new).await?
        }
    };
    lineage::record(run, &securable, None, &reads, lineage::edges(&plan, &reads)).await?;
    Ok(Answer::done(format!("Created view {}.", securable.name)))
}

fn distinct_names(plan: &LogicalPlan) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for field in plan.schema().fields() {
        if !seen.insert(field.name()) {
            return Err(Error::Invalid(format!(
                "two columns are named '{}'; give one another name with AS",
                field.name()
            )));
        }
    }
    Ok(())
}
