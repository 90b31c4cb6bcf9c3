//! Eigenvalues and linear systems of small symmetric matrices, in singles.
//!
//! Householder's and Givens' methods as in Golub and Van Loan; the order of every sum is that of
//! libvmaf 3.2.0's `speed`, for these matrices are nearly singular and tell one order from another.

use crate::{
    cpu::Level,
    kernel::speed::{Matrix, SIZE, multiply, multiply_rows},
};

/// What counts as nothing beside 1.
const NOTHING: f64 = 1e-6;

/// Steps after which the eigenvalues are taken as they are.
const STEPS: usize = 500;

type Vector = [f32; SIZE];

/// Square root of a sum of squares.
fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

fn sign(x: f32) -> f32 {
    if x >= 0.0 { 1.0 } else { -1.0 }
}

/// Eigenvalues of a symmetric matrix, in no order.
pub(super) fn eigenvalues(matrix: &Matrix) -> Vector {
    let (mut diagonal, mut beside) = tridiagonal(*matrix);
    chop(&mut diagonal, &mut beside);
    let mut end = SIZE - 1;
    let mut steps = 0;
    while end > 0 && steps < STEPS {
        if beside[end - 1] == 0.0 {
            end -= 1;
            continue;
        }
        let start = (1..end).rev().find(|&at| beside[at - 1] == 0.0);
        let start = start.unwrap_or_default();
        let (diagonal, beside) = (&mut diagonal[start..=end], &mut beside[start..end]);
        turn(diagonal, beside);
        chop(diagonal, beside);
        steps += 1;
    }
    diagonal
}

/// The diagonal of a similar matrix that has nothing but it and what is beside it.
fn tridiagonal(mut a: Matrix) -> (Vector, Vector) {
    for i in 0..SIZE - 2 {
        let start = i + 1;
        let factor = reflect(&mut a, i, start);
        let mut v = [0.0; SIZE];
        for j in start..SIZE {
            v[j] = a[j][i];
        }
        if factor == 0.0 {
            continue;
        }
        v[start] = 1.0;
        let mut x = [0.0; SIZE];
        for (x, row) in x[start..].iter_mut().zip(&a[start..]) {
            for (a, v) in row[start..].iter().zip(&v[start..]) {
                *x += factor * a * v;
            }
        }
        let mut product = 0.0;
        for (x, v) in x[start..].iter().zip(&v[start..]) {
            product += x * v;
        }
        let alpha = -0.5 * factor * product;
        for (x, v) in x[start..].iter_mut().zip(&v[start..]) {
            *x += alpha * v;
        }
        for row in start..SIZE {
            for column in start..SIZE {
                a[row][column] -= x[row] * v[column] + v[row] * x[column];
            }
        }
    }
    let (mut diagonal, mut beside) = ([0.0; SIZE], [0.0; SIZE]);
    for i in 0..SIZE {
        diagonal[i] = a[i][i];
        if i + 1 < SIZE {
            beside[i] = a[i + 1][i];
        }
    }
    (diagonal, beside)
}

/// Makes of a column, from row `start` on, the vector that reflects it onto its first; gives its
/// factor.
fn reflect(a: &mut Matrix, column: usize, start: usize) -> f32 {
    let mut rest = 0.0;
    for row in &a[start + 1..] {
        rest += row[column] * row[column];
    }
    let rest = rest.sqrt();
    if rest == 0.0 {
        return 0.0;
    }
    let alpha = a[start][column];
    let beta = -sign(alpha) * length(alpha, rest);
    let factor = (beta - alpha) / beta;
    let scale = alpha - beta;
    if scale != 0.0 {
        for row in &mut a[start..] {
            row[column] /= scale;
        }
        a[start][column] = beta;
    }
    factor
}

/// Clears what is nothing beside the diagonal.
fn chop(diagonal: &mut [f32], beside: &mut [f32]) {
    for (pair, beside) in diagonal.windows(2).zip(beside) {
        let size = f64::from(pair[0].abs() + pair[1].abs());
        if f64::from(beside.abs()) < NOTHING * size {
            *beside = 0.0;
        }
    }
}

/// The eigenvalue of the last two that is nearer to the last.
fn last_eigenvalue(diagonal: &[f32], beside: &[f32]) -> f32 {
    let n = diagonal.len();
    let (a, b, ab) = (diagonal[n - 2], diagonal[n - 1], beside[n - 2]);
    let half = (a - b) / 2.0;
    if half > 0.0 {
        b - ab * (ab / (half + length(half, ab)))
    } else if half == 0.0 {
        b - ab.abs()
    } else {
        b + ab * (ab / (-half + length(half, ab)))
    }
}

/// Cosine and sine of the rotation that clears `b`.
fn rotation(a: f32, b: f32) -> (f32, f32) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the definition takes the reciprocal in doubles"
    )]
    let reciprocal = |t: f32| (1.0 / f64::from(1.0 + t * t).sqrt()) as f32;
    if b == 0.0 {
        (1.0, 0.0)
    } else if b.abs() > a.abs() {
        let t = -a / b;
        let sine = reciprocal(t);
        (sine * t, sine)
    } else {
        let t = -b / a;
        let cosine = reciprocal(t);
        (cosine, cosine * t)
    }
}

/// One step of the QR method with Wilkinson's shift, on a block that is not parted.
fn turn(diagonal: &mut [f32], beside: &mut [f32]) {
    let n = diagonal.len();
    let mut shift = last_eigenvalue(diagonal, beside);
    if NOTHING * f64::from(shift.abs()) > f64::from(diagonal[0].abs() + beside[0].abs()) {
        shift = 0.0;
    }
    let (mut x, mut z) = (diagonal[0] - shift, beside[0]);
    let (mut ak, mut bk, mut zk) = (0.0_f32, 0.0_f32, 0.0_f32);
    let (mut ap, mut bp) = (diagonal[0], beside[0]);
    let mut aq = diagonal[1];
    let mut bq = if n > 2 { beside[1] } else { 0.0 };
    for k in 0..n - 1 {
        let (c, s) = rotation(x, z);
        let bk1 = c * bk - s * zk;
        let ap1 = c * (c * ap - s * bp) + s * (s * aq - c * bp);
        let bp1 = c * (s * ap + c * bp) - s * (s * bp + c * aq);
        let zp1 = -s * bq;
        let aq1 = s * (s * ap + c * bp) + c * (s * bp + c * aq);
        let bq1 = c * bq;
        (ak, bk, zk) = (ap1, bp1, zp1);
        (ap, bp) = (aq1, bq1);
        if k + 2 < n {
            aq = diagonal[k + 2];
        }
        if k + 3 < n {
            bq = beside[k + 2];
        }
        diagonal[k] = ak;
        if k > 0 {
            beside[k - 1] = bk1;
        }
        if k + 2 < n {
            beside[k + 1] = bp;
        }
        (x, z) = (bk, zk);
    }
    let _ = ak;
    diagonal[n - 1] = ap;
    beside[n - 2] = bk;
}

/// Room for a linear system.
#[derive(Debug)]
pub(super) struct Solver {
    q: Matrix,
    r: Matrix,
    reflection: Matrix,
    product: Matrix,
    right: Vec<f32>,
}

impl Default for Solver {
    fn default() -> Self {
        let zero = [[0.0; SIZE]; SIZE];
        Self {
            q: zero,
            r: zero,
            reflection: zero,
            product: zero,
            right: Vec::new(),
        }
    }
}

impl Solver {
    /// Solves `a` X = `b`, of `width` columns; `None` if `a` is singular.
    pub(super) fn solve(
        &mut self,
        level: Level,
        a: &Matrix,
        b: &[f32],
        width: usize,
        x: &mut [f32],
    ) -> Option<()> {
        self.decompose(level, a);
        self.right.resize(b.len(), 0.0);
        multiply_rows(level, &self.q, b, width, &mut self.right);
        for i in (0..SIZE).rev() {
            let divisor = self.r[i][i];
            if f64::from(divisor.abs()) < NOTHING {
                return None;
            }
            let (above, below) = x.split_at_mut((i + 1) * width);
            let out = &mut above[i * width..];
            out.copy_from_slice(&self.right[i * width..][..width]);
            for (known, factor) in below.chunks_exact(width).zip(&self.r[i][i + 1..]) {
                for (out, known) in out.iter_mut().zip(known) {
                    *out -= known * factor;
                }
            }
            for out in out {
                *out /= divisor;
            }
        }
        Some(())
    }

    /// Makes `q` and `r` such that `q` is orthogonal and `q` times `a` is `r`, a triangle.
    fn decompose(&mut self, level: Level, a: &Matrix) {
        let Self {
            q,
            r,
            reflection,
            product,
            ..
        } = self;
        *r = *a;
        for (i, row) in q.iter_mut().enumerate() {
            *row = [0.0; SIZE];
            row[i] = 1.0;
        }
        for k in 0..SIZE - 1 {
            for (i, row) in r.iter_mut().enumerate() {
                for (j, value) in row.iter_mut().enumerate() {
                    if i < k || j < k {
                        *value = if i == j { 1.0 } else { 0.0 };
                    }
                }
            }
            let mut v: Vector = std::array::from_fn(|i| r[i][k]);
            v[k] += sign(a[k][k]) * norm(&v);
            let size = norm(&v);
            for v in &mut v {
                *v /= size;
            }
            for (i, row) in reflection.iter_mut().enumerate() {
                for (j, value) in row.iter_mut().enumerate() {
                    *value = -2.0 * v[i] * v[j];
                }
                row[i] += 1.0;
            }
            multiply(level, reflection, r, product);
            std::mem::swap(r, product);
            multiply(level, reflection, q, product);
            std::mem::swap(q, product);
        }
        multiply(level, q, a, r);
    }
}

fn norm(v: &Vector) -> f32 {
    let mut sum = 0.0;
    for v in v {
        sum += v * v;
    }
    sum.sqrt()
}
