//! Plugin functions as DataFusion knows functions.
//!
//! A [`Function`] is what the catalog and the sandbox say of one export; the modules below show it to the
//! planner as a scalar function, an aggregate, or a table. All bind it for the types and constants of the
//! call; a binding lasts for the statement and pools its instances.

mod aggregate;
mod coercion;
mod distinct;
mod groups;
pub(crate) mod relation;
mod scalar;
mod table;

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::datatypes::{Field, FieldRef};
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, ExprSchemable, Volatility};
use polder_sandbox::{Argument, FunctionKind, Plugin, Terms};

pub(crate) use aggregate::udaf;
pub(crate) use coercion::type_name;
pub(crate) use scalar::udf;
pub(crate) use table::plan;

use crate::reach::Artifacts;

/// One function of an installed plugin, ready to be bound.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// As SQL calls it: `main.geo.haversine`.
    pub(crate) name: String,
    pub(crate) plugin: Arc<Plugin>,
    pub(crate) description: Arc<polder_sandbox::Function>,
    pub(crate) terms: Terms,
    /// The models of a scorer, by the path that the statement names.
    pub(crate) models: Arc<HashMap<String, Arc<Artifacts>>>,
}

// The planner compares functions to share equal expressions: the same name and component is the same function.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.plugin.digest() == other.plugin.digest()
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.plugin.digest().hash(state);
    }
}

impl Function {
    /// A function of a plugin, called `name` in SQL.
    pub(crate) fn new(name: String, plugin: Arc<Plugin>, description: polder_sandbox::Function, terms: Terms) -> Self {
        Self { name, plugin, description: Arc::new(description), terms, models: Arc::default() }
    }

    /// Whether it is called with a whole table.
    pub(crate) fn takes_table(&self) -> bool {
        matches!(self.description.kind, FunctionKind::Transform | FunctionKind::Scorer)
    }

    fn volatility(&self) -> Volatility {
        match self.description.volatility {
            polder_sandbox::Volatility::Immutable => Volatility::Immutable,
            polder_sandbox::Volatility::Stable => Volatility::Stable,
            polder_sandbox::Volatility::Volatile => Volatility::Volatile,
        }
    }

    /// `main.geo.haversine(lat1 DOUBLE, lon1 DOUBLE, …)`, `main.clean.dedupe(TABLE, key => STRING)`
    pub(crate) fn signature(&self) -> String {
        let parameters = match self.description.kind {
            FunctionKind::Scorer => format!("TABLE, {} => STRING", relation::MODEL),
            FunctionKind::Transform => coercion::options("TABLE", &self.description),
            FunctionKind::Task => coercion::options("", &self.description),
            _ => coercion::parameters(&self.description),
        };
        format!("{}({parameters})", self.name)
    }

    /// Whether the function takes these arguments, of which all that can be constant is.
    fn check(&self, args: &[Expr], info: &SimplifyContext) -> Result<(), DataFusionError> {
        let types = args.iter().map(|arg| arg.get_type(info.schema())).collect::<Result<Vec<_>, _>>()?;
        let fields: Vec<_> = types.iter().enumerate().map(|(position, given)| nth_field(position, given)).collect();
        let constants: Vec<_> = args.iter().map(constant).collect();
        self.settle(&fields, &constants, true).map(drop)
    }

    /// An error of the sandbox, told of this function by the name that the user wrote.
    fn failed(&self, error: polder_sandbox::Error) -> DataFusionError {
        DataFusionError::External(Box::new(error))
    }
}

/// The last part of a name.
fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The arguments of a binding; `constants` where the planner knows the value.
fn arguments(fields: &[FieldRef], constants: &[Option<ScalarValue>]) -> Result<Vec<Argument>, DataFusionError> {
    fields
        .iter()
        .zip(constants)
        .map(|(field, constant)| {
            // The planner tells constants as they were written, and their types as they will be.
            let constant =
                constant.as_ref().map(|value| value.cast_to(field.data_type())?.to_array_of_size(1)).transpose()?;
            Ok(Argument { field: Arc::clone(field), constant })
        })
        .collect()
}

fn constant(expr: &Expr) -> Option<ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value.clone()),
        _ => None,
    }
}

/// A field for an argument of which only type and position are known.
fn nth_field(position: usize, data_type: &arrow::datatypes::DataType) -> FieldRef {
    Arc::new(Field::new(format!("arg{position}"), data_type.clone(), true))
}
