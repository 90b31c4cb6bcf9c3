//! How a pair's work is shared out: strips of its rows, and whoever does them.

use std::ops::Range;

/// One of the strips that a picture is cut into; its borders are the same share of every scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strip {
    /// Strips above it.
    at: usize,
    /// Strips in all.
    of: usize,
}

impl Strip {
    /// `count` strips, from the top down; at least one.
    pub fn cut(count: usize) -> impl Iterator<Item = Self> + Clone + Send {
        let of = count.max(1);
        (0..of).map(move |at| Self { at, of })
    }

    /// Its rows of a plane with `height` rows.
    #[must_use]
    pub fn rows(self, height: usize) -> Range<usize> {
        let cut = |at: usize| at * height / self.of;
        cut(self.at)..cut(self.at + 1)
    }
}

/// Those who share the tasks of a pair: [`Serial`], or threads, which are not started here.
pub trait Executor {
    /// Does every task once, in any order. Each worker has one of `states`, and does one task at a time;
    /// there is at least one.
    fn share<S: Send, K: Send>(
        &self,
        states: &mut [S],
        tasks: impl Iterator<Item = K> + Send,
        work: impl Fn(&mut S, K) + Sync,
    );
}

/// One who does all tasks, in their order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Serial;

impl Executor for Serial {
    fn share<S: Send, K: Send>(
        &self,
        states: &mut [S],
        tasks: impl Iterator<Item = K> + Send,
        work: impl Fn(&mut S, K) + Sync,
    ) {
        if let [state, ..] = states {
            tasks.for_each(|task| work(state, task));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_cover_every_row_once() {
        for height in [1, 2, 5, 324, 1080] {
            for count in 0..9 {
                let rows: Vec<_> = Strip::cut(count)
                    .flat_map(|strip| strip.rows(height))
                    .collect();
                assert_eq!(rows, (0..height).collect::<Vec<_>>());
            }
        }
        assert_eq!(Strip { at: 0, of: 1 }.rows(7), 0..7);
    }
}
