//! The oracle: what every instruction set must return.

/// Sum of absolute differences.
#[inline]
pub(super) fn sad(a: &[u8], b: &[u8]) -> u64 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| u64::from(a.abs_diff(b)))
        .sum()
}

/// Halves two rows into one.
#[inline]
pub(super) fn halve(a: &[u8], b: &[u8], half: &mut [u8]) {
    let (a2, a1) = a.as_chunks::<2>();
    let (b2, b1) = b.as_chunks::<2>();
    for ((half, a), b) in half.iter_mut().zip(a2).zip(b2) {
        *half = mean(mean(a[0], b[0]), mean(a[1], b[1]));
    }
    if let (&[a], &[b], Some(half)) = (a1, b1, half.last_mut()) {
        *half = mean(a, b);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
fn mean(a: u8, b: u8) -> u8 {
    ((u16::from(a) + u16::from(b) + 1) >> 1) as u8
}
