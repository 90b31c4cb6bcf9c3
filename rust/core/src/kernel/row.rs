//! Loops over single rows.

use crate::cpu::{Level, dispatch, multiversion};

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
mod scalar;

multiversion! {
    /// Sum of a row.
    pub fn sum(row: &[u8]) -> u64 {
        // 255 · 2¹⁶ < 2³², so u32 cannot overflow within a chunk.
        row.chunks(1 << 16)
            .map(|row| u64::from(row.iter().map(|&sample| u32::from(sample)).sum::<u32>()))
            .sum()
    }
}

/// Sum of absolute differences of two rows.
#[must_use]
pub fn sad(level: Level, a: &[u8], b: &[u8]) -> u64 {
    // planes seldom start at a line of the cache: a load of 64 bytes would nearly always read two
    dispatch!(level, scalar::sad, avx2: avx2::sad, (a, b))
}

multiversion! {
    /// Adds the absolute differences of two rows to `sums`, a column a place.
    pub fn add_differences(a: &[u8], b: &[u8], sums: &mut [u16]) -> () {
        for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
            *sum += u16::from(a.abs_diff(b));
        }
    }
}

/// Halves two rows into one: means of 2x2 samples, each mean rounded up, first down the columns and
/// then along the row. An odd last column stands for two.
pub fn halve(level: Level, a: &[u8], b: &[u8], half: &mut [u8]) {
    dispatch!(level, scalar::halve, avx2: avx2::halve, avx512: avx512::halve, (a, b, half)
    );
}

multiversion! {
    /// Samples of `8 + shift` bits as 8-bit codes, rounded to the nearest.
    pub fn narrow(row: &[u16], shift: u32, narrow: &mut [u8]) -> () {
        let half = (1_u16 << shift) >> 1;
        for (narrow, &sample) in narrow.iter_mut().zip(row) {
            *narrow = (sample.saturating_add(half) >> shift).min(255).to_le_bytes()[0];
        }
    }
}

multiversion! {
    /// Alternating samples: those at even places, those at odd ones.
    pub fn part(row: &[u8], even: &mut [u8], odd: &mut [u8]) -> () {
        for ((even, odd), pair) in even.iter_mut().zip(odd).zip(row.as_chunks::<2>().0) {
            [*even, *odd] = *pair;
        }
    }
}

multiversion! {
    /// Sums of absolute steps between neighbours, by the column modulo 8 of the left one, over the
    /// whole groups of eight. A row has at most 16,000 samples.
    pub fn steps(row: &[u8]) -> [u32; 8] {
        // 255 · 2⁸ < 2¹⁶, so u16 holds 256 steps a lane.
        let mut lanes = [0_u16; 64];
        let right = row.get(1..).unwrap_or_default();
        let (here64, here) = row[..right.len()].as_chunks::<64>();
        let (right64, right) = right.as_chunks::<64>();
        for (here, right) in here64.iter().zip(right64) {
            for k in 0..64 {
                lanes[k] += u16::from(here[k].abs_diff(right[k]));
            }
        }
        for (here, right) in here.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0) {
            for k in 0..8 {
                lanes[k] += u16::from(here[k].abs_diff(right[k]));
            }
        }
        let mut sums = [0; 8];
        for (k, lane) in lanes.into_iter().enumerate() {
            sums[k % 8] += u32::from(lane);
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::noise;

    const LENGTHS: [usize; 14] = [
        0, 1, 15, 16, 17, 31, 33, 63, 127, 128, 129, 640, 1921, 70_000,
    ];

    #[test]
    fn every_level_agrees_with_the_reference() {
        for len in LENGTHS {
            let (a, b) = (noise(1, len), noise(2, len));
            let wide: Vec<u16> = a
                .iter()
                .zip(&b)
                .map(|(&a, &b)| u16::from(a) << 2 | u16::from(b) & 3)
                .collect();
            let all = |level| {
                let (mut sums, mut half, mut low) =
                    (vec![3_u16; len], vec![0; len.div_ceil(2)], vec![0; len]);
                add_differences(level, &a, &b, &mut sums);
                halve(level, &a, &b, &mut half);
                narrow(level, &wide, 2, &mut low);
                let (mut even, mut odd) = (vec![0; len / 2], vec![0; len / 2]);
                part(level, &a, &mut even, &mut odd);
                (
                    sum(level, &a),
                    sad(level, &a, &b),
                    sums,
                    half,
                    low,
                    even,
                    odd,
                    steps(level, &a[..len.min(16_000)]),
                )
            };
            for level in Level::all() {
                assert_eq!(all(level), all(Level::SCALAR), "{level:?} {len}");
            }
        }
    }

    #[test]
    fn halving_rounds_up_and_lets_an_odd_column_stand_for_two() {
        let mut half = [0; 2];
        halve(Level::detect(), &[1, 2, 9], &[2, 2, 10], &mut half);
        assert_eq!(half, [2, 10]);
    }

    #[test]
    fn narrowing_rounds_and_never_wraps() {
        let mut narrowed = [0; 4];
        narrow(Level::detect(), &[5, 6, 1023, u16::MAX], 2, &mut narrowed);
        assert_eq!(narrowed, [1, 2, 255, 255]);
    }
}
