//! Which kind of datagram came, and for whom a stranger asks.

use std::time::Instant;

/// Kinds by their first byte, RFC 7983.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// ICE's checks.
    Stun,
    /// A handshake.
    Dtls,
    /// Media, or what is said about it.
    Rtp,
}

impl Kind {
    /// The kind of a datagram; none if it is nothing that is ever answered.
    #[must_use]
    pub fn of(datagram: &[u8]) -> Option<Self> {
        match datagram {
            [0..=3, ..] if datagram.len() >= HEADER => Some(Self::Stun),
            [20..=63, ..] if datagram.len() >= 13 => Some(Self::Dtls),
            [128..=191, ..] if datagram.len() >= 8 => Some(Self::Rtp),
            _ => None,
        }
    }
}

const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const REQUEST: [u8; 2] = [0, 1];
const SUCCESS: [u8; 2] = [1, 1];
const USERNAME: u16 = 6;

/// The local half of the name in a STUN binding request (RFC 8445: `ours:theirs`); it is not verified yet.
#[must_use]
pub fn asked_for(datagram: &[u8]) -> Option<&str> {
    let (header, mut rest) = datagram.split_at_checked(HEADER)?;
    if !header.starts_with(&REQUEST) || header.get(4..8)? != COOKIE {
        return None;
    }
    while let Some((&[k1, k2, l1, l2], after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([l1, l2]));
        let value = after.get(..length)?;
        if u16::from_be_bytes([k1, k2]) == USERNAME {
            return std::str::from_utf8(value).ok()?.split(':').next();
        }
        rest = after.get(length.next_multiple_of(4)..)?;
    }
    None
}

/// Whether this is the answer to a binding request that was in order.
#[must_use]
pub fn is_success(datagram: &[u8]) -> bool {
    datagram.starts_with(&SUCCESS)
}

/// So many a second, and no more than that at once.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    rate: f64,
    most: f64,
    left: f64,
    at: Instant,
}

impl Bucket {
    /// A full bucket of one second's worth.
    #[must_use]
    pub fn new(rate: f64, now: Instant) -> Self {
        Self {
            rate,
            most: rate,
            left: rate,
            at: now,
        }
    }

    /// Takes `amount` out, if it is there.
    pub fn take(&mut self, amount: f64, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.left = (self.left + since * self.rate).min(self.most);
        let enough = self.left >= amount;
        if enough {
            self.left -= amount;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn request(attributes: &[u8]) -> Vec<u8> {
        let mut datagram = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        datagram.extend([7; 12]);
        datagram.extend(attributes);
        datagram
    }

    #[test]
    fn the_name_is_found_behind_other_attributes() {
        let named = request(b"\x80\x22\x00\x03abc\0\x00\x06\x00\x09ours:them\0\0\0");
        assert_eq!(asked_for(&named), Some("ours"));
    }

    #[test]
    fn what_is_cut_short_or_no_request_names_nobody() {
        let named = request(b"\x00\x06\x00\x09ours:them");
        for end in 0..named.len() {
            assert_eq!(asked_for(&named[..end]), None);
        }
        let mut answer = named;
        answer[0] = 1;
        assert_eq!(asked_for(&answer), None);
    }

    #[test]
    fn only_what_webrtc_sends_has_a_kind() {
        let kinds: Vec<_> = (0..=255_u8)
            .filter(|first| Kind::of(&[*first; 20]).is_some())
            .collect();
        let expected: Vec<_> = (0..4).chain(20..64).chain(128..192).collect();
        assert_eq!(kinds, expected);
        assert_eq!(Kind::of(&[128; 7]), None);
        assert_eq!(Kind::of(&[]), None);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "any instant will do")]
    fn a_bucket_gives_its_rate_and_one_second_at_once() {
        let now = Instant::now();
        let mut bucket = Bucket::new(10.0, now);
        assert_eq!((0..20).filter(|_| bucket.take(1.0, now)).count(), 10);
        let later = now + Duration::from_millis(500);
        assert_eq!((0..20).filter(|_| bucket.take(1.0, later)).count(), 5);
    }
}
