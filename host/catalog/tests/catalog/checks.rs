//! What a check of a right takes: it is made at each call of a plugin that opens or reads something.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use polder_catalog::{Grantee, Kind, Privilege, Privileges};

use crate::support::*;

/// Counts what each thread allocates.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is `System`'s; the count of a thread allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn allocations<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = COUNT.get();
    let done = work();
    (done, COUNT.get() - before)
}

#[tokio::test]
async fn what_caller_plugin_and_request_allow_is_found_without_allocation() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let plugin = owner.install(&plugin("main.default.p", "1", &["f"])).await.unwrap();
    let files = owner.create(volume("main.default.files")).await.unwrap();
    scratch.usage("ann").await;
    let asked: Privileges = [Privilege::UseCatalog, Privilege::UseSchema, Privilege::ReadVolume].into_iter().collect();
    let through = async || scratch.as_("ann").await.through(&plugin, asked).await.unwrap();

    // Each of the three alone is not enough, and neither are two of them.
    owner.grant(&[Privilege::ReadVolume, Privilege::WriteVolume], &files, "ann").await.unwrap();
    assert!(!through().await.may(&files, Privilege::ReadVolume));
    let to = Grantee::Plugin(plugin.name.clone());
    for (kind, name_of, privilege) in [
        (Kind::Catalog, "main", Privilege::UseCatalog),
        (Kind::Schema, "main.default", Privilege::UseSchema),
        (Kind::Volume, "main.default.files", Privilege::ReadVolume),
        (Kind::Volume, "main.default.files", Privilege::WriteVolume),
    ] {
        let securable = owner.resolve(&[kind], &name(name_of)).await.unwrap();
        owner.grant(&[privilege], &securable, to.clone()).await.unwrap();
    }
    let access = through().await;
    assert_eq!(allocations(|| access.may(&files, Privilege::ReadVolume)), (true, 0));
    assert_eq!(allocations(|| access.may(&files, Privilege::WriteVolume)), (false, 0));
    scratch.revoke(Privilege::ReadVolume, Kind::Volume, "main.default.files", "ann").await;
    assert!(!through().await.may(&files, Privilege::ReadVolume));
}
