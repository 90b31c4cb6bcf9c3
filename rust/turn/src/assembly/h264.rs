//! H.264 in RTP, RFC 6184, to the byte stream of Annex B.

const START: [u8; 4] = [0, 0, 0, 1];
const STAP_A: u8 = 24;
const FU_A: u8 = 28;
const IDR: u8 = 5;
const PARAMETERS: u8 = 7;

/// Appends what a payload holds; none if it is not what it says.
#[must_use]
pub fn append(payload: &[u8], frame: &mut Vec<u8>) -> Option<()> {
    let (&first, rest) = payload.split_first()?;
    match first & 0x1f {
        1..=23 => {
            frame.extend(START);
            frame.extend_from_slice(payload);
        }
        STAP_A => {
            for unit in units(rest) {
                frame.extend(START);
                frame.extend_from_slice(unit?);
            }
        }
        FU_A => {
            let (&header, data) = rest.split_first()?;
            if header & 0x80 != 0 {
                frame.extend(START);
                frame.push(first & 0xe0 | header & 0x1f);
            }
            frame.extend_from_slice(data);
        }
        _ => return None,
    }
    Some(())
}

/// Whether a key frame begins here: with its parameters, or at once.
#[must_use]
pub fn starts_key(payload: &[u8]) -> bool {
    let Some((&first, rest)) = payload.split_first() else {
        return false;
    };
    let key = |kind: u8| matches!(kind & 0x1f, IDR | PARAMETERS);
    match first & 0x1f {
        STAP_A => units(rest)
            .map_while(|unit| unit)
            .any(|unit| unit.first().is_some_and(|&kind| key(kind))),
        FU_A => rest
            .first()
            .is_some_and(|&header| header & 0x80 != 0 && key(header)),
        _ => key(first),
    }
}

/// The units of an aggregate; one that is cut short is none, and the last.
fn units(mut rest: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let unit = rest.split_first_chunk().and_then(|(length, after)| {
            let (unit, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            rest = after;
            (!unit.is_empty()).then_some(unit)
        });
        if unit.is_none() {
            rest = &[];
        }
        Some(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(payloads: &[&[u8]]) -> Option<Vec<u8>> {
        let mut frame = Vec::new();
        for payload in payloads {
            append(payload, &mut frame)?;
        }
        Some(frame)
    }

    #[test]
    fn every_unit_gets_a_start_code() {
        assert_eq!(joined(&[&[0x65, 1]]).unwrap(), [0, 0, 0, 1, 0x65, 1]);
        let stap = [24, 0, 2, 0x67, 1, 0, 1, 0x68];
        let expected = [0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68];
        assert_eq!(joined(&[&stap]).unwrap(), expected);
        let fragments: [&[u8]; 2] = [&[0x7c, 0x85, 1], &[0x7c, 0x45, 2]];
        assert_eq!(joined(&fragments).unwrap(), [0, 0, 0, 1, 0x65, 1, 2]);
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        assert_eq!(joined(&[&[24, 0, 9, 1]]), None);
        assert_eq!(joined(&[&[24, 0, 0]]), None);
        assert_eq!(joined(&[&[28]]), None);
        assert_eq!(joined(&[&[31, 1]]), None);
    }

    #[test]
    fn a_key_frame_begins_with_its_parameters_or_at_once() {
        assert!(starts_key(&[0x67, 1]));
        assert!(starts_key(&[0x65, 1]));
        assert!(starts_key(&[24, 0, 1, 0x67]));
        assert!(starts_key(&[0x7c, 0x85]));
        assert!(!starts_key(&[0x7c, 0x05]));
        assert!(!starts_key(&[0x41, 1]));
        assert!(!starts_key(&[]));
    }
}
