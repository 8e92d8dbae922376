//! Memory for small things, quickly.
//!
//! What crosses the border, and what functions on rows return, is many short-lived values, and the standard library's
//! allocator takes a hundred instructions for each, the crate `talc` more still. Here a value of up to 512 bytes takes the
//! place that one of its size has left, or is cut from a page. Larger ones are the standard library's; a page stays what
//! it is for the life of the instance, which is that of a statement. The first page is part of the module, so that an
//! instance that needs no more never has its memory grown, for which the host would have to ask the system.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;

#[cfg(target_feature = "atomics")]
compile_error!("a component has one thread");

/// Sizes go up by this much, which is also the alignment.
const STEP: usize = 16;
const SIZES: usize = 32;
const PAGE: usize = 16 << 10;
const FIRST_PAGE: usize = 32 << 10;

#[repr(align(16))]
struct Page(UnsafeCell<[u8; FIRST_PAGE]>);

static FIRST: Page = Page(UnsafeCell::new([0; FIRST_PAGE]));

#[global_allocator]
static ALLOCATOR: Allocator =
    Allocator { left: [const { Cell::new(None) }; SIZES], page: Cell::new((FIRST.0.get().cast(), FIRST_PAGE)) };

struct Allocator {
    /// For each size the place that was left last, in which stands the one before it.
    left: [Cell<Option<NonNull<Place>>>; SIZES],
    /// Where the rest of the page begins, and how long it is.
    page: Cell<(*mut u8, usize)>,
}

struct Place {
    before: Option<NonNull<Place>>,
}

// SAFETY: a component has one thread, as is checked above.
unsafe impl Sync for Allocator {}

// SAFETY: as above; and nobody but the allocator knows of it.
unsafe impl Sync for Page {}

/// Which size a value has; none when it is too large, or to be aligned to more than a step.
#[inline]
fn size(layout: Layout) -> Option<usize> {
    let size = layout.size().wrapping_sub(1) / STEP;
    (size < SIZES && layout.align() <= STEP).then_some(size)
}

impl Allocator {
    /// A place cut from the page, or from a new one.
    #[cold]
    fn cut(&self, size: usize) -> *mut u8 {
        let bytes = (size + 1) * STEP;
        let (mut page, mut rest) = self.page.get();
        if rest < bytes {
            // SAFETY: the layout is not empty, and its alignment a power of 2.
            page = unsafe { System.alloc(Layout::from_size_align_unchecked(PAGE, STEP)) };
            rest = if page.is_null() { return page } else { PAGE };
        }
        // SAFETY: so many bytes are left of the page.
        self.page.set((unsafe { page.add(bytes) }, rest - bytes));
        page
    }
}

// SAFETY: a place is handed out once until it is given back, to whoever wants no more than its size, and is a part of
// a page that never goes; the rest is `System`'s.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(size) = size(layout) else {
            // SAFETY: as the caller's.
            return unsafe { System.alloc(layout) };
        };
        let Some(place) = self.left[size].get() else { return self.cut(size) };
        // SAFETY: nobody but the list holds the place, which was written when it was left.
        self.left[size].set(unsafe { place.read() }.before);
        place.as_ptr().cast()
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        match (size(layout), NonNull::new(pointer.cast::<Place>())) {
            (Some(size), Some(place)) => {
                // SAFETY: the place is the caller's no more, and long enough and aligned for this.
                unsafe { place.write(Place { before: self.left[size].get() }) };
                self.left[size].set(Some(place));
            }
            // SAFETY: as the caller's.
            _ => unsafe { System.dealloc(pointer, layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if size(layout).is_none() {
            // SAFETY: as the caller's.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: as the caller's.
        let pointer = unsafe { self.alloc(layout) };
        if !pointer.is_null() {
            // SAFETY: so long it is at least.
            unsafe { pointer.write_bytes(0, layout.size()) };
        }
        pointer
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's size does not overflow with this alignment.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        match (size(layout), size(new)) {
            // SAFETY: as the caller's.
            (None, None) => unsafe { System.realloc(pointer, layout, new_size) },
            (old, now) if old == now => pointer,
            _ => {
                // SAFETY: as the caller's; both are as long as the shorter one.
                unsafe {
                    let moved = self.alloc(new);
                    if !moved.is_null() {
                        pointer.copy_to_nonoverlapping(moved, layout.size().min(new_size));
                        self.dealloc(pointer, layout);
                    }
                    moved
                }
            }
        }
    }
}
