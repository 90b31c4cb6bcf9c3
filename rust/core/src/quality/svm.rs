//! Support vector regression, as libsvm predicts it: features in, a score out.

/// Features of a machine: adm2, motion2, `vif_scale0` to `vif_scale3`.
pub type Features = [f64; 6];

/// A published model, or a bootstrap of models that share their scaling and support vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Machines {
    gamma: f64,
    /// Slope and intercept of each feature.
    scaling: [(f64, f64); 6],
    /// Slope and intercept of the score.
    score: (f64, f64),
    /// Coefficients of the transform to a phone's screen.
    phone: [f64; 3],
    vectors: Vec<Features>,
    machines: Vec<Machine>,
}

#[derive(Debug, Clone, PartialEq)]
struct Machine {
    rho: f64,
    weights: Vec<f64>,
}

impl Machines {
    /// Reads a table that `benches/make_models.py` packed.
    pub(super) fn unpack(table: &[u8]) -> Self {
        let mut values = table
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| f64::from_le_bytes(bytes));
        let mut next = || values.next().unwrap_or_default();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts, packed as doubles"
        )]
        let (vectors, machines) = (next() as usize, next() as usize);
        let gamma = next();
        let mut slopes = [0.0; 7].map(|_: f64| next());
        let [score, intercepts @ ..] = [0.0; 7].map(|_: f64| next());
        let score = (slopes[0], score);
        slopes.rotate_left(1);
        let mut scaling = [(0.0, 0.0); 6];
        for (i, pair) in scaling.iter_mut().enumerate() {
            *pair = (slopes[i], intercepts[i]);
        }
        Self {
            gamma,
            scaling,
            score,
            phone: [0.0; 3].map(|_: f64| next()),
            vectors: (0..vectors)
                .map(|_| [0.0; 6].map(|_: f64| next()))
                .collect(),
            machines: (0..machines)
                .map(|_| Machine {
                    rho: next(),
                    weights: (0..vectors).map(|_| next()).collect(),
                })
                .collect(),
        }
    }

    /// How many models there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.machines.len()
    }

    /// Each model's score, neither transformed nor clipped, into `scores`; `kernels` is scratch.
    pub fn predict(&self, features: &Features, kernels: &mut Vec<f64>, scores: &mut Vec<f64>) {
        let mut scaled = *features;
        for (value, (slope, intercept)) in scaled.iter_mut().zip(self.scaling) {
            *value = slope * *value + intercept;
        }
        kernels.clear();
        kernels.extend(self.vectors.iter().map(|vector| {
            let distance: f64 = scaled
                .iter()
                .zip(vector)
                .map(|(value, support)| (value - support) * (value - support))
                .sum();
            (-self.gamma * distance).exp()
        }));
        let (slope, intercept) = self.score;
        scores.clear();
        scores.extend(self.machines.iter().map(|machine| {
            let sum: f64 = machine
                .weights
                .iter()
                .zip(&*kernels)
                .map(|(w, k)| w * k)
                .sum();
            (sum - machine.rho - intercept) / slope
        }));
    }

    /// The score for a phone's screen; what is not above `score` counts as `score`.
    #[must_use]
    pub fn on_phone(&self, score: f64) -> f64 {
        let [p0, p1, p2] = self.phone;
        score.max(p0 + p1 * score + p2 * score * score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_sums_its_weighted_kernels() {
        let table: Vec<u8> = [
            &[2.0, 1.0, 0.5][..],
            &[2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0],
            &[0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
            &[0.0, 1.0, 0.0],
            &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
            &[0.0, 0.0, 0.0, 0.0, 0.0, 4.0],
            &[0.5, 1.0, -2.0],
        ]
        .concat()
        .into_iter()
        .flat_map(f64::to_le_bytes)
        .collect();
        let machines = Machines::unpack(&table);
        let (mut kernels, mut scores) = (Vec::new(), Vec::new());
        machines.predict(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0], &mut kernels, &mut scores);
        // The last feature scales to 3 · 1 + 1 = 4: a distance of 3 to one vector, of 0 to the other.
        let sum = (-0.5 * 9.0_f64).exp() - 2.0;
        assert_eq!(scores, [(sum - 0.5 - 0.25) / 2.0]);
    }
}
