//! AV1 in RTP (the Alliance's payload format, 4.4), to a temporal unit of OBUs with sizes.

const DELIMITER: [u8; 2] = [0x12, 0];
const HAS_SIZE: u8 = 0x02;
const EXTENDED: u8 = 0x04;
const NEW: u8 = 0x08;

/// Whether a coded video sequence begins here.
#[must_use]
pub fn starts_key(payload: &[u8]) -> bool {
    payload
        .first()
        .is_some_and(|flags| flags & (0x80 | NEW) == NEW)
}

/// The temporal unit of these payloads; none if they are not what they say.
#[must_use]
pub fn joined<'a>(payloads: impl Iterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut unit = DELIMITER.to_vec();
    let mut open: Vec<u8> = Vec::new();
    for payload in payloads.filter(|payload| !payload.is_empty()) {
        let (&flags, mut rest) = payload.split_first()?;
        let count = usize::from(flags >> 4 & 3);
        let mut place = 0;
        while !rest.is_empty() {
            place += 1;
            let element;
            (element, rest) = if place == count {
                (rest, &rest[rest.len()..])
            } else {
                let (length, after) = leb128(rest)?;
                after.split_at_checked(length)?
            };
            if place > 1 || flags & 0x80 == 0 {
                close(&mut open, &mut unit)?;
            }
            open.extend_from_slice(element);
        }
        if flags & 0x40 == 0 {
            close(&mut open, &mut unit)?;
        }
    }
    open.is_empty().then_some(unit)
}

/// Appends an OBU that is whole, with its size.
fn close(open: &mut Vec<u8>, unit: &mut Vec<u8>) -> Option<()> {
    let Some((&header, rest)) = open.split_first() else {
        return Some(());
    };
    if header & HAS_SIZE != 0 {
        unit.extend_from_slice(open);
    } else {
        unit.push(header | HAS_SIZE);
        let mut data = rest;
        if header & EXTENDED != 0 {
            let (&extension, after) = rest.split_first()?;
            unit.push(extension);
            data = after;
        }
        let mut size = data.len();
        while size >= 0x80 {
            #[expect(clippy::cast_possible_truncation, reason = "the low seven bits")]
            unit.push(size as u8 | 0x80);
            size >>= 7;
        }
        #[expect(clippy::cast_possible_truncation, reason = "below 0x80")]
        unit.push(size as u8);
        unit.extend_from_slice(data);
    }
    open.clear();
    Some(())
}

fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (place, &byte) in bytes.iter().enumerate().take(4) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn obus_get_sizes_and_a_delimiter() {
        // Two elements, the first with a length: a sequence header and a frame.
        let payload = [0x28, 2, 0x08, 7, 0x30, 1, 2];
        assert!(starts_key(&payload));
        let unit = joined(std::iter::once(&payload[..])).unwrap();
        assert_eq!(unit, [0x12, 0, 0x0a, 1, 7, 0x32, 2, 1, 2]);
    }

    #[test]
    fn an_obu_goes_on_over_packets() {
        let payloads: [&[u8]; 3] = [&[0x50, 0x30, 1], &[0xd0, 2], &[0x90, 3]];
        let unit = joined(payloads.into_iter()).unwrap();
        assert_eq!(unit, [0x12, 0, 0x32, 3, 1, 2, 3]);
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        assert_eq!(joined(std::iter::once(&[0x50_u8, 0x30, 1][..])), None);
        assert_eq!(joined(std::iter::once(&[0x00_u8, 9, 1][..])), None);
        assert_eq!(
            joined(std::iter::once(&[0x00_u8, 0xff, 0xff, 0xff, 0xff][..])),
            None
        );
    }
}
