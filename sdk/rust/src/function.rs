//! The functions of a plugin, tasks and all: what each says of itself and how it is called. They register themselves.

use crate::aggregate::Groups;
use crate::scorer::Scorer;
use crate::table::Pages;
use crate::transform::{Options, Transform};
use crate::{Column, DataType, Error, Field};
use std::any::Any;
use std::rc::Rc;

/// One SQL function, as the attribute macros describe it.
pub struct Function {
    pub name: &'static str,
    /// Markdown; the first paragraph is the summary.
    pub doc: &'static str,
    pub examples: &'static [Example],
    pub volatility: Volatility,
    pub parameters: &'static [Parameter],
    /// Whether the last parameter takes any number of arguments.
    pub variadic: bool,
    pub returns: Returns,
    /// What is made of constants before the first call.
    pub prepare: Prepare,
    pub implementation: Implementation,
    pub package: Package,
}

inventory::collect!(Function);

/// An expression, or a SELECT, and what it returns.
pub type Example = (&'static str, &'static str);

/// Makes what is made of constants.
pub(crate) type Prepare = fn(&[Argument]) -> Result<Rc<dyn Any>, Error>;

/// What a function promises about repeated calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volatility {
    Immutable,
    Stable,
    Volatile,
}

pub struct Parameter {
    pub name: &'static str,
    pub doc: &'static str,
    /// None: any type.
    pub data_type: fn() -> Option<DataType>,
    /// Whether a call may leave it out.
    pub optional: bool,
}

/// The columns of a result: a single one but for table functions.
pub enum Returns {
    Fixed(fn() -> Vec<Field>),
    /// It depends on the arguments.
    Bound(fn(&[Argument]) -> Result<Vec<Field>, Error>),
    /// It shows when the function is bound to an input; tasks have no columns at all.
    Unknown,
}

pub enum Implementation {
    Scalar(fn(&Call) -> Result<Column, Error>),
    Aggregate {
        groups: fn() -> Box<dyn Groups>,
        /// The columns of a state.
        state: fn() -> Vec<Field>,
        /// Positions of the arguments that evaluation needs, which must be constants.
        constants: &'static [usize],
    },
    Table(for<'c> fn(&'c Call) -> Box<dyn Pages + 'c>),
    Transform(BindTransform),
    Scorer(LoadScorer),
    Task(RunTask),
}

/// Gets a transform ready for an input, with the options of its call.
pub(crate) type BindTransform = fn(&[Field], &Options) -> Result<(Box<dyn Transform>, Vec<Field>), Error>;

/// Gets a scorer ready for an input.
pub(crate) type LoadScorer = fn(&[Field]) -> Result<Box<dyn Scorer>, Error>;

/// Carries a task out: from parameters to outputs, both JSON values by name.
pub(crate) type RunTask = fn(Vec<(String, String)>) -> Result<Vec<(String, String)>, Error>;

/// The crate that a function was written in, in Cargo's words.
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    /// Separated by colons.
    pub authors: &'static str,
    pub description: &'static str,
    pub license: &'static str,
    pub homepage: &'static str,
    /// Whether Cargo builds the crate for itself, not as a dependency.
    pub primary: bool,
}

/// The package of the crate where this is expanded.
#[doc(hidden)]
#[macro_export]
macro_rules! __package {
    () => {
        $crate::__private::Package {
            name: ::core::env!("CARGO_PKG_NAME"),
            version: ::core::env!("CARGO_PKG_VERSION"),
            authors: ::core::env!("CARGO_PKG_AUTHORS"),
            description: ::core::env!("CARGO_PKG_DESCRIPTION"),
            license: ::core::env!("CARGO_PKG_LICENSE"),
            homepage: ::core::env!("CARGO_PKG_HOMEPAGE"),
            primary: ::core::option_env!("CARGO_PRIMARY_PACKAGE").is_some(),
        }
    };
}

/// What is known of an argument before any row: its type, and its value when it is a constant.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The type, and the name of the expression as far as the planner has one.
    pub field: Field,
    /// A column of a single row, see [`Value::of`](crate::Value::of).
    pub constant: Option<Column>,
}

/// A function whose argument types and constants are known.
pub struct Bound {
    pub function: &'static Function,
    arguments: Vec<Argument>,
    prepared: Rc<dyn Any>,
    returns: Rc<[Field]>,
}

/// The arguments of one call: a column each, constants among them.
pub struct Call {
    pub rows: usize,
    pub columns: Vec<Column>,
    pub returns: Rc<[Field]>,
    prepared: Rc<dyn Any>,
}

impl Function {
    /// Every function of the plugin, by name.
    pub fn all() -> Vec<&'static Function> {
        let mut functions: Vec<_> = inventory::iter::<Function>.into_iter().collect();
        functions.sort_by_key(|function| function.name);
        functions
    }

    /// The function of this name.
    pub fn named(name: &str) -> Result<&'static Function, Error> {
        let function = inventory::iter::<Function>.into_iter().find(|function| function.name == name);
        function.ok_or_else(|| Error::new(format!("there is no function `{name}`")))
    }

    /// Why the function cannot be called as one of `kind`.
    pub fn wrong_kind(&self, kind: &str) -> Error {
        Error::new(format!("`{}` is no {kind} function", self.name))
    }

    /// Binds the function of this name to arguments that fit its parameters.
    pub fn bind(name: &str, arguments: Vec<Argument>) -> Result<Bound, Error> {
        let function = Self::named(name)?;
        function.check(&arguments)?;
        let returns = match function.returns {
            Returns::Fixed(fields) => fields(),
            Returns::Bound(bind) => bind(&arguments)?,
            Returns::Unknown => return Err(function.wrong_kind("SQL")),
        };
        let prepared = (function.prepare)(&arguments)?;
        Ok(Bound { function, arguments, prepared, returns: returns.into() })
    }

    fn check(&self, arguments: &[Argument]) -> Result<(), Error> {
        let (given, wanted) = (arguments.len(), self.parameters.len());
        let fits = if self.variadic { given + 1 >= wanted } else { given == wanted };
        if !fits {
            let least = if self.variadic { "at least " } else { "" };
            let wanted = wanted - usize::from(self.variadic);
            return Err(Error::new(format!("`{}` takes {least}{wanted} arguments, not {given}", self.name)));
        }
        for (index, argument) in arguments.iter().enumerate() {
            let parameter = &self.parameters[index.min(wanted - 1)];
            if let Some(wanted) = (parameter.data_type)()
                && !wanted.same_values(&argument.field.data_type)
            {
                let (wanted, given) = (wanted.format(), argument.field.data_type.format());
                let (name, position) = (parameter.name, index + 1);
                return Err(Error::new(format!(
                    "argument {position} (`{name}`) of `{}` has Arrow format `{wanted}`, not `{given}`",
                    self.name
                )));
            }
        }
        Ok(())
    }
}

impl Bound {
    /// The columns of the result.
    pub fn returns(&self) -> &[Field] {
        &self.returns
    }

    /// The types of the columns that come with each call: those of the arguments that are not constant.
    pub fn inputs(&self) -> impl Iterator<Item = &DataType> {
        self.arguments.iter().filter(|argument| argument.constant.is_none()).map(|argument| &argument.field.data_type)
    }

    /// A call with the columns of [`Bound::inputs`].
    pub fn call(&self, rows: usize, inputs: impl IntoIterator<Item = Column>) -> Result<Call, Error> {
        let mut inputs = inputs.into_iter();
        let columns = self.arguments.iter().map(|argument| match &argument.constant {
            Some(constant) => Ok(constant.repeated(rows)),
            None => inputs.next().ok_or_else(|| Error::new("the batch lacks a column")),
        });
        let columns = columns.collect::<Result<_, _>>()?;
        Ok(Call { rows, columns, returns: self.returns.clone(), prepared: self.prepared.clone() })
    }

    /// A call for `rows` rows of nothing but the constants at `positions`.
    pub fn constants(&self, rows: usize, positions: &[usize]) -> Result<Call, Error> {
        let columns = positions.iter().map(|position| {
            let argument = &self.arguments[*position];
            argument.constant.as_ref().map(|constant| constant.repeated(rows)).ok_or_else(|| {
                let name = self.function.parameters[*position].name;
                Error::new(format!(
                    "argument {} (`{name}`) of `{}` must be a constant",
                    position + 1,
                    self.function.name
                ))
            })
        });
        let columns = columns.collect::<Result<_, _>>()?;
        Ok(Call { rows, columns, returns: self.returns.clone(), prepared: self.prepared.clone() })
    }
}

impl Call {
    /// The type of the result of a function that returns a single column.
    pub fn data_type(&self) -> &DataType {
        &self.returns[0].data_type
    }

    /// What the function's `prepare` made.
    pub fn prepared<P: 'static>(&self) -> &P {
        self.prepared.downcast_ref().expect("a function prepares the type that it asks for")
    }
}
