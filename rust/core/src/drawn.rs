//! A drawn head, for tests: nobody's portrait.

/// Where the head is, how large, and how it is lit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) size: f64,
    /// Times this is the face's brightness, not the picture's.
    pub(crate) light: f64,
    /// Times this is everything's brightness.
    pub(crate) room: f64,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            x: 320.0,
            y: 180.0,
            size: 130.0,
            light: 1.0,
            room: 1.0,
        }
    }
}

/// Luma of a head before a wall, with some grain that is the same for the same `seed`.
pub(crate) fn head(width: usize, height: usize, head: Head, seed: u64) -> Vec<u8> {
    let grain = crate::fake::noise(seed, width * height);
    let mut out = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let (x, y) = (column as f64, row as f64);
            let (u, v) = ((x - head.x) / head.size, (y - head.y) / head.size);
            let value = head.room * shade(x, y, u, v, head.light);
            let value = value + f64::from(grain[row * width + column] % 4);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to codes"
            )]
            out.push(value.clamp(0.0, 255.0) as u8);
        }
    }
    out
}

fn shade(x: f64, y: f64, u: f64, v: f64, light: f64) -> f64 {
    let within = |du: f64, dv: f64, wide: f64, high: f64, soft: f64| {
        let away = ((u - du) / wide).hypot((v - dv) / high) - 1.0;
        1.0 / (1.0 + (away / soft).clamp(-40.0, 40.0).exp())
    };
    let mut out = 90.0 + 20.0 * (x / 37.0).sin() + 15.0 * (y / 23.0).cos();
    let mut paint = |share: f64, value: f64| out += share * (value - out);
    paint(within(0.0, -0.12, 0.50, 0.62, 0.04), 45.0);
    paint(within(0.0, 1.25, 0.95, 0.65, 0.04), 70.0);
    let skin =
        light * (170.0 - 52.0 * u.abs() - 18.0 * v + 6.0 * (u * 40.0).sin() * (v * 34.0).cos());
    paint(within(0.0, 0.03, 0.40, 0.54, 0.05), skin);
    for side in [-1.0, 1.0] {
        paint(0.9 * within(side * 0.18, -0.17, 0.11, 0.025, 0.3), 70.0);
        paint(within(side * 0.17, -0.08, 0.095, 0.05, 0.3), 60.0);
        paint(within(side * 0.17, -0.07, 0.03, 0.03, 0.3), 25.0);
    }
    paint(0.5 * within(0.0, 0.08, 0.05, 0.17, 0.3), 200.0 * light);
    paint(0.8 * within(0.0, 0.17, 0.09, 0.025, 0.4), 105.0);
    paint(0.9 * within(0.0, 0.31, 0.15, 0.035, 0.3), 85.0);
    out
}
