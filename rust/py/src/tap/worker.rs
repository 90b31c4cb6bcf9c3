//! The thread that measures what a tap takes. It never needs the interpreter's lock.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::Ordering,
    thread,
    time::Duration,
};

use super::mailbox::{Mailbox, Measured, Offered, add};
use crate::analyzer::Stream;

/// The shortest time between two looks for a frame.
const LOOK: Duration = Duration::from_millis(2);

/// The longest.
const REST: Duration = Duration::from_millis(20);

/// Share of the time since the last frame that the next look may be away: a quarter of a frame at
/// any rate.
const PATIENCE: u32 = 4;

/// Measures frames until the line closes and nothing waits.
///
/// Nobody wakes this thread when a frame comes: a wake costs a media thread microseconds, and the
/// processor where the two share one. It looks by itself, more often while frames are coming.
pub(super) fn run(mailbox: &Mailbox, mut stream: Stream) {
    let mut waited = Duration::ZERO;
    loop {
        let closing = mailbox.closing.load(Ordering::Acquire);
        match mailbox.take() {
            Some(offered) => {
                measure(mailbox, &mut stream, offered);
                waited = Duration::ZERO;
            }
            None if closing => return,
            None => {
                let pause = (waited / PATIENCE).clamp(LOOK, REST);
                thread::park_timeout(pause);
                waited += pause;
            }
        }
    }
}

fn measure(mailbox: &Mailbox, stream: &mut Stream, offered: Offered) {
    let (number, pts) = (offered.number, offered.pts);
    // A frame that breaks the analysis must cost one reading, not all that follow.
    let found = catch_unwind(AssertUnwindSafe(|| {
        let frame = offered.picture.frame().ok()?;
        Some(stream.push(&frame, pts, None))
    }));
    mailbox.spend(offered);
    match found {
        Ok(Some(reading)) => {
            mailbox.tell(Measured {
                number,
                pts,
                reading,
            });
            add(&mailbox.counts.analysed);
        }
        Ok(None) => mailbox.refuse(format!(
            "frame {number} does not fit its description any more"
        )),
        Err(_) => {
            stream.reset();
            mailbox.refuse(format!("frame {number} broke the analysis"));
        }
    }
}

/// What the system calls the thread that asks, where it says so: its priority is set by that.
pub(super) fn thread_id() -> Option<u32> {
    let path = fs::read_link("/proc/thread-self").ok()?;
    path.file_name()?.to_str()?.parse().ok()
}
