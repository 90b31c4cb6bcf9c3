//! Loops over single rows.

use crate::cpu::multiversion;

multiversion! {
    /// Sum of a row.
    pub fn sum(row: &[u8]) -> u64 {
        // 255 · 2¹⁶ < 2³², so u32 cannot overflow within a chunk.
        row.chunks(1 << 16)
            .map(|row| u64::from(row.iter().map(|&sample| u32::from(sample)).sum::<u32>()))
            .sum()
    }
}

multiversion! {
    /// Sum of absolute differences of two rows.
    pub fn sad(a: &[u8], b: &[u8]) -> u64 {
        // 255 · 2¹⁶ < 2³², so u32 cannot overflow within a chunk.
        a.chunks(1 << 16)
            .zip(b.chunks(1 << 16))
            .map(|(a, b)| u64::from(a.iter().zip(b).map(|(&a, &b)| u32::from(a.abs_diff(b))).sum::<u32>()))
            .sum()
    }
}

multiversion! {
    /// Adds the absolute differences of two rows to `sums`, a column a place.
    pub fn add_differences(a: &[u8], b: &[u8], sums: &mut [u16]) -> () {
        for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
            *sum += u16::from(a.abs_diff(b));
        }
    }
}

multiversion! {
    /// Adds a row to `sums`, a column a place.
    pub fn add(row: &[u8], sums: &mut [u16]) -> () {
        for (sum, &sample) in sums.iter_mut().zip(row) {
            *sum += u16::from(sample);
        }
    }
}

multiversion! {
    /// Halves two rows into one: means of 2x2 samples, each mean rounded up, first down the
    /// columns and then along the row. An odd last column stands for two.
    #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
    pub fn halve(a: &[u8], b: &[u8], half: &mut [u8]) -> () {
        let mean = |a: u8, b: u8| ((u16::from(a) + u16::from(b) + 1) >> 1) as u8;
        let (a2, a1) = a.as_chunks::<2>();
        let (b2, b1) = b.as_chunks::<2>();
        for ((half, a), b) in half.iter_mut().zip(a2).zip(b2) {
            *half = mean(mean(a[0], b[0]), mean(a[1], b[1]));
        }
        if let (&[a], &[b], Some(half)) = (a1, b1, half.last_mut()) {
            *half = mean(a, b);
        }
    }
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
    /// Sums of squares and of products of two rows: Σa², Σb², Σab.
    pub fn products(a: &[u8], b: &[u8]) -> [u64; 3] {
        let mut sums = [0_u64; 3];
        // 255² · 2¹⁶ < 2³², so u32 cannot overflow within a chunk.
        for (a, b) in a.chunks(1 << 16).zip(b.chunks(1 << 16)) {
            let (mut aa, mut bb, mut ab) = (0_u32, 0_u32, 0_u32);
            for (&a, &b) in a.iter().zip(b) {
                let (a, b) = (u32::from(a), u32::from(b));
                aa += a * a;
                bb += b * b;
                ab += a * b;
            }
            sums = [sums[0] + u64::from(aa), sums[1] + u64::from(bb), sums[2] + u64::from(ab)];
        }
        sums
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
    use crate::{cpu::Level, fake::noise};

    const LENGTHS: [usize; 10] = [0, 1, 15, 16, 17, 31, 33, 640, 1921, 70_000];

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
                add(level, &a, &mut sums);
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
                    products(level, &a, &b),
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
