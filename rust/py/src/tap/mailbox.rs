//! What a media thread and the thread that measures share. Neither ever waits for the other.

use std::{
    collections::VecDeque,
    iter,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use v100_core::analyzer::Reading;

use crate::picture::LentPicture;

/// A frame that was taken.
pub(super) struct Offered {
    /// Offers before it.
    pub(super) number: u64,
    pub(super) pts: f64,
    pub(super) picture: LentPicture,
}

/// What a frame measures.
pub(super) struct Measured {
    pub(super) number: u64,
    pub(super) pts: f64,
    pub(super) reading: Reading,
}

/// What became of the frames.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) offered: AtomicU64,
    pub(super) analysed: AtomicU64,
    pub(super) replaced: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) skipped: AtomicU64,
    pub(super) readings_dropped: AtomicU64,
}

/// The newest frame on its way in, readings on their way out, and frames to be given back.
pub(super) struct Mailbox {
    newest: Newest,
    /// Frames that are done with: only who holds the interpreter's lock may give them back.
    spent: Mutex<Vec<Offered>>,
    readings: Mutex<VecDeque<Measured>>,
    capacity: usize,
    refusal: Mutex<Option<String>>,
    pub(super) counts: Counts,
    pub(super) closing: AtomicBool,
}

impl Mailbox {
    /// A line that keeps `capacity` readings.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            newest: Newest::default(),
            spent: Mutex::default(),
            readings: Mutex::default(),
            capacity,
            refusal: Mutex::default(),
            counts: Counts::default(),
            closing: AtomicBool::new(false),
        }
    }

    /// Media side: puts a frame in, and gives back the one it replaces and those done with.
    pub(super) fn put(&self, offered: Offered) {
        if let Some(replaced) = self.newest.put(offered) {
            add(&self.counts.replaced);
            drop(replaced);
        }
        self.sweep();
    }

    /// Media side: gives back the frames that are done with.
    pub(super) fn sweep(&self) {
        // Each is let go of outside of the lock: that runs code of whoever lent it.
        while let Some(spent) = grabbed(&self.spent, Vec::pop) {
            drop(spent);
        }
    }

    /// Media side: the readings so far, oldest first.
    pub(super) fn collect(&self) -> impl Iterator<Item = Measured> {
        iter::from_fn(|| grabbed(&self.readings, VecDeque::pop_front))
    }

    /// Measuring side: the newest frame there is.
    pub(super) fn take(&self) -> Option<Offered> {
        let [first, second] = self.newest.take();
        let (newest, older) = match (first, second) {
            (Some(one), Some(other)) if other.number > one.number => (Some(other), Some(one)),
            (Some(one), other) => (Some(one), other),
            (None, other) => (other, None),
        };
        if let Some(older) = older {
            self.spend(older);
            add(&self.counts.replaced);
        }
        newest
    }

    /// Measuring side: a frame is done with.
    pub(super) fn spend(&self, offered: Offered) {
        locked(&self.spent).push(offered);
    }

    /// Measuring side: a reading is ready; the oldest goes where there is no room.
    pub(super) fn tell(&self, measured: Measured) {
        let mut readings = locked(&self.readings);
        if readings.len() == self.capacity {
            readings.pop_front();
            add(&self.counts.readings_dropped);
        }
        readings.push_back(measured);
    }

    /// A frame cannot be read.
    pub(super) fn refuse(&self, why: String) {
        *locked(&self.refusal) = Some(why);
        add(&self.counts.refused);
    }

    /// Why the last frame that could not be read could not.
    pub(super) fn refusal(&self) -> Option<String> {
        locked(&self.refusal).clone()
    }
}

/// Two places for one frame, as the media thread must not wait for a thread that was put to sleep
/// by the scheduler while it held a lock: it takes the other place. Which frame is newest is told
/// by their numbers.
#[derive(Default)]
struct Newest([Mutex<Option<Offered>>; 2]);

impl Newest {
    /// Puts a frame in; the one that was there comes back.
    fn put(&self, offered: Offered) -> Option<Offered> {
        loop {
            // The other thread holds one lock at a time, and nobody else any but for an instant.
            for place in &self.0 {
                if let Ok(mut place) = place.try_lock() {
                    return place.replace(offered);
                }
            }
        }
    }

    fn take(&self) -> [Option<Offered>; 2] {
        self.0.each_ref().map(|place| grabbed(place, Option::take))
    }
}

/// One more.
pub(super) fn add(count: &AtomicU64) -> u64 {
    count.fetch_add(1, Ordering::AcqRel)
}

/// What `take` finds, or nothing where the other thread is just adding something: it may have been
/// put to sleep while it holds the lock, and there is a next time. The memory stays where it is, as
/// the other thread's allocator has a lock as well.
fn grabbed<T, R>(mutex: &Mutex<T>, take: impl FnOnce(&mut T) -> Option<R>) -> Option<R> {
    mutex.try_lock().ok().and_then(|mut held| take(&mut held))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use v100_core::frame::Format;

    use super::*;

    fn offered(number: u64) -> Offered {
        Offered {
            number,
            pts: 0.0,
            picture: LentPicture::of(Format::GRAY, (16, 16), Vec::new()),
        }
    }

    fn replaced(mailbox: &Mailbox) -> u64 {
        mailbox.counts.replaced.load(Ordering::Acquire)
    }

    #[test]
    fn a_newer_frame_replaces_the_one_that_waits() {
        let mailbox = Mailbox::new(1);
        mailbox.put(offered(0));
        mailbox.put(offered(1));
        assert_eq!(mailbox.take().map(|it| it.number), Some(1));
        assert_eq!(replaced(&mailbox), 1);
        assert!(mailbox.take().is_none());
    }

    #[test]
    fn a_media_thread_goes_past_every_lock_that_is_held() {
        let mailbox = Mailbox::new(1);
        let held = mailbox.newest.0[0].lock().unwrap();
        mailbox.put(offered(0));
        drop(held);
        mailbox.put(offered(1));

        let (spent, readings) = (
            mailbox.spent.lock().unwrap(),
            mailbox.readings.lock().unwrap(),
        );
        mailbox.sweep();
        assert_eq!(mailbox.collect().count(), 0);
        drop((spent, readings));

        assert_eq!(mailbox.take().map(|it| it.number), Some(1));
        assert_eq!(replaced(&mailbox), 1);
        assert_eq!(mailbox.spent.lock().unwrap().len(), 1);
        mailbox.sweep();
        assert!(mailbox.spent.lock().unwrap().is_empty());
    }

    #[test]
    fn every_frame_is_taken_or_replaced_and_none_before_an_older_one() {
        const FRAMES: u64 = 20_000;
        let mailbox = Mailbox::new(1);
        let over = AtomicBool::new(false);
        let taken = thread::scope(|scope| {
            let taking = scope.spawn(|| {
                let mut taken = Vec::new();
                loop {
                    let over = over.load(Ordering::Acquire);
                    match mailbox.take() {
                        Some(offered) => taken.push(offered.number),
                        None if over => return taken,
                        None => thread::yield_now(),
                    }
                }
            });
            (0..FRAMES).for_each(|number| mailbox.put(offered(number)));
            over.store(true, Ordering::Release);
            taking.join().unwrap()
        });
        assert!(taken.is_sorted());
        assert_eq!(taken.last(), Some(&(FRAMES - 1)));
        assert_eq!(taken.len() as u64 + replaced(&mailbox), FRAMES);
    }
}
