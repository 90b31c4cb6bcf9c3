//! Loops over rows and blocks of samples: the only ones worth vectorising.

pub mod adm;
pub mod blur_difference;
#[cfg_attr(
    not(target_arch = "x86_64"),
    expect(dead_code, reason = "the scalar bodies alone")
)]
mod lanes;
pub mod vif;

use crate::cpu::multiversion;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::Level;

    fn noise(seed: u64, len: usize) -> Vec<u8> {
        let mut s = seed;
        (0..len)
            .map(|_| {
                s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                s.to_be_bytes()[0]
            })
            .collect()
    }

    #[test]
    fn every_level_agrees_with_the_reference() {
        for len in [0, 1, 15, 16, 17, 31, 33, 640, 1921, 70_000] {
            let (a, b) = (noise(1, len), noise(2, len));
            for level in Level::all() {
                assert_eq!(
                    sad(level, &a, &b),
                    sad(Level::SCALAR, &a, &b),
                    "{level:?} {len}"
                );
            }
        }
    }
}
