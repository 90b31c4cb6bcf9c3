//! Threads that share the tasks of a pair.

use std::{
    sync::{Mutex, PoisonError},
    thread,
};

use v100_core::quality::strips::Executor;

/// As many threads as there are states, the caller's among them, for as long as the tasks last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Threads;

impl Executor for Threads {
    fn share<S: Send, K: Send>(
        &self,
        states: &mut [S],
        tasks: impl Iterator<Item = K> + Send,
        work: impl Fn(&mut S, K) + Sync,
    ) {
        let tasks = Mutex::new(tasks);
        let next = || tasks.lock().unwrap_or_else(PoisonError::into_inner).next();
        let busy = |state: &mut S| {
            while let Some(task) = next() {
                work(state, task);
            }
        };
        let Some((mine, others)) = states.split_first_mut() else {
            return;
        };
        thread::scope(|scope| {
            for state in others {
                scope.spawn(|| busy(state));
            }
            busy(mine);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_done_once_by_one_of_the_states() {
        for workers in [1, 2, 5] {
            let mut states = vec![Vec::new(); workers];
            Threads.share(&mut states, 0..100, |state, task| state.push(task));
            let mut done = states.concat();
            done.sort_unstable();
            assert_eq!(done, (0..100).collect::<Vec<_>>());
        }
    }
}
