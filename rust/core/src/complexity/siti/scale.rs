//! What a sample stands for before SI and TI are taken: its code, or how bright it is seen.

/// How codes map to the interval from black to white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Range {
    /// 16 to 235 in 8 bit; four times that in 10 bit, and so on.
    #[default]
    Limited,
    /// 0 to the largest code.
    Full,
}

/// How the signal turns into light, and on which display.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Transfer {
    /// ITU-R BT.1886, SDR, with its exponent (2.4).
    Bt1886 {
        /// The exponent.
        gamma: f64,
    },
    /// IEC 61966-2-1 (sRGB), SDR.
    Srgb,
    /// SMPTE ST 2084: the signal is in the perceptual domain already, and no display matters.
    Pq,
    /// Hybrid log-gamma as P.910's reference software and its ground truths have it: the inverse
    /// OETF's constant b is taken away where ITU-R BT.2100 adds it.
    Hlg,
    /// Hybrid log-gamma of ITU-R BT.2100.
    HlgBt2100,
}

impl Transfer {
    /// BT.1886 with the exponent of its annex 1.
    pub const BT1886: Self = Self::Bt1886 { gamma: 2.4 };

    /// The display that ITU-T P.910 (07/2022) takes for such video.
    #[must_use]
    pub fn display(self) -> Display {
        match self {
            Self::Bt1886 { .. } | Self::Srgb => Display::SDR,
            Self::Pq | Self::Hlg | Self::HlgBt2100 => Display::HDR,
        }
    }
}

/// The darkest and the brightest light of a display, in cd/m².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Display {
    /// Light of black.
    pub black: f64,
    /// Light of white.
    pub peak: f64,
}

impl Display {
    /// For standard dynamic range.
    pub const SDR: Self = Self {
        black: 0.1,
        peak: 300.0,
    };
    /// For high dynamic range.
    pub const HDR: Self = Self {
        black: 0.01,
        peak: 1000.0,
    };

    fn light(self, signal: f64) -> f64 {
        (self.peak - self.black) * signal + self.black
    }
}

/// The code of black and the codes from black to white, for samples of `depth` bits.
pub(super) fn interval(range: Range, depth: u32) -> (f64, f64) {
    match range {
        Range::Limited => {
            let step = f64::from(depth.saturating_sub(8)).exp2();
            (16.0 * step, 219.0 * step)
        }
        Range::Full => (0.0, f64::from(depth).exp2() - 1.0),
    }
}

/// How bright a signal from 0 to 1 is seen, from 0 to 1: its light through the inverse of
/// SMPTE ST 2084. Signals outside are clipped.
pub(super) fn seen(signal: f64, transfer: Transfer, display: Display) -> f64 {
    let signal = signal.clamp(0.0, 1.0);
    match transfer {
        Transfer::Pq => signal,
        Transfer::Bt1886 { gamma } => pq(display.light(signal.powf(gamma))),
        Transfer::Srgb => pq(display.light(srgb(signal))),
        Transfer::Hlg => pq(display.light(hlg(signal, -HLG_B).powf(system_gamma(display.peak)))),
        Transfer::HlgBt2100 => {
            pq(display.light(hlg(signal, HLG_B).powf(system_gamma(display.peak))))
        }
    }
}

/// ST 2084's code, from 0 to 1, of light in cd/m².
fn pq(light: f64) -> f64 {
    // SMPTE ST 2084, table 1.
    const M1: f64 = 2610.0 / 16384.0;
    const M2: f64 = 2523.0 / 4096.0 * 128.0;
    const C1: f64 = 3424.0 / 4096.0;
    const C2: f64 = 2413.0 / 4096.0 * 32.0;
    const C3: f64 = 2392.0 / 4096.0 * 32.0;
    let powered = (light / 10_000.0).powf(M1);
    ((C1 + C2 * powered) / (1.0 + C3 * powered)).powf(M2)
}

/// Light of an sRGB signal, IEC 61966-2-1.
fn srgb(signal: f64) -> f64 {
    if signal <= 0.04045 {
        signal / 12.92
    } else {
        ((signal + 0.055) / 1.055).powf(2.4)
    }
}

/// b / 12 of ITU-R BT.2100 table 5.
const HLG_B: f64 = 0.023_722_41;

/// Scene light of an HLG signal, ITU-R BT.2100 table 5, with its 1/12 inside c and `b`.
fn hlg(signal: f64, b: f64) -> f64 {
    const A: f64 = 0.178_832_77;
    const C: f64 = 1.004_293_47; // 0.559 910 73 + a · ln 12
    if signal <= 0.5 {
        signal * signal / 3.0
    } else {
        ((signal - C) / A).exp() + b
    }
}

/// BT.2100's system gamma of a display, 1.2 up to 1000 cd/m².
fn system_gamma(peak: f64) -> f64 {
    1.2 + 0.42 * (peak / 1000.0).log10().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transfer_rises_from_black_to_white() {
        for transfer in [
            Transfer::BT1886,
            Transfer::Srgb,
            Transfer::Pq,
            Transfer::HlgBt2100,
        ] {
            let at = |code: u32| seen(f64::from(code) / 1023.0, transfer, Display::HDR);
            for code in 0..1023 {
                assert!(at(code) < at(code + 1), "{transfer:?} {code}");
            }
        }
    }

    #[test]
    fn reference_white_of_st_2084_lies_where_the_standard_puts_it() {
        // BT.2408: 203 cd/m² is 58 % PQ; 10 000 cd/m² is all of it.
        assert!((pq(203.0) - 0.58).abs() < 1e-3);
        assert!((pq(10_000.0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn hlg_white_is_the_peak_of_the_display() {
        assert!((hlg(1.0, HLG_B) - 1.0).abs() < 1e-6);
        assert!((hlg(0.5 + 1e-12, HLG_B) - hlg(0.5, HLG_B)).abs() < 1e-6);
        assert!((system_gamma(2000.0) - 1.326_432).abs() < 1e-6);
    }

    #[test]
    fn limited_range_scales_with_depth() {
        assert_eq!(interval(Range::Limited, 10), (64.0, 876.0));
        assert_eq!(interval(Range::Full, 10), (0.0, 1023.0));
    }
}
