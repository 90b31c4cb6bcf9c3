//! Rows of samples that begin where cache lines do, so that whole vectors never lie across two.

/// Bytes of a cache line, and of the longest vector.
const LINE: usize = 64;

/// Samples from row to row, of at least `len` each: an odd number of cache lines, so that a column of
/// many rows does not fall into a few sets of a cache.
pub(crate) const fn apart<T>(len: usize) -> usize {
    let line = LINE / size_of::<T>();
    (len.div_ceil(line) | 1) * line
}

/// Memory for rows, kept from frame to frame; what is in it is not said.
#[derive(Debug, Default)]
pub(crate) struct Rows<T> {
    memory: Vec<T>,
}

impl<T: Copy + Default> Rows<T> {
    /// `len` samples from the start of a cache line on.
    pub(crate) fn first(&mut self, len: usize) -> &mut [T] {
        let line = LINE / size_of::<T>();
        if self.memory.len() < len + line {
            self.memory.resize(len + line, T::default());
        }
        let start = self.memory.as_ptr().align_offset(LINE).min(line);
        &mut self.memory[start..][..len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_begin_where_cache_lines_do() {
        let mut rows = Rows::<i16>::default();
        for len in [1, 31, 32, 1000, 1984, 100_000] {
            let apart = apart::<i16>(len);
            assert!(apart >= len && apart * 2 / LINE % 2 == 1);
            let found = rows.first(3 * apart);
            assert_eq!(found.len(), 3 * apart);
            for row in found.chunks(apart) {
                assert_eq!(row.as_ptr().addr() % LINE, 0);
            }
        }
    }
}
