//! Functions from rows to values.

use std::sync::Arc;

use arrow::array::{ArrayRef, new_empty_array};
use arrow::datatypes::FieldRef;
use wasmtime::component::ResourceAny;

use crate::bind::{Binding, Pool, accept, wire};
use crate::format::parse_one;
use crate::instance::Instance;
use crate::lift::lift;
use crate::plugin::Plugin;
use crate::{Argument, Result, Terms};

/// A scalar function bound to the types of its arguments, callable from many threads at once: each call has an
/// instance to itself, which waits for the next call when it is done and is thrown away if it misbehaved.
pub struct Scalar {
    binding: Binding,
    returns: FieldRef,
    idle: Pool<Bound>,
}

struct Bound {
    instance: Instance,
    function: ResourceAny,
}

impl Scalar {
    pub(crate) fn bind(plugin: &Arc<Plugin>, name: &str, arguments: &[Argument], terms: Terms) -> Result<Self> {
        let binding = Binding::new(plugin, name, arguments, terms)?;
        let mut first = Bound::new(&binding)?;
        let schema = first.instance.call(|store, guest| guest.scalar().call_returns(store, first.function))?;
        let limits = binding.limits();
        let returns = parse_one(&wire(schema), limits).map_err(|why| first.instance.broke_contract(why))?;
        let idle = Pool::new(limits.idle_instances);
        idle.put(first);
        Ok(Self { binding, returns, idle })
    }

    /// The type of the results. Its name means nothing.
    pub fn returns(&self) -> &FieldRef {
        &self.returns
    }

    /// The results for `rows` rows of `columns`: the arguments that are not constant, in order.
    ///
    /// # Errors
    /// The function's own ([`Error::Guest`](crate::Error::Guest)); a trap, a limit, an interrupt; a result that is not
    /// what was declared; columns that are not what was bound.
    pub fn call(&self, columns: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let lowered = self.binding.lower(columns, rows)?;
        if rows == 0 {
            return Ok(new_empty_array(self.returns.data_type()));
        }
        let mut bound = self.idle.take().map_or_else(|| Bound::new(&self.binding), Ok)?;
        let result = bound.run(&lowered, &self.returns, rows);
        if bound.instance.is_healthy() {
            self.idle.put(bound);
        }
        result
    }
}

impl Bound {
    fn new(binding: &Binding) -> Result<Self> {
        let mut instance = binding.instance()?;
        let function = instance
            .call(|store, guest| binding.lend(|arguments| guest.scalar().call_bind(store, &binding.name, arguments)))?;
        Ok(Self { function: accept(&instance, function)?, instance })
    }

    fn run(&mut self, lowered: &crate::lower::Lowered, returns: &FieldRef, rows: usize) -> Result<ArrayRef> {
        let Self { instance, function } = self;
        let batch =
            instance.call(|store, guest| lowered.lend(|batch| guest.scalar().call_call(store, *function, batch)))?;
        let batch = accept(instance, batch)?;
        let most = instance.most_values();
        let mut columns =
            lift(std::slice::from_ref(returns), batch, rows, most).map_err(|why| instance.broke_contract(why))?;
        Ok(columns.remove(0))
    }
}

impl std::fmt::Debug for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scalar").field("what", &self.binding.what).field("returns", &self.returns).finish()
    }
}
