//! What a check of a right takes: it is made at each call of a plugin that opens or reads something.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use polder_catalog::{Asked, Error, Grantee, Kind, Privilege, Wish};

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
    let asked = Wish::read(&plugin.name, "READ VOLUME", "VOLUME", "files").unwrap();
    let through = async || scratch.as_("ann").await.through(&plugin, Asked::from_iter([asked.clone()])).await.unwrap();

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

/// However much was granted, a plugin uses it only on what it asked for.
#[tokio::test]
async fn a_wish_covers_what_it_names_and_what_is_inside() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let plugin = owner.install(&plugin("main.default.p", "1", &["f"])).await.unwrap();
    owner.create(schema("main.other")).await.unwrap();
    let near = owner.create(table("main.default.t")).await.unwrap();
    let far = owner.create(table("main.other.t")).await.unwrap();
    let files = owner.create(volume("main.default.t")).await.unwrap();
    let catalog = owner.resolve(&[Kind::Catalog], &name("main")).await.unwrap();
    let to = Grantee::Plugin(plugin.name.clone());
    owner.grant(&[Privilege::AllPrivileges, Privilege::Manage], &catalog, to).await.unwrap();

    use Privilege::{Manage, Modify, ReadVolume, Select};
    for (privilege, kind, on, covered) in [
        ("SELECT", "TABLE", "", vec![(&near, Select), (&far, Select)]),
        ("SELECT", "TABLE", "t", vec![(&near, Select)]),
        ("SELECT", "TABLE", "other.t", vec![(&far, Select)]),
        ("SELECT", "TABLE", "main.other.t", vec![(&far, Select)]),
        // Tables and views share their names.
        ("SELECT", "VIEW", "t", vec![(&near, Select)]),
        ("SELECT", "SCHEMA", "other", vec![(&far, Select)]),
        ("SELECT", "SCHEMA", "", vec![(&near, Select), (&far, Select)]),
        ("SELECT", "CATALOG", "elsewhere", vec![]),
        ("READ VOLUME", "VOLUME", "t", vec![(&files, ReadVolume)]),
        ("READ VOLUME", "CATALOG", "main", vec![(&files, ReadVolume)]),
        ("MANAGE", "VOLUME", "t", vec![(&files, Manage)]),
        ("ALL PRIVILEGES", "TABLE", "t", vec![(&near, Select), (&near, Modify)]),
    ] {
        let asked = Wish::read(&plugin.name, privilege, kind, on).unwrap();
        let access = owner.through(&plugin, Asked::from_iter([asked])).await.unwrap();
        for (securable, privilege) in
            [(&near, Select), (&near, Modify), (&near, Manage), (&far, Select), (&files, ReadVolume), (&files, Manage)]
        {
            let expected = covered.contains(&(securable, privilege));
            assert_eq!(access.may(securable, privilege), expected, "{kind} {on}: {privilege} on {}", securable.name);
            assert_eq!(access.privileges(securable).contains(privilege), expected);
            let required = access.require(securable, privilege).await;
            assert!(if expected { required.is_ok() } else { matches!(required, Err(Error::NotAsked { .. })) });
        }
    }
    for (privilege, kind, on) in
        [("SELECT", "VOLUME", "t"), ("SELECT", "TABLE", "a.b.c.d"), ("SELECT", "TABEL", ""), ("SELEKT", "TABLE", "")]
    {
        assert!(Wish::read(&plugin.name, privilege, kind, on).is_err(), "{privilege} {kind} {on}");
    }
}
