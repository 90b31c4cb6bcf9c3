//! How a frame is divided into blocks.

/// Blocks a frame is divided into, as near as may be: 160x90.
const BLOCKS: f64 = 160.0 * 90.0;

/// The edge of the smallest block.
const LEAST: usize = 8;

/// The reduced plane has at most this many samples: 960x640.
const REDUCED: usize = 960 * 640;

/// Square blocks over a frame; those at the right and bottom edges may be partial.
///
/// The edge of a block follows the resolution: the multiple of four nearest to the square root of
/// a 14,400th of the frame's samples, but no less than the 8 of a codec's blocks. So 8 at 1280x720,
/// 12 at 1920x1080 and 24 at 3840x2160, all of which have 160x90 blocks, and 8 at 640x360, which
/// has 80x45.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Samples in a row of the frame.
    pub width: usize,
    /// Rows of the frame.
    pub height: usize,
    /// Edge of a block, in samples; a multiple of four and of `factor`.
    pub block: usize,
    /// Edge of the square of samples that one sample of the reduced plane stands for: the smallest
    /// power of two that leaves at most 960x640 of them.
    pub factor: usize,
}

impl Grid {
    /// The grid of a frame of `width` by `height`.
    #[must_use]
    pub fn new(width: usize, height: usize) -> Self {
        let mut factor = 1;
        while width * height > REDUCED * factor * factor {
            factor *= 2;
        }
        let step = factor.max(4);
        #[expect(clippy::cast_precision_loss, reason = "edges are at most 8192")]
        let edge = ((width * height) as f64 / BLOCKS).sqrt() / step as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 18"
        )]
        let block = (step * edge.round() as usize).max(LEAST.max(step));
        Self {
            width,
            height,
            block,
            factor,
        }
    }

    /// Blocks in a row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.width.div_ceil(self.block)
    }

    /// Rows of blocks.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.height.div_ceil(self.block)
    }

    /// Blocks in all.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.columns() * self.rows()
    }

    /// Width and height of the reduced plane.
    #[must_use]
    pub fn reduced(&self) -> (usize, usize) {
        (
            self.width.div_ceil(self.factor),
            self.height.div_ceil(self.factor),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_sizes_have_the_grid_the_documentation_gives() {
        for (width, height, block, factor) in [
            (640, 360, 8, 1),
            (1280, 720, 8, 2),
            (1920, 1080, 12, 2),
            (3840, 2160, 24, 4),
            (7680, 4320, 48, 8),
            (8192, 8192, 64, 16),
            (16, 16, 8, 1),
        ] {
            let grid = Grid::new(width, height);
            assert_eq!(
                (grid.block, grid.factor),
                (block, factor),
                "{width}x{height}"
            );
        }
    }

    #[test]
    fn blocks_are_whole_steps_of_cells_and_of_the_reduced_plane() {
        for width in (16..=8192).step_by(61) {
            for height in (16..=8192).step_by(127) {
                let grid = Grid::new(width, height);
                assert_eq!(grid.block % grid.factor.max(4), 0, "{width}x{height}");
                assert!(grid.block <= crate::kernel::cells::ROWS, "{width}x{height}");
                assert!(
                    grid.blocks() <= 40_000,
                    "{width}x{height}: {}",
                    grid.blocks()
                );
            }
        }
    }
}
