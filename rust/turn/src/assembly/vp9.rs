//! VP9 in RTP: the payload descriptor of RFC 9628 4.2.

const PICTURE: u8 = 0x80;
const INTER: u8 = 0x40;
const LAYERS: u8 = 0x20;
const FLEXIBLE: u8 = 0x10;
const BEGINS: u8 = 0x08;
const STRUCTURE: u8 = 0x02;

/// What follows the descriptor; none if it is cut short.
#[must_use]
pub fn content(payload: &[u8]) -> Option<&[u8]> {
    let (&flags, mut rest) = payload.split_first()?;
    if flags & PICTURE != 0 {
        let long = rest.first()? & 0x80 != 0;
        rest = rest.get(1 + usize::from(long)..)?;
    }
    if flags & LAYERS != 0 {
        rest = rest.get(1 + usize::from(flags & FLEXIBLE == 0)..)?;
    }
    if flags & (FLEXIBLE | INTER) == FLEXIBLE | INTER {
        let mut more = true;
        while more {
            let (&reference, after) = rest.split_first()?;
            more = reference & 1 != 0;
            rest = after;
        }
    }
    if flags & STRUCTURE != 0 {
        rest = structure(rest)?;
    }
    Some(rest)
}

/// What follows the scalability structure.
fn structure(payload: &[u8]) -> Option<&[u8]> {
    let (&flags, mut rest) = payload.split_first()?;
    if flags & 0x10 != 0 {
        rest = rest.get(4 * (usize::from(flags >> 5) + 1)..)?;
    }
    if flags & 0x08 != 0 {
        let (&pictures, after) = rest.split_first()?;
        rest = after;
        for _ in 0..pictures {
            let (&picture, after) = rest.split_first()?;
            rest = after.get(usize::from(picture >> 2 & 3)..)?;
        }
    }
    Some(rest)
}

/// Whether a key frame begins here: at its lowest layer.
#[must_use]
pub fn starts_key(payload: &[u8]) -> bool {
    let Some(&flags) = payload.first() else {
        return false;
    };
    let base = || {
        let long = flags & PICTURE != 0 && payload.get(1).is_some_and(|id| id & 0x80 != 0);
        let at = 1 + usize::from(flags & PICTURE != 0) + usize::from(long);
        payload.get(at).is_some_and(|layers| layers & 0x0e == 0)
    };
    flags & (INTER | BEGINS) == BEGINS && (flags & LAYERS == 0 || base())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_descriptor_is_left_out_however_long_it_is() {
        let cases: [(&[u8], &[u8]); 6] = [
            (&[0x08, 9], &[9]),
            (&[0x88, 0x11, 9], &[9]),
            (&[0x88, 0x91, 0x22, 9], &[9]),
            (&[0xa8, 0x11, 0, 7, 9], &[9]),
            (&[0xd8, 0x11, 3, 2, 9], &[9]),
            (&[0x8a, 0x11, 0x18, 0, 1, 0, 2, 1, 4, 1, 9], &[9]),
        ];
        for (payload, expected) in cases {
            assert_eq!(content(payload), Some(expected), "{payload:?}");
        }
        assert_eq!(content(&[0xd8, 0x11, 3]), None);
        assert_eq!(content(&[0x8a, 0x11, 0x18]), None);
        assert_eq!(content(&[]), None);
    }

    #[test]
    fn a_key_frame_begins_at_its_lowest_layer() {
        assert!(starts_key(&[0x88, 0x11, 9]));
        assert!(!starts_key(&[0xc8, 0x11, 9]));
        assert!(!starts_key(&[0x80, 0x11, 9]));
        assert!(starts_key(&[0xa8, 0x11, 0, 0, 9]));
        assert!(!starts_key(&[0xa8, 0x11, 2, 0, 9]));
        assert!(!starts_key(&[]));
    }
}
