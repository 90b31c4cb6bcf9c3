//! Spans of rows that a strip is made of.

use std::ops::Range;

/// `rows` and `reach` more on either side, within `0..height`; none of none.
pub(crate) fn around(rows: &Range<usize>, reach: usize, height: usize) -> Range<usize> {
    if rows.is_empty() {
        return 0..0;
    }
    rows.start.saturating_sub(reach)..(rows.end + reach).min(height)
}

/// The rows from the first of either to the last of either.
pub(crate) fn hull(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_reaches_nowhere() {
        assert_eq!(around(&(3..3), 2, 9), 0..0);
        assert_eq!(around(&(3..4), 4, 6), 0..6);
        assert_eq!(hull(&(0..0), &(3..5)), 3..5);
        assert_eq!(hull(&(7..8), &(3..5)), 3..8);
    }
}
