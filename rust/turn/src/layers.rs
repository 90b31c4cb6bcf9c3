//! The layers of one track: which are being sent, how much, and how well they arrive.

use std::time::{Duration, Instant};

use str0m::{
    media::Rid,
    rtp::{RtpPacket, Ssrc},
};

use crate::{
    event::Quality,
    limits::{KEY_EVERY, LAYER_IDLE},
};

/// One stream of a track.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) rid: Option<Rid>,
    pub(crate) ssrc: Ssrc,
    seen: Option<Instant>,
    asked: Option<Instant>,
    /// A key frame was asked for when it was too early to.
    pub(crate) owed: bool,
    bytes: u64,
    /// Bits a second, over the last whole span.
    pub(crate) bitrate: u64,
    pub(crate) received: u64,
    first: Option<u64>,
    highest: u64,
    /// RFC 3550 6.4.1, in ticks of the stream's clock.
    pub(crate) jitter: f64,
    transit: Option<f64>,
}

impl Layer {
    pub(crate) fn new(rid: Option<Rid>, ssrc: Ssrc) -> Self {
        Self {
            rid,
            ssrc,
            seen: None,
            asked: None,
            owed: false,
            bytes: 0,
            bitrate: 0,
            received: 0,
            first: None,
            highest: 0,
            jitter: 0.0,
            transit: None,
        }
    }

    /// Takes note of a packet.
    pub(crate) fn arrived(&mut self, packet: &RtpPacket, epoch: Instant, rate: u32) {
        let (at, number) = (packet.timestamp, *packet.seq_no);
        self.seen = Some(at);
        self.bytes += packet.payload.len() as u64;
        self.received += 1;
        self.first.get_or_insert(number);
        if number >= self.highest {
            self.highest = number;
            let ticks = at.saturating_duration_since(epoch).as_secs_f64() * f64::from(rate);
            let transit = ticks - f64::from(packet.header.timestamp);
            if let Some(before) = self.transit.replace(transit) {
                let step = (transit - before).abs();
                // A step of seconds is the clock of another source, or one that wrapped around.
                if step < f64::from(rate) {
                    self.jitter += (step - self.jitter) / 16.0;
                }
            }
        }
    }

    /// How many packets never came.
    pub(crate) fn lost(&self) -> u64 {
        self.first
            .map_or(0, |first| self.highest - first.min(self.highest) + 1)
            .saturating_sub(self.received)
    }

    pub(crate) fn silent(&self, now: Instant) -> Duration {
        self.seen
            .map_or(Duration::MAX, |seen| now.saturating_duration_since(seen))
    }

    pub(crate) fn active(&self, now: Instant) -> bool {
        self.silent(now) < LAYER_IDLE
    }

    /// Closes a span of time.
    pub(crate) fn measured(&mut self, span: Duration) {
        let bits = self.bytes as f64 * 8.0 / span.as_secs_f64().max(1e-3);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a bitrate"
        )]
        let bits = bits as u64;
        self.bitrate = if self.bitrate == 0 {
            bits
        } else {
            self.bitrate.midpoint(bits)
        };
        self.bytes = 0;
    }

    /// Whether a key frame may be asked for now; if not, it is owed.
    pub(crate) fn may_ask(&mut self, now: Instant) -> bool {
        let may = self
            .asked
            .is_none_or(|asked| now.saturating_duration_since(asked) >= KEY_EVERY);
        self.owed = !may;
        if may {
            self.asked = Some(now);
        }
        may
    }
}

/// The layer to show: of those being sent the least or the most, and no change for a small difference.
pub(crate) fn chosen(
    layers: &[Layer],
    quality: Quality,
    now: Instant,
    current: Option<usize>,
) -> Option<usize> {
    let active = || {
        layers
            .iter()
            .enumerate()
            .filter(|(_, layer)| layer.active(now))
    };
    let rate = |index: usize| layers.get(index).map_or(0, |layer| layer.bitrate);
    let best = match quality {
        Quality::Low => active().min_by_key(|(_, layer)| layer.bitrate),
        Quality::High => active().max_by_key(|(_, layer)| layer.bitrate),
    }
    .map(|(index, _)| index);
    let Some(best) = best else {
        return current; // nothing is sent: what comes back first is as good as any
    };
    match current.filter(|&index| layers.get(index).is_some_and(|layer| layer.active(now))) {
        Some(now) if now != best && alike(rate(now), rate(best)) => Some(now),
        _ => Some(best),
    }
}

/// Within a fifth of each other.
fn alike(one: u64, other: u64) -> bool {
    one.abs_diff(other) * 5 <= one.max(other)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "any instant will do")]
mod tests {
    use super::*;

    fn layer(bitrate: u64, seen: Option<Instant>) -> Layer {
        Layer {
            bitrate,
            seen,
            ..Layer::new(None, 1.into())
        }
    }

    #[test]
    fn a_layer_that_is_not_sent_is_never_chosen() {
        let now = Instant::now();
        let later = now + Duration::from_secs(1);
        let layers = [
            layer(100, Some(later)),
            layer(500, Some(later)),
            layer(2000, Some(now)),
            layer(9000, None),
        ];
        assert_eq!(chosen(&layers, Quality::High, later, None), Some(1));
        assert_eq!(chosen(&layers, Quality::High, later, Some(2)), Some(1));
        assert_eq!(chosen(&layers, Quality::Low, later, Some(1)), Some(0));
        let much_later = later + Duration::from_secs(9);
        assert_eq!(chosen(&layers, Quality::Low, much_later, Some(1)), Some(1));
    }

    #[test]
    fn a_small_difference_changes_nothing() {
        let now = Instant::now();
        let layers = [layer(1000, Some(now)), layer(1100, Some(now))];
        assert_eq!(chosen(&layers, Quality::High, now, Some(0)), Some(0));
        assert_eq!(chosen(&layers, Quality::High, now, None), Some(1));
    }

    #[test]
    fn key_frames_are_asked_for_twice_a_second_at_most_and_none_is_forgotten() {
        let now = Instant::now();
        let mut one = layer(1, Some(now));
        assert!(one.may_ask(now));
        assert!(!one.may_ask(now + KEY_EVERY / 2));
        assert!(one.owed);
        assert!(one.may_ask(now + KEY_EVERY));
        assert!(!one.owed);
    }
}
