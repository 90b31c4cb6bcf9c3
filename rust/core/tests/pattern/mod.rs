//! Pictures by formula: waves, edges, noise and nearly flat patches, and what an encoder might
//! leave of them. Whole numbers alone, so that every machine draws the same.

/// Size and sampling of a clip.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Luma samples in a row.
    pub(crate) width: u32,
    /// Luma rows.
    pub(crate) height: u32,
    /// As y4m names it: 420, 422 or 444.
    pub(crate) chroma: u32,
    /// Bits of a sample.
    pub(crate) depth: u32,
}

impl Shape {
    /// Width and height of Y, Cb and Cr.
    pub(crate) fn planes(&self) -> [(u32, u32); 3] {
        let across = if self.chroma == 444 { 1 } else { 2 };
        let down = if self.chroma == 420 { 2 } else { 1 };
        let chroma = (self.width.div_ceil(across), self.height.div_ceil(down));
        [(self.width, self.height), chroma, chroma]
    }

    /// The reference's samples, plane by plane.
    pub(crate) fn reference(&self) -> [Vec<u16>; 3] {
        self.draw(|plane, x, y| self.sample(plane, x, y))
    }

    /// The distorted samples: means of four, in coarse steps, with a little noise.
    pub(crate) fn distorted(&self) -> [Vec<u16>; 3] {
        self.draw(|plane, x, y| {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)];
            let sum: u32 = four
                .iter()
                .map(|(right, down)| self.sample(plane, x + right, y + down))
                .sum();
            let step = 5 << (self.depth - 8);
            sum / 4 / step * step + noise(plane + 7, x, y) % 3
        })
    }

    fn draw(&self, sample: impl Fn(u32, u32, u32) -> u32) -> [Vec<u16>; 3] {
        let mut plane = 0;
        self.planes().map(|(width, height)| {
            let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
            let samples = rows
                .map(|(x, y)| u16::try_from(sample(plane, x, y)).unwrap_or(0))
                .collect();
            plane += 1;
            samples
        })
    }

    fn sample(&self, plane: u32, x: u32, y: u32) -> u32 {
        let noise = noise(plane, x, y);
        let eight = if (x / 48 + y / 40) % 5 == 1 {
            227 + noise % 2
        } else {
            let waves = wave(3 * x + 17 * plane, 97) + wave(2 * y, 131) + (x * y / 7) % 61;
            16 + (waves + noise % 12) * 219 / 299
        };
        (eight << (self.depth - 8)) + ((noise >> 8) & ((1 << (self.depth - 8)) - 1))
    }
}

fn wave(at: u32, half: u32) -> u32 {
    let at = at % (2 * half);
    at.min(2 * half - at)
}

fn noise(plane: u32, x: u32, y: u32) -> u32 {
    let mixed =
        x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77) ^ plane.wrapping_mul(0x27D4_EB2F);
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
    mixed ^ (mixed >> 12)
}
