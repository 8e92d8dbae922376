//! What a guest has opened. A handle that is not open, or is another kind's, is a lie that ends the guest.

use std::sync::{Mutex, PoisonError};

use wasmtime::component::{Resource, ResourceTable, ResourceTableError};

/// The handles of one instance. The lock is never contended: an instance belongs to one thread at a time, which the
/// table alone could not promise.
pub(crate) struct Handles(Mutex<ResourceTable>);

impl Handles {
    /// No more than `most` at once.
    pub(crate) fn new(most: usize) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(most);
        Self(Mutex::new(table))
    }

    pub(super) fn push<T: Send + 'static>(&mut self, open: T) -> wasmtime::Result<Resource<T>> {
        self.table().push(open).map_err(lie)
    }

    pub(super) fn get<T: 'static>(&mut self, handle: &Resource<T>) -> wasmtime::Result<&mut T> {
        self.table().get_mut(handle).map_err(lie)
    }

    pub(super) fn take<T: 'static>(&mut self, handle: Resource<T>) -> wasmtime::Result<T> {
        self.table().delete(handle).map_err(lie)
    }

    /// All of them, for the libraries that keep theirs here too.
    pub(super) fn table(&mut self) -> &mut ResourceTable {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Too many is a limit, which the caller knows by the error; all else is a lie.
fn lie(error: ResourceTableError) -> wasmtime::Error {
    match error {
        ResourceTableError::Full => error.into(),
        other => wasmtime::Error::msg(format!("a handle that is not open was used: {other}")),
    }
}
