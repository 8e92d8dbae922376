//! The functions of a plugin: what each says of itself and how it is bound. They register themselves.

use crate::{Column, DataType, Error, Field};

/// One SQL function, as the attribute macros describe it.
pub struct Function {
    pub name: &'static str,
    pub kind: Kind,
    /// Markdown; the first paragraph is the summary.
    pub doc: &'static str,
    pub parameters: &'static [Parameter],
    pub variadic: bool,
    /// The columns of the result, a single one but for table functions; none when binding tells.
    pub returns: fn() -> Option<Vec<Field>>,
    pub volatility: Volatility,
    /// An expression (or SELECT) and what it returns.
    pub examples: &'static [(&'static str, &'static str)],
    pub bind: Bind,
    pub package: Package,
}

inventory::collect!(Function);

/// How a function is bound, by its kind.
pub enum Bind {
    Scalar(fn(&Binding) -> Result<BoundScalar, Error>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Scalar,
    Aggregate,
    Table,
}

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
}

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

/// What is known of the arguments before any row.
pub struct Binding {
    pub arguments: Vec<Argument>,
}

/// The type of an argument, and its value when it is a constant.
#[derive(Clone, Debug)]
pub struct Argument {
    pub field: Field,
    pub constant: Option<Column>,
}

/// The arguments of a call: a column each, constants among them.
pub struct Inputs {
    pub rows: usize,
    pub columns: Vec<Column>,
}

/// A scalar function whose argument types and constants are known.
pub struct BoundScalar {
    pub returns: DataType,
    pub call: Box<dyn Fn(&Inputs) -> Result<Column, Error>>,
}

impl Function {
    /// Every function of the plugin, by name.
    pub fn all() -> Vec<&'static Function> {
        let mut functions: Vec<_> = inventory::iter::<Function>.into_iter().collect();
        functions.sort_unstable_by_key(|function| function.name);
        functions
    }

    /// The function of this name and the arguments, checked against its parameters.
    pub fn bind(name: &str, arguments: Vec<Argument>) -> Result<(&'static Function, Binding), Error> {
        let function = inventory::iter::<Function>
            .into_iter()
            .find(|function| function.name == name)
            .ok_or_else(|| Error::new(format!("there is no function `{name}`")))?;
        function.check(&arguments)?;
        Ok((function, Binding { arguments }))
    }

    fn check(&self, arguments: &[Argument]) -> Result<(), Error> {
        let (given, wanted) = (arguments.len(), self.parameters.len());
        if given < wanted - usize::from(self.variadic) || given > wanted && !self.variadic {
            return Err(Error::new(format!("`{}` takes {wanted} arguments, not {given}", self.name)));
        }
        for (index, argument) in arguments.iter().enumerate() {
            let parameter = &self.parameters[index.min(wanted - 1)];
            if let Some(wanted) = (parameter.data_type)()
                && !wanted.same_values(&argument.field.data_type)
            {
                return Err(Error::new(format!(
                    "argument {} (`{}`) of `{}` is {wanted:?}, not {:?}",
                    index + 1,
                    parameter.name,
                    self.name,
                    argument.field.data_type
                )));
            }
        }
        Ok(())
    }
}

impl Binding {
    /// The arguments of a call from the columns that are not constant.
    pub fn inputs(&self, rows: usize, columns: impl IntoIterator<Item = Column>) -> Result<Inputs, Error> {
        let mut columns = columns.into_iter();
        let arguments = self.arguments.iter().map(|argument| match &argument.constant {
            Some(constant) => Ok(constant.clone()),
            None => columns.next().ok_or_else(|| Error::new("the batch has fewer columns than the function arguments")),
        });
        Ok(Inputs { rows, columns: arguments.collect::<Result<_, _>>()? })
    }
}
