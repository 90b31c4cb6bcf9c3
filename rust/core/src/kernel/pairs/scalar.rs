//! The oracle: what every instruction set must return.

pub(super) fn differences(now: &[u8], last: &[u8], width: usize, pairs: &mut [u16]) {
    pairs.fill(0);
    for (now, last) in now.chunks_exact(width).zip(last.chunks_exact(width)) {
        for (x, (now, last)) in now.iter().zip(last).enumerate() {
            pairs[x / 2] += u16::from(now.abs_diff(*last));
        }
    }
}

pub(super) fn products(a: &[&[u8]], b: &[&[u8]], pairs: &mut [Vec<u16>; 2]) -> [u64; 3] {
    let mut sums = [0; 3];
    for pairs in pairs.iter_mut() {
        pairs.fill(0);
    }
    for (a, b) in a.iter().zip(b) {
        for (x, (&a, &b)) in a.iter().zip(*b).enumerate() {
            pairs[0][x / 2] += u16::from(a);
            pairs[1][x / 2] += u16::from(b);
            let (a, b) = (u64::from(a), u64::from(b));
            sums = [sums[0] + a * a, sums[1] + b * b, sums[2] + a * b];
        }
    }
    sums
}
