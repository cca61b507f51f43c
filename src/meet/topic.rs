//! Where host and page meet: `hotseat/1/TOPIC`, and `hotseat/1/TOPIC/SESSION` for the answers. There are no others.

use std::fmt;

const BEGIN: &str = "hotseat/1/";
/// 16 bytes in base64url without padding.
const PART: usize = 22;

/// A topic, each part as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic {
    invite: [u8; PART],
    session: Option<[u8; PART]>,
}

impl Topic {
    /// None for everything else, a wildcard too.
    pub fn parse(text: &str) -> Option<Topic> {
        let mut parts = text.strip_prefix(BEGIN)?.split('/');
        let invite = part(parts.next()?)?;
        let session = match parts.next() {
            Some(text) => Some(part(text)?),
            None => None,
        };
        parts.next().is_none().then_some(Topic { invite, session })
    }
}

fn part(text: &str) -> Option<[u8; PART]> {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.as_bytes().try_into().ok().filter(|part: &[u8; PART]| part.iter().copied().all(is_base64url))
}

impl fmt::Display for Topic {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(BEGIN)?;
        to.write_str(&String::from_utf8_lossy(&self.invite))?;
        match &self.session {
            Some(session) => write!(to, "/{}", String::from_utf8_lossy(session)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_topics_of_the_meeting_are_topics() {
        let (invite, session) = ("AAAAAAAAAAAAAAAAAAAAAA", "abcdefghijklmnop-_0189");
        for text in [format!("hotseat/1/{invite}"), format!("hotseat/1/{invite}/{session}")] {
            assert_eq!(Topic::parse(&text).expect("a topic").to_string(), text);
        }
        let long = format!("{invite}A");
        let wrong = [
            "",
            "#",
            "hotseat/1/",
            "hotseat/1/#",
            "hotseat/1/+/+",
            "$SYS/broker/uptime",
            &format!("hotseat/2/{invite}"),
            &format!("Hotseat/1/{invite}"),
            &format!("/hotseat/1/{invite}"),
            &format!("hotseat/1/{invite}/"),
            &format!("hotseat/1//{invite}"),
            &format!("hotseat/1/{invite}/#"),
            &format!("hotseat/1/{invite}/+++++++++++++++++++++"),
            &format!("hotseat/1/{invite}/{session}/{session}"),
            &format!("hotseat/1/{long}"),
            &format!("hotseat/1/{}", &invite[1..]),
            &format!("hotseat/1/{}+", &invite[1..]),
            &format!("hotseat/1/{}é", &invite[2..]),
        ];
        for text in wrong {
            assert_eq!(Topic::parse(text), None, "{text}");
        }
    }
}
