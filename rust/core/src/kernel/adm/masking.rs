//! What is kept of the reference's details and what is added to them, by vectors.

use super::{
    AdmSums, ContrastSensitivity, Part, mirror,
    scalar::{self, AROUND, CENTRE, COS2},
    wavelet::PAD,
};
use crate::kernel::lanes::{Lanes, bottom, load16, load32};
use std::{array, ops::Range};

/// One row: details h, v and d that are summed, and the masking that comes of the others.
#[derive(Debug, Default)]
pub(super) struct Masking {
    pub(super) summed: [Vec<i32>; 3],
    /// Thirtieths of what masks, over the three bands.
    pub(super) around: Vec<i32>,
    /// Fifteenths of the same, less the thirtieths.
    pub(super) centre: Vec<i32>,
}

/// Details h, v, d of one row of reference and distorted.
pub(super) type Pair<'a, T> = [&'a [Vec<T>; 3]; 2];

impl Masking {
    pub(super) fn resize(&mut self, len: usize) {
        for row in &mut self.summed {
            row.resize(len, 0);
        }
        self.around.resize(len, 0);
        self.centre.resize(len, 0);
    }

    /// Reflects the ends of the row, where they are reached.
    fn mirror_ends(&mut self, reach: &Range<usize>, width: usize) {
        if reach.start == 0 {
            self.around[PAD - 1] = self.around[PAD + mirror(-1, width)];
        }
        if reach.end == width {
            self.around[PAD + width] = self.around[PAD + width - 1];
        }
    }

    /// Position `x` as the oracle has it.
    fn set(
        &mut self,
        csf: &ContrastSensitivity,
        index: usize,
        x: usize,
        details: [[i32; 3]; 2],
        part: Part,
    ) {
        let [o, t] = details;
        let aligned = scalar::aligned([o[0], o[1]], [t[0], t[1]]);
        let (mut around, mut centre) = (0_i32, 0_i32);
        for band in 0..3 {
            let kept = scalar::keep(o[band], t[band], aligned.then_some(part.gain));
            let added = scalar::added(index, t[band], kept);
            let (summed, masking) = if part.added {
                (added, kept)
            } else {
                (kept, added)
            };
            let masking = scalar::sensed(csf, index, band, masking);
            self.summed[band][PAD + x] = summed;
            around = around.wrapping_add(scalar::share_of(index, masking, AROUND));
            centre = centre.wrapping_add(scalar::share_of(index, masking, CENTRE));
        }
        self.around[PAD + x] = around;
        self.centre[PAD + x] = centre.wrapping_sub(around);
    }
}

/// Columns of which details are needed for `columns` of bands `width` wide.
fn reach(columns: &Range<usize>, width: usize) -> Range<usize> {
    columns.start.saturating_sub(1)..(columns.end + 1).min(width)
}

/// Lanes in which the vectors behind the products `both`, `o` and `t` point the same way to within
/// one degree, and lanes that singles cannot tell.
#[inline(always)]
fn aligned<S: Lanes>(s: S, [both, o, t]: [S::F; 3]) -> [S::M; 2] {
    let zero = s.set_single(0.0);
    let needed = s.mul_single(s.mul_single(o, t), s.set_single(COS2));
    let opposite = s.as_single(s.xor(s.bits(needed), s.set32(i32::MIN)));
    let excess = s.fma(both, both, opposite);
    let apart = s.above_single(zero, excess);
    let against = s.above_single(zero, both);
    let all = s.first(S::N);
    let size = s.as_single(s.and(s.bits(excess), s.set32(i32::MAX)));
    // Singles err by less than 2⁻²¹ of what is needed.
    let near = s.above_single(s.mul_single(needed, s.set_single(2.0_f32.powi(-18))), size);
    [s.but(against, s.but(apart, all)), near]
}

/// A row of the first scale into `out`, one of each part that is asked for.
#[inline(always)]
pub(super) fn first<S: Lanes>(
    s: S,
    [reference, distorted]: Pair<'_, i16>,
    columns: &Range<usize>,
    width: usize,
    (csf, ask): (&ContrastSensitivity, AdmSums),
    mut out: [&mut Masking; 2],
) {
    let parts = ask.parts();
    let reach = reach(columns, width);
    let reference_rows = reference.each_ref().map(|row| &row[..]);
    let distorted_rows = distorted.each_ref().map(|row| &row[..]);
    for x in reach.clone().step_by(2 * S::N) {
        let o = load16(s, reference_rows, x);
        let t = load16(s, distorted_rows, x);
        let mut sizes = s.set32(0);
        for detail in [o[0], o[1], o[2], t[0], t[1], t[2]] {
            sizes = s.or(sizes, s.abs16(detail));
        }
        let (directions_o, directions_t) = (s.zip16(o[0], o[1]), s.zip16(t[0], t[1]));
        let zero = s.set32(0);
        let mut masks = [zero; 2];
        let mut doubtful = s.any_bit(s.and(sizes, s.set16(!0x3fff)));
        for (half, mask) in masks.iter_mut().enumerate() {
            let (o, t) = (directions_o[half], directions_t[half]);
            let products = [
                s.single(s.dot16(zero, o, t)),
                s.single(s.dot16(zero, o, o)),
                s.single(s.dot16(zero, t, t)),
            ];
            let [same, near] = aligned(s, products);
            doubtful |= s.any(near);
            *mask = s.keep(same, s.set32(-1));
        }
        if doubtful {
            for x in x..x + 2 * S::N {
                let details = [reference, distorted]
                    .map(|bands| array::from_fn(|band| i32::from(bands[band][x])));
                for (out, part) in out.iter_mut().zip(parts) {
                    if let Some(part) = part {
                        out.set(csf, 0, x, details, part);
                    }
                }
            }
            continue;
        }
        let [one, two] = &mut out;
        if ask == AdmSums::PlainAndAdded {
            let [kept, added] = split_first(s, o, t);
            put_first(s, csf, [kept, added], x, one);
            put_first(s, csf, [added, kept], x, two);
            continue;
        }
        let mask = s.pack32(masks[0], masks[1]);
        // A hundred times 327 is above every detail here.
        let (most, least) = (s.set16(327), s.set16(-327));
        let mut limits = o;
        for limit in &mut limits {
            let more = s.mul16(s.max16(s.min16(*limit, most), least), s.set16(100));
            *limit = s.xor(*limit, s.and(mask, s.xor(*limit, more)));
        }
        put_first(s, csf, split_first(s, limits, t), x, one);
        if ask == AdmSums::KeptAndPlain {
            put_first(s, csf, split_first(s, o, t), x, two);
        }
    }
    for (out, part) in out.iter_mut().zip(parts) {
        if part.is_some() {
            out.mirror_ends(&reach, width);
        }
    }
}

/// What is kept and what is added. Details below 2¹⁴ keep of the distorted what lies between 0 and
/// the limit: the definition's quotient and product of them round to just that.
#[inline(always)]
fn split_first<S: Lanes>(s: S, limits: [S::I; 3], t: [S::I; 3]) -> [[S::I; 3]; 2] {
    let zero = s.set32(0);
    let (mut kept, mut added) = (t, t);
    for band in 0..3 {
        let (low, high) = (s.min16(limits[band], zero), s.max16(limits[band], zero));
        kept[band] = s.max16(s.min16(t[band], high), low);
        added[band] = s.sub16(t[band], kept[band]);
    }
    [kept, added]
}

#[inline(always)]
fn put_first<S: Lanes>(
    s: S,
    csf: &ContrastSensitivity,
    [summed, masking]: [[S::I; 3]; 2],
    x: usize,
    out: &mut Masking,
) {
    let zero = s.set32(0);
    let mut around = zero;
    let mut centre = [zero; 2];
    for band in 0..3 {
        let [first, second] = s.widen16(summed[band]);
        s.store32(&mut out.summed[band], PAD + x, first);
        s.store32(&mut out.summed[band], PAD + x + S::N, second);
        let sensed = sense_first(s, csf.first[band / 2], band, masking[band]);
        let size = s.abs16(sensed);
        // 4369 = 2¹² + 273 and 8738 = 2 · 2¹² + 546, over 2¹².
        let part = s.add16(size, s.mul16_round(size, s.set16(273 * 8)));
        around = s.add16(around, part);
        let double = s.add16(s.add16(size, size), s.mul16_round(size, s.set16(546 * 8)));
        for (centre, double) in centre.iter_mut().zip(s.widen16(double)) {
            *centre = s.add32(*centre, double);
        }
    }
    // The sum of three parts is below 2¹⁶, so its lanes are unsigned.
    let around = bottom(s, s.widen16(around), 0xffff);
    for (half, (around, centre)) in around.into_iter().zip(centre).enumerate() {
        s.store32(&mut out.around, PAD + x + half * S::N, around);
        s.store32(
            &mut out.centre,
            PAD + x + half * S::N,
            s.sub32(centre, around),
        );
    }
}

/// A detail times its sensitivity, rounded.
#[inline(always)]
fn sense_first<S: Lanes>(s: S, factor: u16, band: usize, detail: S::I) -> S::I {
    // A factor of 2¹⁵ or more is negative as a signed one, by 2¹⁶.
    let large = s.and(detail, s.set16(-i16::from(factor >> 15 == 1)));
    if band < 2 {
        // Over 2¹⁵ a whole number and a rounded rest.
        let rest = s.set16((factor & 0x7fff).cast_signed());
        return s.add16(large, s.mul16_round(detail, rest));
    }
    // The high half of the product, up if anything is below it, and half of that.
    let factor = s.set16(factor.cast_signed());
    let high = s.add16(s.mul16_high(detail, factor), large);
    let whole = s.equal16(s.mul16(detail, factor), s.set32(0));
    s.sar16(s.add16(s.add16(high, whole), s.set16(1)), 1)
}

/// A row of scale `index`, 1 to 3, into `out`, one of each part that is asked for.
#[inline(always)]
pub(super) fn next<S: Lanes>(
    s: S,
    index: usize,
    [reference, distorted]: Pair<'_, i32>,
    columns: &Range<usize>,
    width: usize,
    (csf, ask): (&ContrastSensitivity, AdmSums),
    mut out: [&mut Masking; 2],
) {
    let parts = ask.parts();
    let plain = ask != AdmSums::Kept;
    let reach = reach(columns, width);
    let reference_rows = reference.each_ref().map(|row| &row[..]);
    let distorted_rows = distorted.each_ref().map(|row| &row[..]);
    for x in reach.clone().step_by(S::N) {
        let o = load32(s, reference_rows, x);
        let t = load32(s, distorted_rows, x);
        let (oh, ov) = (s.single(o[0]), s.single(o[1]));
        let (th, tv) = (s.single(t[0]), s.single(t[1]));
        let products = [
            s.fma(oh, th, s.mul_single(ov, tv)),
            s.fma(oh, oh, s.mul_single(ov, ov)),
            s.fma(th, th, s.mul_single(tv, tv)),
        ];
        let [same, near] = aligned(s, products);
        if s.any(near) {
            for x in x..x + S::N {
                let details =
                    [reference, distorted].map(|bands| array::from_fn(|band| bands[band][x]));
                for (out, part) in out.iter_mut().zip(parts) {
                    if let Some(part) = part {
                        out.set(csf, index, x, details, part);
                    }
                }
            }
            continue;
        }
        let mut kept = o;
        let mut kept_neg = o;
        for band in 0..3 {
            let (plain, enhanced, limited) = keep(s, o[band], t[band], plain);
            let zero = s.set32(0);
            let same = s.both(same, s.above32(s.abs32(plain), zero));
            let other = s.keep(s.but(same, s.first(S::N)), plain);
            kept[band] = s.or(s.keep(same, enhanced), other);
            kept_neg[band] = s.or(s.keep(same, limited), other);
        }
        let (mut added, mut added_neg) = (t, t);
        for band in 0..3 {
            added[band] = s.sub32(t[band], kept[band]);
            added_neg[band] = s.sub32(t[band], kept_neg[band]);
        }
        let [one, two] = &mut out;
        match ask {
            AdmSums::Kept => put_next(s, csf, index, [kept, added], x, one),
            AdmSums::KeptAndPlain => {
                put_next(s, csf, index, [kept, added], x, one);
                put_next(s, csf, index, [kept_neg, added_neg], x, two);
            }
            AdmSums::PlainAndAdded => {
                put_next(s, csf, index, [kept_neg, added_neg], x, one);
                put_next(s, csf, index, [added_neg, kept_neg], x, two);
            }
        }
    }
    for (out, part) in out.iter_mut().zip(parts) {
        if part.is_some() {
            out.mirror_ends(&reach, width);
        }
    }
}

/// What `t` keeps of `o`: plain, enhanced, and enhanced without gain (if `neg`).
///
/// All steps are whole numbers below 2⁵³, or are clamped where they are not, so doubles are exact.
#[inline(always)]
fn keep<S: Lanes>(s: S, o: S::I, t: S::I, neg: bool) -> (S::I, S::I, S::I) {
    let half = s.set_double(0.5);
    let (o, t) = (s.doubles(o), s.doubles(t));
    let (mut plain, mut enhanced, mut limited) = (o, o, o);
    for i in 0..2 {
        let sign = s.and(s.double_bits(o[i]), s.set64(i64::MIN));
        let size = s.as_double(s.xor(s.double_bits(o[i]), sign));
        // Bits beyond 15, from the exponent; 2 to the minus that.
        let exponent = s.shr64(s.double_bits(size), 52);
        let shift = s.max32(s.sub32(exponent, s.set64(1023 + 14)), s.set32(0));
        let shift = s.and(shift, s.set64(0xffff_ffff));
        let unit = s.as_double(s.shl64(s.sub32(s.set64(1023), shift), 52));
        let top = s.floor_double(s.add_double(s.mul_double(size, unit), half));
        // Where o is 0 nothing is kept; a divisor of 1 keeps the quotient finite.
        let top = s.max_double(top, s.set_double(1.0));
        let reciprocal = s.floor_double(s.div_double(s.set_double(f64::from(1 << 30)), top));
        let toward = s.as_double(s.xor(s.double_bits(t[i]), sign));
        let unit = s.mul_double(unit, s.set_double(2.0_f64.powi(-15)));
        let ratio = s.mul_double(s.mul_double(reciprocal, toward), unit);
        let ratio = s.floor_double(s.add_double(ratio, half));
        let ratio = s.max_double(
            s.min_double(ratio, s.set_double(32768.0)),
            s.set_double(0.0),
        );
        let part = s.mul_double(ratio, s.mul_double(o[i], s.set_double(2.0_f64.powi(-15))));
        plain[i] = s.floor_double(s.add_double(part, half));
        let kept = s.as_double(s.xor(s.double_bits(plain[i]), sign));
        let more = s.min_double(s.mul_double(kept, s.set_double(100.0)), toward);
        enhanced[i] = s.as_double(s.xor(s.double_bits(more), sign));
        if neg {
            let less = s.min_double(kept, toward);
            limited[i] = s.as_double(s.xor(s.double_bits(less), sign));
        }
    }
    (
        s.truncated(plain),
        s.truncated(enhanced),
        s.truncated(limited),
    )
}

#[inline(always)]
fn put_next<S: Lanes>(
    s: S,
    csf: &ContrastSensitivity,
    index: usize,
    [summed, masking]: [[S::I; 3]; 2],
    x: usize,
    out: &mut Masking,
) {
    let (mut around, mut centre) = (s.set32(0), s.set32(0));
    for band in 0..3 {
        s.store32(&mut out.summed[band], PAD + x, summed[band]);
        let sensed = weigh(s, masking[band], csf.rest[index - 1][band / 2]);
        let size = s.abs32(sensed);
        around = s.add32(around, part(s, size, AROUND[1]));
        centre = s.add32(centre, part(s, size, CENTRE[1]));
    }
    s.store32(&mut out.around, PAD + x, around);
    s.store32(&mut out.centre, PAD + x, s.sub32(centre, around));
}

/// Signed lanes times `factor` over 2²⁸, rounded half up.
#[inline(always)]
pub(super) fn weigh<S: Lanes>(s: S, value: S::I, factor: u32) -> S::I {
    let factor = s.set32(factor.cast_signed());
    let half = s.set64(1 << 27);
    let even = s.add64(s.mul_even(value, factor), half);
    let odd = s.add64(s.mul_even(s.shr64(value, 32), factor), half);
    s.alternate(s.shr64(even, 28), s.shl64(odd, 4))
}

/// Sizes times `factor` over 2³², rounded as the definition does: less a half.
#[inline(always)]
fn part<S: Lanes>(s: S, size: S::I, factor: u32) -> S::I {
    let factor = s.set32(factor.cast_signed());
    let half = s.set64(-(1 << 31));
    let even = s.add64(s.mul_even_unsigned(size, factor), half);
    let odd = s.add64(s.mul_even_unsigned(s.shr64(size, 32), factor), half);
    s.alternate(s.shr64(even, 32), odd)
}
