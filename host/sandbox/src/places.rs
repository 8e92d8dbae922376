//! Places for instances: a host has so many, and whoever finds none waits for one.
//!
//! Tenants take turns: a place that comes free goes to the tenant that waited longest since its last turn, and within it
//! to whoever came first, so a tenant that asks for a thousand delays another by one. Nobody waits longer than the
//! limit, as those who wait may hold what others wait for.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Interrupt;
use crate::ticker::TICK;

/// The places of a host.
pub(crate) struct Places(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

struct Queue {
    free: usize,
    /// Those who wait, by tenant; the tenant whose turn it is comes first.
    waiting: VecDeque<(Arc<str>, VecDeque<u64>)>,
    tickets: u64,
    /// Tickets that were given a place and have not taken it yet.
    called: Vec<u64>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// The wait was too long.
    Late,
    /// The statement was cancelled.
    Cancelled,
}

impl Places {
    pub(crate) fn new(places: usize) -> Self {
        let queue = Queue { free: places, waiting: VecDeque::new(), tickets: 0, called: Vec::new() };
        Self(Arc::new(Shared { queue: Mutex::new(queue), changed: Condvar::new() }))
    }

    /// A place for `tenant`, waiting for at most `patience`.
    pub(crate) fn take(&self, tenant: &Arc<str>, interrupt: &Interrupt, patience: Duration) -> Result<Place, NoPlace> {
        let mut queue = self.0.lock();
        if queue.free > 0 && queue.waiting.is_empty() {
            queue.free -= 1;
            return Ok(Place(Arc::clone(&self.0)));
        }
        let (ticket, until) = (queue.join(tenant), Instant::now() + patience);
        loop {
            if let Some(at) = queue.called.iter().position(|called| *called == ticket) {
                queue.called.swap_remove(at);
                return Ok(Place(Arc::clone(&self.0)));
            }
            let no = match () {
                () if interrupt.is_triggered() => Some(NoPlace::Cancelled),
                () if Instant::now() >= until => Some(NoPlace::Late),
                () => None,
            };
            if let Some(no) = no {
                queue.leave(tenant, ticket);
                return Err(no);
            }
            queue = self.0.changed.wait_timeout(queue, TICK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn join(&mut self, tenant: &Arc<str>) -> u64 {
        self.tickets += 1;
        match self.waiting.iter_mut().find(|(known, _)| known == tenant) {
            Some((_, tickets)) => tickets.push_back(self.tickets),
            None => self.waiting.push_back((Arc::clone(tenant), VecDeque::from([self.tickets]))),
        }
        self.tickets
    }

    fn leave(&mut self, tenant: &Arc<str>, ticket: u64) {
        if let Some((_, tickets)) = self.waiting.iter_mut().find(|(known, _)| known == tenant) {
            tickets.retain(|waiting| *waiting != ticket);
        }
        self.waiting.retain(|(_, tickets)| !tickets.is_empty());
    }

    /// Gives a free place to whoever's turn it is.
    fn call(&mut self) {
        let Some((tenant, mut tickets)) = self.waiting.pop_front() else {
            self.free += 1;
            return;
        };
        self.called.extend(tickets.pop_front());
        if !tickets.is_empty() {
            self.waiting.push_back((tenant, tickets));
        }
    }
}

/// A place, free again when it is dropped.
pub(crate) struct Place(Arc<Shared>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().call();
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn tenants_take_turns() {
        let places = Arc::new(Places::new(1));
        let held = places.take(&"a".into(), &Interrupt::new(), LONG).ok();
        let (send, receive) = mpsc::channel();
        let mut threads = Vec::new();
        for (count, tenant) in ["a", "a", "a", "b"].into_iter().enumerate() {
            let (all, send) = (Arc::clone(&places), send.clone());
            threads.push(thread::spawn(move || {
                let place = all.take(&tenant.into(), &Interrupt::new(), LONG);
                send.send(tenant).unwrap();
                drop(place);
            }));
            // Each is in the queue before the next one comes.
            while places.0.lock().tickets < count as u64 + 1 {
                thread::yield_now();
            }
        }
        drop(held);
        let order: Vec<_> = receive.iter().take(4).collect();
        assert_eq!(order, ["a", "b", "a", "a"]);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let queue = places.0.lock();
        assert_eq!((queue.free, queue.waiting.len()), (1, 0));
    }

    #[test]
    fn a_wait_ends_with_its_limit_and_with_its_statement() {
        let places = Places::new(1);
        let held = places.take(&"a".into(), &Interrupt::new(), LONG).ok();
        let late = places.take(&"b".into(), &Interrupt::new(), Duration::from_millis(30));
        assert_eq!(late.err(), Some(NoPlace::Late));
        let cancelled = Interrupt::new();
        cancelled.trigger();
        assert_eq!(places.take(&"b".into(), &cancelled, LONG).err(), Some(NoPlace::Cancelled));
        drop(held);
        assert!(places.take(&"b".into(), &Interrupt::new(), LONG).is_ok());
    }
}
