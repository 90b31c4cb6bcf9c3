//! A picture: luma, perhaps chroma, and what its samples mean.

use crate::plane::{EDGES, Plane, Sample, ShapeError};

/// How a pixel format lays its samples out. Names are `FFmpeg`'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// The name.
    pub name: &'static str,
    /// Bits of the largest code. Formats that keep their bits at the top of 16 count as 16.
    pub depth: u32,
    /// Which chroma planes follow the luma.
    pub chroma: Layout,
}

/// Where a format's chroma lies; the shifts are log2 of luma samples per chroma sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Luma alone.
    Gray,
    /// Two planes, Cb then Cr.
    Planar {
        /// Along a row.
        across: u32,
        /// Down a column.
        down: u32,
    },
    /// One plane of alternating Cb and Cr, at half size both ways.
    Interleaved,
}

/// What the samples' codes stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coding {
    /// Whether black and white are the smallest and the largest code; 16 and 235 in 8 bit otherwise.
    pub full: bool,
    /// How colour differences were made of red, green and blue; `None` where nobody says.
    pub matrix: Option<Matrix>,
}

/// Luma's weights of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matrix {
    /// ITU-R BT.601.
    Bt601,
    /// ITU-R BT.709.
    Bt709,
    /// ITU-R BT.2020, non-constant luminance.
    Bt2020,
}

const PLANAR_420: Layout = Layout::Planar { across: 1, down: 1 };
const PLANAR_422: Layout = Layout::Planar { across: 1, down: 0 };
const PLANAR_444: Layout = Layout::Planar { across: 0, down: 0 };

/// Every format a frame may have.
pub const FORMATS: [Format; 25] = {
    const fn of(name: &'static str, depth: u32, chroma: Layout) -> Format {
        Format {
            name,
            depth,
            chroma,
        }
    }
    [
        Format::GRAY,
        of("gray10le", 10, Layout::Gray),
        of("gray12le", 12, Layout::Gray),
        of("gray16le", 16, Layout::Gray),
        Format::YUV420P,
        of("yuv422p", 8, PLANAR_422),
        of("yuv444p", 8, PLANAR_444),
        of("yuvj420p", 8, PLANAR_420),
        of("yuvj422p", 8, PLANAR_422),
        of("yuvj444p", 8, PLANAR_444),
        of("yuv420p10le", 10, PLANAR_420),
        of("yuv422p10le", 10, PLANAR_422),
        of("yuv444p10le", 10, PLANAR_444),
        of("yuv420p12le", 12, PLANAR_420),
        of("yuv422p12le", 12, PLANAR_422),
        of("yuv444p12le", 12, PLANAR_444),
        of("yuv420p16le", 16, PLANAR_420),
        of("yuv422p16le", 16, PLANAR_422),
        of("yuv444p16le", 16, PLANAR_444),
        of("yuv420p9le", 9, PLANAR_420),
        of("yuv420p14le", 14, PLANAR_420),
        of("nv12", 8, Layout::Interleaved),
        of("p010le", 16, Layout::Interleaved),
        of("p012le", 16, Layout::Interleaved),
        of("p016le", 16, Layout::Interleaved),
    ]
};

impl Format {
    /// 8-bit luma alone.
    pub const GRAY: Self = Self {
        name: "gray",
        depth: 8,
        chroma: Layout::Gray,
    };
    /// 8-bit luma, and chroma at half its size both ways.
    pub const YUV420P: Self = Self {
        name: "yuv420p",
        depth: 8,
        chroma: PLANAR_420,
    };

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        FORMATS.into_iter().find(|format| format.name == name)
    }

    /// Width and height, in samples, of each plane of a picture of `width` by `height`.
    #[must_use]
    pub fn planes(self, width: usize, height: usize) -> Vec<(usize, usize)> {
        let luma = (width, height);
        match self.chroma {
            Layout::Gray => vec![luma],
            Layout::Planar { across, down } => {
                let chroma = (width.div_ceil(1 << across), height.div_ceil(1 << down));
                vec![luma, chroma, chroma]
            }
            Layout::Interleaved => {
                vec![luma, (2 * width.div_ceil(2), height.div_ceil(2))]
            }
        }
    }
}

/// A borrowed picture of one sample type.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a, T: Sample> {
    luma: Plane<'a, T>,
    chroma: Chroma<'a, T>,
    depth: u32,
    coding: Coding,
}

/// A picture's chroma.
#[derive(Debug, Clone, Copy)]
pub enum Chroma<'a, T: Sample> {
    /// There is none.
    Gray,
    /// Two planes.
    Planar {
        /// Blue difference.
        cb: Plane<'a, T>,
        /// Red difference.
        cr: Plane<'a, T>,
        /// log2 of luma samples per chroma sample along a row.
        across: u32,
        /// log2 of luma samples per chroma sample down a column.
        down: u32,
    },
    /// One plane of Cb and Cr in turn, at half the luma's size both ways.
    Interleaved(Plane<'a, T>),
}

impl<'a, T: Sample> Picture<'a, T> {
    /// Checks the planes against the format once.
    ///
    /// # Errors
    ///
    /// If an edge is outside [`EDGES`], a plane is missing or has another size than the format
    /// gives it, or the sample type is too small for the format's depth.
    pub fn new(format: Format, planes: &[Plane<'a, T>]) -> Result<Self, ShapeError> {
        let widest = 8 * u32::try_from(size_of::<T>()).unwrap_or(u32::MAX);
        if format.depth > widest || (format.depth <= 8) != (widest == 8) {
            let expected = if widest == 8 { (1, 8) } else { (9, widest) };
            return Err(ShapeError::Depth {
                expected,
                found: format.depth,
            });
        }
        let Some(luma) = planes.first() else {
            return Err(ShapeError::Planes {
                expected: format.planes(0, 0).len(),
                found: 0,
            });
        };
        let size = (luma.width(), luma.height());
        if !EDGES.contains(&size.0) || !EDGES.contains(&size.1) {
            return Err(ShapeError::Edge { found: size });
        }
        let sizes = format.planes(size.0, size.1);
        if sizes.len() != planes.len() {
            return Err(ShapeError::Planes {
                expected: sizes.len(),
                found: planes.len(),
            });
        }
        for (plane, expected) in planes.iter().zip(sizes) {
            plane.sized(expected)?;
        }
        let chroma = match (format.chroma, planes) {
            (Layout::Planar { across, down }, &[_, cb, cr]) => Chroma::Planar {
                cb,
                cr,
                across,
                down,
            },
            (Layout::Interleaved, &[_, both]) => Chroma::Interleaved(both),
            _ => Chroma::Gray,
        };
        Ok(Self {
            luma: *luma,
            chroma,
            depth: format.depth,
            coding: Coding {
                full: format.name.starts_with("yuvj"),
                matrix: None,
            },
        })
    }

    /// The same samples, which stand for what `coding` says.
    #[must_use]
    pub fn coded(self, coding: Coding) -> Self {
        Self { coding, ..self }
    }

    /// The picture without its colour.
    #[must_use]
    pub fn gray(self) -> Self {
        Self {
            chroma: Chroma::Gray,
            ..self
        }
    }

    /// Brightness.
    #[must_use]
    pub fn luma(&self) -> Plane<'a, T> {
        self.luma
    }

    /// Colour.
    #[must_use]
    pub fn chroma(&self) -> Chroma<'a, T> {
        self.chroma
    }

    /// Bits of the largest code.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.depth
    }
}

/// A borrowed picture.
#[derive(Debug, Clone, Copy)]
pub enum Frame<'a> {
    /// Of 8-bit samples.
    Eight(Picture<'a, u8>),
    /// Of 9 to 16-bit samples.
    Sixteen(Picture<'a, u16>),
}

impl Frame<'_> {
    /// Width and height of the luma.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        match self {
            Self::Eight(picture) => (picture.luma.width(), picture.luma.height()),
            Self::Sixteen(picture) => (picture.luma.width(), picture.luma.height()),
        }
    }

    /// Bits of the largest code.
    #[must_use]
    pub fn depth(&self) -> u32 {
        match self {
            Self::Eight(picture) => picture.depth,
            Self::Sixteen(picture) => picture.depth,
        }
    }

    /// What the codes stand for.
    #[must_use]
    pub fn coding(&self) -> Coding {
        match self {
            Self::Eight(picture) => picture.coding,
            Self::Sixteen(picture) => picture.coding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Format {
        Format::named(name).unwrap()
    }

    #[test]
    fn odd_sizes_round_chroma_up() {
        assert_eq!(
            named("yuv420p").planes(17, 19),
            [(17, 19), (9, 10), (9, 10)]
        );
        assert_eq!(
            named("yuv422p").planes(17, 19),
            [(17, 19), (9, 19), (9, 19)]
        );
        assert_eq!(named("nv12").planes(17, 19), [(17, 19), (18, 10)]);
    }

    #[test]
    fn an_error_says_what_was_expected_and_found() {
        let data = [0_u8; 64 * 64];
        let plane = |width, height| Plane::new(&data, width, height, width).unwrap();
        let error = |format, planes: &[Plane<'_, u8>]| {
            Picture::new(named(format), planes).unwrap_err().to_string()
        };
        assert_eq!(
            error("gray", &[plane(15, 64)]),
            "expected a frame from 16x16 to 8192x8192, found 15x64"
        );
        assert_eq!(
            error("yuv420p", &[plane(32, 32)]),
            "expected 3 planes, found 1"
        );
        assert_eq!(
            error("yuv420p", &[plane(32, 32), plane(16, 16), plane(16, 15)]),
            "expected a plane of 16x16, found 16x15"
        );
        assert_eq!(
            error("gray10le", &[plane(32, 32)]),
            "expected 1 to 8 bits a sample, found 10"
        );
    }
}
