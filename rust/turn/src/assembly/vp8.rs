//! VP8 in RTP: the payload descriptor of RFC 7741 4.2.

/// What follows the descriptor; none if it is cut short.
#[must_use]
pub fn content(payload: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = payload.split_first()?;
    if first & 0x80 == 0 {
        return Some(rest);
    }
    let (&flags, rest) = rest.split_first()?;
    let mut length = 0;
    if flags & 0x80 != 0 {
        length += if rest.first()? & 0x80 == 0 { 1 } else { 2 };
    }
    length += usize::from(flags & 0x40 != 0) + usize::from(flags & 0x30 != 0);
    rest.get(length..)
}

/// Whether a key frame begins here: the first partition's start, and the frame's own inverse flag.
#[must_use]
pub fn starts_key(payload: &[u8]) -> bool {
    let starts = payload.first().is_some_and(|first| first & 0x17 == 0x10);
    starts && content(payload).is_some_and(|data| data.first().is_some_and(|first| first & 1 == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_descriptor_is_left_out_however_long_it_is() {
        let cases: [(&[u8], &[u8]); 6] = [
            (&[0x10, 9, 8], &[9, 8]),
            (&[0x90, 0x80, 0x11, 9], &[9]),
            (&[0x90, 0x80, 0x91, 0x22, 9], &[9]),
            (&[0x90, 0xe0, 0x91, 0x22, 3, 4, 9], &[9]),
            (&[0x90, 0x20, 4, 9], &[9]),
            (&[0x90, 0x00, 9], &[9]),
        ];
        for (payload, expected) in cases {
            assert_eq!(content(payload), Some(expected));
        }
        assert_eq!(content(&[0x90, 0xf0, 0x91, 0x22]), None);
        assert_eq!(content(&[]), None);
    }

    #[test]
    fn a_key_frame_begins_with_its_first_partition() {
        assert!(starts_key(&[0x10, 0x10]));
        assert!(!starts_key(&[0x10, 0x11]));
        assert!(!starts_key(&[0x00, 0x10]));
        assert!(!starts_key(&[0x11, 0x10]));
        assert!(!starts_key(&[]));
    }
}
