//! Offers: checked, answered, and made into a connection, on the thread of whoever asks.
//!
//! That takes milliseconds, so it is never done between two packets.

use std::{
    fmt,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};

use str0m::{
    Candidate, Output, Rtc, RtcConfig,
    change::SdpOffer,
    config::{CryptoProvider, DtlsCert},
    crypto,
    media::Mid,
};

use crate::{
    event::{Media, Role},
    limits::{OFFER_BYTES, OFFER_LINES, SLOTS},
};

/// Why an offer is refused. None of it repeats what was offered: it may hold passwords and addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is longer than it may be, in bytes.
    Long(usize),
    /// It has more media lines than it may.
    Lines(usize),
    /// No line of it offers what is asked for.
    Nothing(Role),
    /// More lines of a kind want to receive than may.
    Slots(usize),
    /// It names no certificate by SHA-256.
    Fingerprint,
    /// It is no offer that can be answered.
    Malformed,
    /// There is no certificate of our own.
    Certificate,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Long(found) => write!(
                f,
                "expected an offer of at most {OFFER_BYTES} bytes, found {found}"
            ),
            Self::Lines(found) => write!(
                f,
                "expected an offer of at most {OFFER_LINES} media lines, found {found}"
            ),
            Self::Nothing(Role::Publish) => f.write_str(
                "expected an offer that sends sound or picture in a codec known here, found none",
            ),
            Self::Nothing(Role::Subscribe) => f.write_str(
                "expected an offer that receives sound or picture in a codec known here, found none",
            ),
            Self::Slots(found) => write!(
                f,
                "expected at most {SLOTS} lines of a kind that receive, found {found}"
            ),
            Self::Fingerprint => {
                f.write_str("expected a fingerprint of the kind sha-256, found none")
            }
            Self::Malformed => f.write_str("expected an SDP offer of WebRTC, found something else"),
            Self::Certificate => f.write_str("expected a certificate, and could not make one"),
        }
    }
}

impl std::error::Error for Refused {}

/// What all connections of a process have in common.
#[derive(Debug)]
pub struct Host {
    provider: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

/// One media line of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub mid: Mid,
    /// Sound or picture.
    pub media: Media,
}

/// A connection that may begin.
#[derive(Debug)]
pub struct Admission {
    /// The connection; drained.
    pub rtc: Rtc,
    /// What it is there for.
    pub role: Role,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Our half of the name it is asked for by.
    pub ufrag: String,
    /// When it asks to be looked at.
    pub deadline: Instant,
}

impl Host {
    /// Makes the certificate: the first signature of a process takes its time.
    ///
    /// # Errors
    ///
    /// If that is not possible.
    pub fn new() -> Result<Self, Refused> {
        let provider = Arc::new(crypto::from_feature_flags());
        let certificate = provider
            .dtls_provider
            .generate_certificate()
            .ok_or(Refused::Certificate)?;
        Ok(Self {
            provider,
            certificate,
        })
    }

    /// Answers an offer; the connection will be reached at `addresses`. Publishers are told to send no
    /// more than `bitrate`, in bits a second.
    ///
    /// # Errors
    ///
    /// If the offer cannot be answered.
    pub fn answer(
        &self,
        role: Role,
        offer: &str,
        addresses: &[SocketAddr],
        bitrate: u64,
        now: Instant,
    ) -> Result<(Admission, String), Refused> {
        let offer = parsed(offer)?;
        let mut rtc = self.config().build(now);
        for &address in addresses {
            let candidate = Candidate::host(address, "udp").map_err(|_| Refused::Malformed)?;
            rtc.add_local_candidate(candidate);
        }
        let accepted = catch_unwind(AssertUnwindSafe(|| -> Option<_> {
            let answer = rtc.sdp_api().accept_offer(offer).ok()?.to_sdp_string();
            let deadline = drained(&mut rtc)?;
            Some((rtc, answer, deadline))
        }));
        let Ok(Some((mut rtc, answer, deadline))) = accepted else {
            return Err(Refused::Malformed);
        };
        let lines = lines(&rtc, &answer, role);
        if lines.is_empty() {
            return Err(Refused::Nothing(role));
        }
        for media in [Media::Audio, Media::Video] {
            let found = lines.iter().filter(|line| line.media == media).count();
            if found > SLOTS {
                return Err(Refused::Slots(found));
            }
        }
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        let admission = Admission {
            rtc,
            role,
            lines,
            ufrag,
            deadline,
        };
        let bitrate = (role == Role::Publish).then_some(bitrate);
        Ok((admission, finished(&answer, bitrate)))
    }

    fn config(&self) -> RtcConfig {
        RtcConfig::new()
            .set_crypto_provider(Arc::clone(&self.provider))
            .set_dtls_cert(self.certificate.clone())
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .enable_h264(true)
            .enable_vp9(true)
            .enable_av1(true)
    }
}

/// An offer that was looked at before it is parsed.
///
/// # Errors
///
/// If it is too long, names no certificate in a way that is safe, or is none.
pub fn parsed(offer: &str) -> Result<SdpOffer, Refused> {
    if offer.len() > OFFER_BYTES {
        return Err(Refused::Long(offer.len()));
    }
    let lines = offer.lines().filter(|line| line.starts_with("m=")).count();
    if lines > OFFER_LINES {
        return Err(Refused::Lines(lines));
    }
    // The other end's certificate is compared by SHA-256 alone; what else it is named by is left out.
    let weak = |line: &str| {
        let hash = line.strip_prefix("a=fingerprint:");
        hash.is_some_and(|hash| !is_sha256(hash.split_whitespace().next().unwrap_or_default()))
    };
    let offer: String = offer
        .split_inclusive('\n')
        .filter(|line| !weak(line))
        .collect();
    if !offer.lines().any(|line| line.starts_with("a=fingerprint:")) {
        return Err(Refused::Fingerprint);
    }
    // Its errors hold addresses of our memory, and what it was given: neither is for anybody's eyes.
    catch_unwind(|| SdpOffer::from_sdp_string(&offer))
        .ok()
        .and_then(Result::ok)
        .ok_or(Refused::Malformed)
}

fn is_sha256(name: &str) -> bool {
    name.eq_ignore_ascii_case("sha-256")
}

/// The lines by which media will flow, as our own answer says.
fn lines(rtc: &Rtc, answer: &str, role: Role) -> Vec<Line> {
    let flows = match role {
        Role::Publish => "a=recvonly",
        Role::Subscribe => "a=sendonly",
    };
    let mut lines = Vec::new();
    for section in answer.split("\r\nm=").skip(1) {
        let mut attributes = section.split("\r\n");
        let media = match attributes.next() {
            Some(head) if head.starts_with("audio ") => Media::Audio,
            Some(head) if head.starts_with("video ") => Media::Video,
            _ => continue,
        };
        let mid = attributes
            .clone()
            .find_map(|line| line.strip_prefix("a=mid:"));
        let mid = mid.map(Mid::from);
        let known = |mid: &Mid| {
            rtc.media(*mid)
                .is_some_and(|media| !media.remote_pts().is_empty())
        };
        if let Some(mid) = mid.filter(known)
            && attributes.any(|line| line == flows || line == "a=sendrecv")
        {
            lines.push(Line { mid, media });
        }
    }
    lines
}

/// Takes what a connection says before anybody is there, and its first deadline.
fn drained(rtc: &mut Rtc) -> Option<Instant> {
    loop {
        if let Output::Timeout(deadline) = rtc.poll_output().ok()? {
            return Some(deadline);
        }
    }
}

/// The answer as clients need it. Candidates stand below every line, since some look at the last alone
/// (aiortc 1.16), and no more follow; publishers are told how much picture they may send: `b=AS`
/// (RFC 4566 5.8, in kbit/s).
pub(crate) fn finished(answer: &str, bitrate: Option<u64>) -> String {
    let known = |line: &&str| line.starts_with("a=candidate:");
    let candidates: String = answer.split_inclusive("\r\n").filter(known).collect();
    let mut text = String::with_capacity(answer.len() * 2);
    let mut picture = false;
    for line in answer.split_inclusive("\r\n").filter(|line| !known(line)) {
        if line.starts_with("m=") {
            picture = line.starts_with("m=video");
        }
        text.push_str(line);
        if line.starts_with("c=") {
            if let Some(bitrate) = bitrate.filter(|_| picture) {
                text.push_str(&format!("b=AS:{}\r\n", bitrate / 1000));
            }
            text.push_str(&candidates);
            text.push_str("a=end-of-candidates\r\n");
        }
    }
    text
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "any instant will do")]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_offer_is_refused_without_repeating_it() {
        let host = Host::new().unwrap();
        let fingerprint = "a=fingerprint:sha-256 AA:BB\r\n";
        let long = "v".repeat(OFFER_BYTES + 1);
        let many = "m=audio 9 X 0\r\n".repeat(OFFER_LINES + 1);
        let sha1 = "v=0\r\na=fingerprint:sha-1 AA:BB\r\n";
        let both = format!("{fingerprint}{sha1}");
        let cases = [
            (long.as_str(), Refused::Long(OFFER_BYTES + 1)),
            (many.as_str(), Refused::Lines(OFFER_LINES + 1)),
            ("", Refused::Fingerprint),
            (sha1, Refused::Fingerprint),
            (both.as_str(), Refused::Malformed),
            (fingerprint, Refused::Malformed),
        ];
        for (offer, expected) in cases {
            let found = host.answer(Role::Publish, offer, &[], 1, Instant::now());
            let refused = found.map(|_| ()).unwrap_err();
            assert_eq!(refused, expected);
            assert!(!refused.to_string().contains("AA:BB"));
        }
    }

    #[test]
    fn candidates_stand_below_every_line_and_only_pictures_are_limited() {
        let answer =
            "v=0\r\nm=audio 9 X 1\r\nc=IN\r\na=candidate:1\r\nm=video 9 X 2\r\nc=IN\r\na=x\r\n";
        let expected = "v=0\r\nm=audio 9 X 1\r\nc=IN\r\na=candidate:1\r\na=end-of-candidates\r\n\
            m=video 9 X 2\r\nc=IN\r\nb=AS:500\r\na=candidate:1\r\na=end-of-candidates\r\na=x\r\n";
        assert_eq!(finished(answer, Some(500_000)), expected);
        assert_eq!(finished(answer, None), expected.replace("b=AS:500\r\n", ""));
    }
}
