//! What it takes to bind a function, kept so that it can be bound in one more instance.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, FieldRef};

use crate::bindings::call::{Argument as Lent, Error as GuestError};
use crate::bindings::data::FieldResult;
use crate::format::{WireField, flatten};
use crate::instance::{Instance, Interface, Scene};
use crate::lower::{Lowered, lower};
use crate::plain::{conform, plain_field};
use crate::plugin::Plugin;
use crate::{Error, Limits, Result, Terms};

/// An argument of a call: its type, and its value if that is the same for every row.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Name, type and nullability. Views, dictionaries, run ends and large or fixed-size layouts are accepted; the
    /// function sees them as their plain variants.
    pub field: FieldRef,
    /// One row, if the argument is a constant. Constants are given to the function once, here, not with each batch.
    pub constant: Option<ArrayRef>,
}

/// A function with its arguments: everything that an instance is bound with.
pub(crate) struct Binding {
    pub(crate) plugin: Arc<Plugin>,
    pub(crate) name: String,
    /// What runs, for logs and errors.
    pub(crate) what: Arc<str>,
    arguments: Vec<Bound>,
    /// Types of the arguments that come with batches.
    columns: Vec<DataType>,
    scene: Scene,
}

struct Bound {
    field: Vec<WireField>,
    constant: Option<Lowered>,
}

impl Binding {
    pub(crate) fn new(plugin: &Arc<Plugin>, name: &str, arguments: &[Argument], terms: Terms) -> Result<Self> {
        let what: Arc<str> = format!("function `{name}` of {}", plugin.label()).into();
        let scene = Scene::new(plugin, Arc::clone(&what), terms);
        if arguments.len() > scene.limits.parameters {
            return Err(scene.limits.reached(format!("a call of {what}"), "parameters"));
        }
        let mut bound = Vec::with_capacity(arguments.len());
        let mut columns = Vec::new();
        for argument in arguments {
            let field = plain_field(&argument.field);
            let mut wire = Vec::new();
            flatten(&field, &mut wire)?;
            let constant = match &argument.constant {
                None => {
                    columns.push(field.data_type().clone());
                    None
                }
                Some(value) if value.len() == 1 => Some(lower(&[conform(value, field.data_type())?], 1)?),
                Some(value) => {
                    let detail = format!("constant `{}` has {} rows instead of one", field.name(), value.len());
                    return Err(Error::Arguments { what: what.to_string(), detail });
                }
            };
            bound.push(Bound { field: wire, constant });
        }
        Ok(Self { plugin: Arc::clone(plugin), name: name.to_owned(), what, arguments: bound, columns, scene })
    }

    /// What the function may cost.
    pub(crate) fn limits(&self) -> &Limits {
        &self.scene.limits
    }

    /// A fresh instance, in which nothing is bound yet.
    pub(crate) fn instance(&self) -> Result<Instance> {
        Instance::new(&self.plugin.runtime, self.plugin.exports.udf()?, &self.scene)
    }

    /// Calls `f` with the arguments as `bind` takes them.
    pub(crate) fn lend<R>(&self, f: impl FnOnce(&[Lent<'_>]) -> R) -> R {
        let fields: Vec<_> = self.arguments.iter().map(|argument| lend::Fields::new(&argument.field)).collect();
        let fields: Vec<_> = fields.iter().map(lend::Fields::lend).collect();
        let constants: Vec<_> = self.arguments.iter().map(|a| a.constant.as_ref().map(Lowered::slices)).collect();
        let arrays: Vec<_> = std::iter::zip(&self.arguments, &constants)
            .map(|(a, slices)| a.constant.as_ref().zip(slices.as_ref()).map(|(lowered, slices)| lowered.arrays(slices)))
            .collect();
        let lent: Vec<Lent<'_>> = (0..self.arguments.len())
            .map(|i| Lent {
                type_: &fields[i],
                constant: self.arguments[i].constant.as_ref().zip(arrays[i].as_deref()).map(|(l, a)| l.batch(a)),
            })
            .collect();
        f(&lent)
    }

    /// The columns of a batch, checked against what was bound, ready to be lent.
    pub(crate) fn lower(&self, columns: &[ArrayRef], rows: usize) -> Result<Lowered> {
        let refuse = |detail| Error::Arguments { what: self.what.to_string(), detail };
        if columns.len() != self.columns.len() {
            let (got, bound) = (columns.len(), self.columns.len());
            return Err(refuse(format!("{got} columns where {bound} were bound")));
        }
        let mut plain = Vec::with_capacity(columns.len());
        for (column, bound) in std::iter::zip(columns, &self.columns) {
            if column.len() != rows {
                return Err(refuse(format!("a column of {} rows in a batch of {rows}", column.len())));
            }
            plain.push(conform(column, bound)?);
        }
        lower(&plain, rows)
    }
}

/// A schema as a call takes it: borrowed, in two steps because pairs of metadata are borrowed twice.
pub(crate) mod lend {
    use crate::bindings::data::FieldParam;
    use crate::format::WireField;

    /// First step: the fields, and the texts of their metadata.
    pub(crate) struct Fields<'a>(Vec<(&'a WireField, Vec<(&'a str, &'a str)>)>);

    impl<'a> Fields<'a> {
        pub(crate) fn new(fields: &'a [WireField]) -> Self {
            let texts = |field: &'a WireField| field.metadata.iter().map(|(name, value)| (&**name, &**value)).collect();
            Self(fields.iter().map(|field| (field, texts(field))).collect())
        }

        /// Second step: what is handed over.
        pub(crate) fn lend(&self) -> Vec<FieldParam<'_>> {
            let fields = self.0.iter().map(|(field, metadata)| FieldParam {
                name: &field.name,
                format: &field.format,
                nullable: field.nullable,
                children: field.children,
                metadata,
            });
            fields.collect()
        }
    }
}

impl From<FieldResult> for WireField {
    fn from(field: FieldResult) -> Self {
        let FieldResult { name, format, nullable, children, metadata } = field;
        Self { name, format, nullable, children, metadata }
    }
}

/// A schema from a guest.
pub(crate) fn wire(schema: Vec<FieldResult>) -> Vec<WireField> {
    schema.into_iter().map(WireField::from).collect()
}

/// The value, or the guest's own error.
pub(crate) fn accept<T, E: Interface>(instance: &Instance<E>, result: Result<T, GuestError>) -> Result<T> {
    result.map_err(|error| instance.refused(&error.message, error.row))
}

/// Instances that wait for their next call. The lock is held to take one or put one back, never while one runs.
pub(crate) struct Pool<T> {
    idle: Mutex<Vec<T>>,
    most: usize,
}

impl<T> Pool<T> {
    pub(crate) fn new(most: usize) -> Self {
        Self { idle: Mutex::new(Vec::new()), most }
    }

    pub(crate) fn take(&self) -> Option<T> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub(crate) fn put(&self, item: T) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.most {
            idle.push(item);
        }
    }
}
