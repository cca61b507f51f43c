//! The two messages of multicast DNS that there is a use for: a question for one name, and an answer with addresses
//! (RFC 6762, 18; RFC 1035, 4).

use crate::session::LocalName;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of a question: header, the name's two labels with their lengths and the root, type and class.
pub const QUESTION: usize = HEADER + NAME + 4;
/// Answers of one message that are looked at; a browser sends one.
const MOST: usize = 16;

const HEADER: usize = 12;
const NAME: usize = 1 + LocalName::LABEL + 1 + DOMAIN.len() + 1;
const DOMAIN: &[u8; 5] = b"local";
/// The longest name, without the root (RFC 1035, 3.1).
const LONGEST: usize = 254;
const INTERNET: u16 = 1;
/// In the class of an answer: it replaces others (RFC 6762, 10.2).
const TOP_BIT: u16 = 0x8000;
/// It is an answer.
const RESPONSE: u8 = 0x80;
/// What must be zero in an answer's flags: the opcode, and the response code.
const OPCODE: u8 = 0x78;
const CODE: u8 = 0x0f;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// An IPv4 address.
    A = 1,
    /// An IPv6 address (RFC 3596).
    Aaaa = 28,
}

/// A question for the addresses of one kind. Chromium answers neither two questions in a message nor one that asks for an
/// answer to the asker alone (RFC 6762, 5.4), so that is not done.
pub fn question(name: LocalName, kind: Kind) -> [u8; QUESTION] {
    let mut message = [0; QUESTION];
    // One question; all else of the header is zero (RFC 6762, 18).
    message[5] = 1;
    let parts: [&[u8]; 7] = [
        &[LocalName::LABEL as u8],
        &name.label(),
        &[DOMAIN.len() as u8],
        DOMAIN,
        &[0],
        &(kind as u16).to_be_bytes(),
        &INTERNET.to_be_bytes(),
    ];
    let mut at = HEADER;
    for part in parts {
        message[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    message
}

/// The addresses of names as browsers make them that a message tells. None if it is no answer, or is broken before the end
/// of its answers.
pub fn addresses(message: &[u8]) -> Option<Vec<(LocalName, IpAddr)>> {
    let (&flags, &code) = (message.get(2)?, message.get(3)?);
    if flags & RESPONSE == 0 || flags & OPCODE != 0 || code & CODE != 0 {
        return None;
    }
    let (questions, answers) = (number(message, 4)?, number(message, 6)?);
    let mut at = HEADER;
    // Answers to a port of one's own repeat the question (RFC 6762, 6.7).
    for _ in 0..questions {
        at = name(message, at)?.1 + 4;
    }
    let mut found = Vec::new();
    for _ in 0..usize::from(answers).min(MOST) {
        let (name, after) = name(message, at)?;
        let (kind, class) = (number(message, after)?, number(message, after + 2)?);
        let time_to_live = message.get(after + 4..after + 8)?;
        let data = after + 10;
        at = data + usize::from(number(message, after + 8)?);
        let address = address(kind, message.get(data..at)?);
        // A time of zero takes the name back (RFC 6762, 10.1).
        let holds = class & !TOP_BIT == INTERNET && time_to_live != [0; 4];
        found.extend(name.zip(address).filter(|_| holds));
    }
    Some(found)
}

fn number(message: &[u8], at: usize) -> Option<u16> {
    message.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn address(kind: u16, data: &[u8]) -> Option<IpAddr> {
    if kind == Kind::A as u16 {
        <[u8; 4]>::try_from(data).ok().map(|bytes| Ipv4Addr::from(bytes).into())
    } else if kind == Kind::Aaaa as u16 {
        <[u8; 16]>::try_from(data).ok().map(|bytes| Ipv6Addr::from(bytes).into())
    } else {
        None
    }
}

/// The name that begins there, if it is one of a browser's, and where what follows it begins.
fn name(message: &[u8], mut at: usize) -> Option<(Option<LocalName>, usize)> {
    let mut labels: [&[u8]; 2] = [&[]; 2];
    let (mut count, mut length) = (0, 0);
    // Each pointer leads to before where the last one led, so that there is an end (RFC 1035, 4.1.4).
    let mut before = at;
    let mut after = None;
    loop {
        let first = *message.get(at)?;
        match first >> 6 {
            0 if first == 0 => break,
            0 => {
                let end = at + 1 + usize::from(first);
                let label = message.get(at + 1..end)?;
                length += 1 + label.len();
                if length > LONGEST {
                    return None;
                }
                if let Some(place) = labels.get_mut(count) {
                    *place = label;
                }
                count += 1;
                at = end;
            }
            3 => {
                after.get_or_insert(at + 2);
                at = usize::from(number(message, at)? & 0x3fff);
                if at >= before {
                    return None;
                }
                before = at;
            }
            _ => return None,
        }
    }
    let [label, domain] = labels;
    let browsers = count == 2 && domain.eq_ignore_ascii_case(DOMAIN);
    let name = if browsers { LocalName::from_label(label) } else { None };
    Some((name, after.unwrap_or(at + 1)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub fn a_name(number: u64) -> LocalName {
        LocalName::parse(&format!("3f2c1a9e-7b64-4d0c-9a51-{number:012x}.local")).expect("a name")
    }

    fn written(name: LocalName) -> Vec<u8> {
        question(name, Kind::A)[HEADER..HEADER + NAME].to_vec()
    }

    pub fn record(name: &[u8], kind: u16, class: u16, seconds: u32, data: &[u8]) -> Vec<u8> {
        let numbers = [&kind.to_be_bytes()[..], &class.to_be_bytes(), &seconds.to_be_bytes()].concat();
        [name, &numbers, &(data.len() as u16).to_be_bytes(), data].concat()
    }

    pub fn message(questions: &[Vec<u8>], answers: &[Vec<u8>]) -> Vec<u8> {
        let mut message = vec![0, 0, 0x84, 0, 0, questions.len() as u8, 0, answers.len() as u8, 0, 0, 0, 0];
        message.extend(questions.concat());
        message.extend(answers.concat());
        message
    }

    /// As Chromium answers.
    pub fn answer(name: LocalName, address: IpAddr) -> Vec<u8> {
        let record = match address {
            IpAddr::V4(v4) => record(&written(name), 1, 0x8001, 120, &v4.octets()),
            IpAddr::V6(v6) => record(&written(name), 28, 0x8001, 120, &v6.octets()),
        };
        message(&[], &[record])
    }

    fn v4() -> IpAddr {
        [192, 168, 1, 7].into()
    }

    #[test]
    fn a_question_is_one_name_of_one_kind() {
        let name = a_name(1);
        let asked = question(name, Kind::Aaaa);
        assert_eq!(asked[..HEADER], [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(asked[HEADER], 36);
        assert_eq!(&asked[HEADER + 1..HEADER + 37], name.label());
        assert_eq!(asked[HEADER + 37..], *b"\x05local\x00\x00\x1c\x00\x01");
        assert_eq!(question(name, Kind::A)[HEADER + 43..], [0, 0, 1, 0, 1]);
    }

    #[test]
    fn an_address_is_read_from_an_answer() {
        let v6: IpAddr = "fd00::7".parse().expect("an address");
        assert_eq!(addresses(&answer(a_name(1), v4())), Some(vec![(a_name(1), v4())]));
        assert_eq!(addresses(&answer(a_name(2), v6)), Some(vec![(a_name(2), v6)]));
        // To a port of one's own: the question is repeated, and the answer points to its name.
        let asked = [&written(a_name(3))[..], &[0, 1, 0, 1]].concat();
        let legacy = message(&[asked], &[record(&[0xc0, 12], 1, 1, 10, &[192, 168, 1, 7])]);
        assert_eq!(addresses(&legacy), Some(vec![(a_name(3), v4())]));
        // A name in capitals is the same one.
        let mut capitals = answer(a_name(0xabc), v4());
        capitals[HEADER..].make_ascii_uppercase();
        assert_eq!(addresses(&capitals), Some(vec![(a_name(0xabc), v4())]));
    }

    #[test]
    fn what_tells_no_address_of_such_a_name_is_passed_over() {
        let name = written(a_name(1));
        let address = [192, 168, 1, 7];
        let rest = [
            record(b"\x07printer\x05local\x00", 1, 1, 120, &address),
            record(&name[..37].iter().copied().chain(*b"\x03lan\x00").collect::<Vec<_>>(), 1, 1, 120, &address),
            record(&name, 1, 3, 120, &address),
            record(&name, 1, 1, 0, &address),
            record(&name, 16, 1, 120, &address),
            record(&name, 1, 1, 120, &address[..3]),
            record(&name, 28, 1, 120, &address),
            record(b"\x00", 1, 1, 120, &address),
        ];
        assert_eq!(addresses(&message(&[], &rest)), Some(vec![]));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let good = answer(a_name(1), v4());
        for (at, byte) in [(2, 0x04), (2, 0x8c), (3, 0x03), (5, 1), (7, 2)] {
            let mut bad = good.clone();
            bad[at] = byte;
            assert_eq!(addresses(&bad), None, "{byte:#x} at {at}");
        }
        assert_eq!(addresses(&question(a_name(1), Kind::A)), None);
    }

    #[test]
    fn every_beginning_of_an_answer_is_refused() {
        let good = answer(a_name(1), v4());
        for len in 0..good.len() {
            assert_eq!(addresses(&good[..len]), None, "{len} bytes");
        }
    }

    #[test]
    fn pointers_lead_back_and_come_to_an_end() {
        let with = |name: &[u8]| addresses(&message(&[], &[record(name, 1, 1, 120, &[192, 168, 1, 7])]));
        assert_eq!(with(&[0xc0, 12]), None, "to itself");
        assert_eq!(with(&[0xc0, 14]), None, "forward");
        assert_eq!(with(&[0xff, 0xff]), None, "to nowhere");
        assert_eq!(with(&[1, b'a', 0xc0, 12]), None, "in a circle");
        assert_eq!(with(&[0x40, 0]), None, "a label of another kind");
        // Each name is the one before it with a label more: the long ones are too long to be names.
        let mut records =
            vec![record(b"\x3faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x00", 1, 1, 9, &[])];
        for _ in 0..8 {
            let last = message(&[], &records).len() - records.last().map_or(0, Vec::len);
            let label = [&[63][..], &[b'a'; 63], &(0xc000 | last as u16).to_be_bytes()].concat();
            records.push(record(&label, 1, 1, 9, &[]));
        }
        assert_eq!(addresses(&message(&[], &records[..3])), Some(vec![]));
        assert_eq!(addresses(&message(&[], &records)), None);
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = addresses(&bytes);
        }

        #[test]
        fn answers_with_some_bytes_changed_are_read_without_a_panic(
            changes in prop::collection::vec((0_usize..100, any::<u8>()), 1..8),
        ) {
            let mut message = answer(a_name(1), v4());
            for (at, byte) in changes {
                let len = message.len();
                message[at % len] = byte;
            }
            let _ = addresses(&message);
        }
    }
}
