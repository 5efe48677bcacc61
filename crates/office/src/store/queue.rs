//! The bounded queue before the store's threads: people are served before bulk work, and a full
//! lane refuses at once instead of letting callers pile up.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{Fault, Lane};

/// A queue of two lanes with one capacity each.
pub(super) struct Queue<T> {
    lanes: Mutex<Lanes<T>>,
    filled: Condvar,
    capacity: usize,
}

struct Lanes<T> {
    people: VecDeque<T>,
    bulk: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        let lanes = Lanes { people: VecDeque::new(), bulk: VecDeque::new(), closed: false };
        Self { lanes: Mutex::new(lanes), filled: Condvar::new(), capacity }
    }

    /// Adds work, or answers [`Fault::Busy`] when the lane is full.
    pub(super) fn push(&self, lane: Lane, work: T) -> Result<(), Fault> {
        let mut lanes = self.lock();
        if lanes.closed {
            return Err(Fault::Abandoned);
        }
        let line = match lane {
            Lane::People => &mut lanes.people,
            Lane::Bulk => &mut lanes.bulk,
        };
        if line.len() >= self.capacity {
            return Err(Fault::Busy);
        }
        line.push_back(work);
        drop(lanes);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for work; `None` when the queue is closed and empty.
    pub(super) fn take(&self) -> Option<T> {
        let mut lanes = self.lock();
        loop {
            if let Some(work) = lanes.next() {
                return Some(work);
            }
            if lanes.closed {
                return None;
            }
            lanes = self.filled.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Work that is there now.
    pub(super) fn take_now(&self) -> Option<T> {
        self.lock().next()
    }

    /// No more work is accepted; what is queued is still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// A panic cannot leave the lanes half changed, so a poisoned lock is usable.
    fn lock(&self) -> MutexGuard<'_, Lanes<T>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Lanes<T> {
    fn next(&mut self) -> Option<T> {
        self.people.pop_front().or_else(|| self.bulk.pop_front())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_go_first_and_each_lane_is_bounded() {
        let queue = Queue::new(2);
        queue.push(Lane::Bulk, 1).unwrap();
        queue.push(Lane::Bulk, 2).unwrap();
        assert_eq!(queue.push(Lane::Bulk, 3), Err(Fault::Busy));
        queue.push(Lane::People, 4).unwrap();
        assert_eq!([queue.take(), queue.take(), queue.take()], [Some(4), Some(1), Some(2)]);
        assert_eq!(queue.take_now(), None);
    }

    #[test]
    fn a_closed_queue_drains_and_ends() {
        let queue = Queue::new(2);
        queue.push(Lane::People, 1).unwrap();
        queue.close();
        assert_eq!(queue.push(Lane::People, 2), Err(Fault::Abandoned));
        assert_eq!((queue.take(), queue.take()), (Some(1), None));
    }
}
