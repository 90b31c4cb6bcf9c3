//! Loops over rows and blocks of samples: the only ones worth vectorising.

                    "{level:?} {len}"
                    sad(Level::SCALAR, &a, &b),
                    sad(level, &a, &b),
                );
                assert_eq!(
            .map(|(a, b)| u64::from(a.iter().zip(b).map(|(&a, &b)| u32::from(a.abs_diff(b))).sum::<u32>()))
            .map(|_| {
            .sum()
            .zip(b.chunks(1 << 16))
        (0..len)
        // 255 · 2¹⁶ < 2³², so u32 cannot overflow within a chunk.
        a.chunks(1 << 16)
        let mut s = seed;
    /// Sum of absolute differences of two rows.
    fn noise(seed: u64, len: usize) -> Vec<u8> {
    pub fn sad(a: &[u8], b: &[u8]) -> u64 {
    use crate::cpu::Level;
    use super::*;
    }
#[cfg(test)]
mod tests {
multiversion! {
pub mod siti;
use crate::cpu::multiversion;
}
                s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                s.to_be_bytes()[0]
            .collect()
            .map(|(a, b)| u64::from(a.iter().zip(b).map(|(&a, &b)| u32::from(a.abs_diff(b))).sum::<u32>()))
            .map(|_| {
            .sum()
            .zip(b.chunks(1 << 16))
            for level in Level::all() {
            let (a, b) = (noise(1, len), noise(2, len));
            }
            })
        (0..len)
        // 255 · 2¹⁶ < 2³², so u32 cannot overflow within a chunk.
        a.chunks(1 << 16)
        for len in [0, 1, 15, 16, 17, 31, 33, 640, 1921, 70_000] {
        let mut s = seed;
        }
    #[test]
    /// Sum of absolute differences of two rows.
    fn every_level_agrees_with_the_reference() {
    fn noise(seed: u64, len: usize) -> Vec<u8> {
    pub fn sad(a: &[u8], b: &[u8]) -> u64 {
    use crate::cpu::Level;
    use super::*;
    }
#[cfg(test)]
mod tests {
multiversion! {
pub mod cells;
pub mod fold;
pub mod row;
pub(crate) mod block;
pub(crate) mod padded;
use crate::cpu::multiversion;
}
