//! Names that browsers hide their own addresses behind: a random UUID below `.local`, which the browser answers for by
//! multicast DNS (draft-ietf-mmusic-mdns-ice-candidates, 3.1.1). A candidate with one waits here for the address.

use crate::rate_limit::{RateLimit, RateLimiter};
use std::fmt::{self, Display, Formatter};
use std::net::IpAddr;
use std::time::Duration;

/// Names of one peer that the network is asked for. A browser has one for each address of its machine.
const NAMES: RateLimit = RateLimit::new(16, Duration::from_secs(4));
const DOMAIN: &str = ".local";
/// Where the hyphens of a UUID are (RFC 9562, 4).
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Such a name. Nothing but a random UUID (RFC 9562, 5.4) makes one, so that no guest has this host ask for printers and
/// other people's machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalName(u128);

impl LocalName {
    /// Bytes of the label before `local`.
    pub const LABEL: usize = 36;

    pub fn parse(text: &str) -> Option<LocalName> {
        let (label, domain) = text.as_bytes().split_at_checked(LocalName::LABEL)?;
        LocalName::from_label(label).filter(|_| domain.eq_ignore_ascii_case(DOMAIN.as_bytes()))
    }

    /// The label alone, in letters of either case.
    pub fn from_label(label: &[u8]) -> Option<LocalName> {
        if label.len() != LocalName::LABEL {
            return None;
        }
        let mut number = 0;
        for (at, &letter) in label.iter().enumerate() {
            match (HYPHENS.contains(&at), char::from(letter).to_digit(16)) {
                (true, _) if letter == b'-' => {}
                (false, Some(digit)) => number = number << 4 | u128::from(digit),
                _ => return None,
            }
        }
        let (version, variant) = (number >> 76 & 0xf, number >> 62 & 3);
        (version == 4 && variant == 2).then_some(LocalName(number))
    }

    /// As it is asked for.
    pub fn label(self) -> [u8; LocalName::LABEL] {
        let mut label = [b'-'; LocalName::LABEL];
        let mut left = self.0;
        for at in (0..LocalName::LABEL).rev().filter(|at| !HYPHENS.contains(at)) {
            label[at] = b"0123456789abcdef"[(left & 0xf) as usize];
            left >>= 4;
        }
        label
    }
}

impl Display for LocalName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{DOMAIN}", String::from_utf8_lossy(&self.label()))
    }
}

/// The place of the address in a candidate of the page's own machine over UDP, if that is such a name (RFC 8839, 5.1).
fn hidden_address(line: &str) -> Option<LocalName> {
    let mut words = line.split(' ');
    let (_, _, transport, _, address) = (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let (_, typ, kind) = (words.next()?, words.next()?, words.next()?);
    let host = transport.eq_ignore_ascii_case("udp") && typ == "typ" && kind == "host";
    LocalName::parse(address).filter(|_| host)
}

/// What became of a candidate.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// It has an address, or is none of ours to judge.
    Open,
    /// It waits for the address of this name, which is to be asked for.
    Waits(LocalName),
    /// There are too many.
    Refused,
}

/// The candidates of one peer that wait for an address. There are no more than the peer has candidates.
pub struct HiddenCandidates {
    waiting: Vec<(LocalName, String)>,
    limiter: RateLimiter,
    asked: bool,
}

impl HiddenCandidates {
    /// Times are counted from the peer's beginning.
    pub fn new() -> HiddenCandidates {
        HiddenCandidates { waiting: Vec::new(), limiter: RateLimiter::new(NAMES, Duration::ZERO), asked: false }
    }

    pub fn take(&mut self, line: &str, age: Duration) -> Taken {
        let Some(name) = hidden_address(line) else { return Taken::Open };
        if !self.limiter.take(age) {
            return Taken::Refused;
        }
        self.waiting.push((name, line.to_owned()));
        self.asked = true;
        Taken::Waits(name)
    }

    /// The candidates that waited for this, with the address.
    pub fn found(&mut self, name: LocalName, address: IpAddr) -> Vec<String> {
        let found = self.waiting.extract_if(.., |(it, _)| *it == name);
        found.map(|(_, line)| with_address(&line, address)).collect()
    }

    /// What was said before counts no more.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Whether the network was ever asked for a name of this peer.
    pub fn were_any(&self) -> bool {
        self.asked
    }
}

fn with_address(line: &str, address: IpAddr) -> String {
    let address = address.to_string();
    let words = line.split(' ').enumerate().map(|(at, word)| if at == 4 { address.as_str() } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a43.local";

    fn line(name: &str) -> String {
        format!("candidate:1 1 udp 2113937151 {name} 50000 typ host generation 0 ufrag abcd network-cost 999")
    }

    #[test]
    fn only_names_as_browsers_make_them_are_names() {
        let name = LocalName::parse(NAME).expect("a name");
        assert_eq!(name.to_string(), NAME);
        assert_eq!(LocalName::parse(&NAME.to_uppercase()), Some(name));
        assert_eq!(LocalName::from_label(&name.label()), Some(name));
        for other in [
            "",
            "printer.local",
            "3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a43",
            "3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a43.local.",
            "3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a43.local.example",
            "3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a43.lan",
            "a.3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a43.local",
            "3f2c1a9e-7b64-1d0c-9a51-0e8d7c6b5a43.local",
            "3f2c1a9e-7b64-4d0c-1a51-0e8d7c6b5a43.local",
            "3f2c1a9e-7b64-4d0c-ca51-0e8d7c6b5a43.local",
            "3f2c1a9e07b64-4d0c-9a51-0e8d7c6b5a43.local",
            "3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a4g.local",
            "3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a4é.local",
        ] {
            assert_eq!(LocalName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_candidate_waits_for_its_address_and_is_whole_with_it() {
        let mut hidden = HiddenCandidates::new();
        let name = LocalName::parse(NAME).expect("a name");
        assert_eq!(hidden.take(&line("192.168.1.7"), Duration::ZERO), Taken::Open);
        assert!(!hidden.were_any());
        assert_eq!(hidden.take(&line(NAME), Duration::ZERO), Taken::Waits(name));
        assert_eq!(hidden.take(&line(NAME).replace("50000", "50001"), Duration::ZERO), Taken::Waits(name));
        let lines = hidden.found(name, "192.168.1.7".parse().expect("an address"));
        assert_eq!(lines, [line("192.168.1.7"), line("192.168.1.7").replace("50000", "50001")]);
        assert_eq!(hidden.found(name, "192.168.1.8".parse().expect("an address")), [""; 0], "said once");
        assert!(hidden.were_any());
    }

    #[test]
    fn what_is_no_udp_candidate_of_the_pages_own_machine_does_not_wait() {
        let mut hidden = HiddenCandidates::new();
        for other in [
            line(NAME).replace(" udp ", " tcp "),
            line(NAME).replace("typ host", "typ srflx"),
            line(NAME).replace(" typ host", ""),
            line("printer.local"),
            NAME.to_owned(),
            String::new(),
        ] {
            assert_eq!(hidden.take(&other, Duration::ZERO), Taken::Open, "{other}");
        }
    }

    #[test]
    fn a_flood_of_names_is_passed_over_and_later_ones_are_taken_again() {
        let mut hidden = HiddenCandidates::new();
        let mut take = |number: u64, age| {
            let name = format!("3f2c1a9e-7b64-4d0c-9a51-{number:012x}.local");
            matches!(hidden.take(&line(&name), age), Taken::Waits(_))
        };
        assert_eq!((0..64).filter(|&it| take(it, Duration::ZERO)).count(), 16);
        assert_eq!((64..128).filter(|&it| take(it, Duration::from_secs(4))).count(), 1);
        hidden.clear();
        assert!(hidden.waiting.is_empty());
    }
}
