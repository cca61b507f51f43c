//! Sealing: what passes a broker is read by nobody but the two who know the invite's secret.
//!
//! Keys come of the secret by HKDF-SHA256 (RFC 5869), messages are sealed by AES-256-GCM (NIST SP 800-38D). A key is for one
//! direction of one session; the counter of its messages is the nonce, so that none is used twice. docs/protocol.md has the
//! layout.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The first byte of an envelope.
const VERSION: u8 = 1;
const SALT: &[u8] = b"hotseat meeting 1";
/// Bytes of a session's name, of a host's nonce, of a topic's name.
const ID: usize = 16;
/// Version, id, counter.
const HEADER: usize = 1 + ID + 4;
/// The most messages of one direction of a session.
pub const MESSAGES: u32 = 256;
/// The longest envelope.
pub const LONGEST: usize = crate::session::protocol::MAX_JOIN + 64;

/// What a page calls its attempt to join, or a host its answers to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; ID]);

impl Id {
    /// 22 characters of base64url (RFC 4648, 5), without padding.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// The length of what is derived.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

/// What the secret of one invite gives.
pub struct InviteKeys(Prk);

impl InviteKeys {
    pub fn new(secret: &str) -> InviteKeys {
        InviteKeys(Salt::new(HKDF_SHA256, SALT).extract(secret.as_bytes()))
    }

    /// Under which name host and page find each other; it tells nothing of the secret.
    pub fn topic(&self) -> Option<String> {
        let mut id = [0; ID];
        self.derive(&[b"topic"], &mut id)?;
        Some(Id(id).to_text())
    }

    /// What the page seals with in this session.
    pub fn page_key(&self, session: Id) -> Option<Key> {
        self.key(&[b"page", &session.0])
    }

    /// What the host seals with.
    pub fn host_key(&self, session: Id, host_nonce: Id) -> Option<Key> {
        self.key(&[b"host", &session.0, &host_nonce.0])
    }

    fn key(&self, info: &[&[u8]]) -> Option<Key> {
        let mut key = [0; 32];
        self.derive(info, &mut key)?;
        UnboundKey::new(&AES_256_GCM, &key).ok().map(|key| Key(LessSafeKey::new(key)))
    }

    fn derive(&self, info: &[&[u8]], out: &mut [u8]) -> Option<()> {
        self.0.expand(info, Bytes(out.len())).ok()?.fill(out).ok()
    }
}

/// The open part of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The session of a page's envelope, the nonce of a host's.
    pub id: Id,
    pub counter: u32,
}

impl Header {
    fn write(self) -> [u8; HEADER] {
        let mut bytes = [VERSION; HEADER];
        bytes[1..=ID].copy_from_slice(&self.id.0);
        bytes[1 + ID..].copy_from_slice(&self.counter.to_be_bytes());
        bytes
    }

    /// None for what cannot be an envelope.
    pub fn parse(envelope: &[u8]) -> Option<Header> {
        if envelope.len() < HEADER + MAX_TAG_LEN || envelope.len() > LONGEST || envelope[0] != VERSION {
            return None;
        }
        let id = Id(envelope[1..=ID].try_into().ok()?);
        let counter = u32::from_be_bytes(envelope[1 + ID..HEADER].try_into().ok()?);
        (counter < MESSAGES).then_some(Header { id, counter })
    }

    fn nonce(self) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        nonce[NONCE_LEN - 4..].copy_from_slice(&self.counter.to_be_bytes());
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Seals and opens the messages of one direction of a session.
pub struct Key(LessSafeKey);

impl Key {
    /// The caller uses each counter once.
    pub fn seal(&self, header: Header, text: &[u8]) -> Option<Vec<u8>> {
        let head = header.write();
        let mut sealed = text.to_vec();
        self.0.seal_in_place_append_tag(header.nonce(), Aad::from(&head), &mut sealed).ok()?;
        Some([&head[..], &sealed].concat())
    }

    /// None for what was not sealed with this key, or was changed since.
    pub fn open(&self, header: Header, envelope: &[u8]) -> Option<Vec<u8>> {
        let (head, sealed) = envelope.split_at_checked(HEADER)?;
        let mut sealed = sealed.to_vec();
        let len = self.0.open_in_place(header.nonce(), Aad::from(head), &mut sealed).ok()?.len();
        sealed.truncate(len);
        Some(sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_base64url() {
        assert_eq!(Id([0; 16]).to_text(), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(Id([0xff; 16]).to_text(), "_____________________w");
        let counting: [u8; 16] = std::array::from_fn(|at| at as u8);
        assert_eq!(Id(counting).to_text(), "AAECAwQFBgcICQoLDA0ODw");
    }

    #[test]
    fn keys_topics_and_envelopes_are_those_of_the_page() {
        #[derive(serde::Deserialize)]
        struct Sealed {
            counter: u32,
            text: String,
            envelope: String,
        }
        #[derive(serde::Deserialize)]
        struct Case {
            secret: String,
            session: String,
            session_topic: String,
            host_nonce: String,
            topic: String,
            page: Vec<Sealed>,
            host: Vec<Sealed>,
        }
        let bytes = |hex: &str| -> Vec<u8> {
            let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("digits");
            (0..hex.len()).step_by(2).map(digits).collect()
        };
        let id = |hex: &str| Id(bytes(hex).try_into().expect("16 bytes"));
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/web/test/meeting-vectors.json");
        let text = std::fs::read_to_string(file).expect("the vectors");
        let cases: Vec<Case> = serde_json::from_str(&text).expect("vectors");
        assert!(cases.len() > 1);
        for case in cases {
            let (keys, session, nonce) = (InviteKeys::new(&case.secret), id(&case.session), id(&case.host_nonce));
            assert_eq!(keys.topic().as_ref(), Some(&case.topic));
            assert_eq!(session.to_text(), case.session_topic);
            let (page, host) = (keys.page_key(session).expect("a key"), keys.host_key(session, nonce).expect("a key"));
            for (key, id, sealed) in [(&page, session, &case.page), (&host, nonce, &case.host)] {
                for it in sealed {
                    let (header, envelope) = (Header { id, counter: it.counter }, bytes(&it.envelope));
                    assert_eq!(Header::parse(&envelope), Some(header));
                    assert_eq!(key.open(header, &envelope).as_deref(), Some(it.text.as_bytes()));
                    assert_eq!(key.seal(header, it.text.as_bytes()), Some(envelope));
                }
            }
        }
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_alone() {
        let (keys, session, nonce) = (InviteKeys::new("abcdefghijklmnopqrstuv"), Id([1; 16]), Id([2; 16]));
        let page = keys.page_key(session).expect("a key");
        let header = Header { id: session, counter: 3 };
        let envelope = page.seal(header, b"hello").expect("sealed");
        assert_eq!(Header::parse(&envelope), Some(header));
        assert_eq!(page.open(header, &envelope).as_deref(), Some(&b"hello"[..]));
        let others = [
            keys.page_key(nonce),
            keys.host_key(session, nonce),
            InviteKeys::new("abcdefghijklmnopqrstuw").page_key(session),
        ];
        for other in others {
            assert_eq!(other.expect("a key").open(header, &envelope), None);
        }
        // Whatever bit is changed, it does not open; nor as another message.
        for at in 0..envelope.len() {
            let mut changed = envelope.clone();
            changed[at] ^= 1;
            let opened = Header::parse(&changed).and_then(|header| page.open(header, &changed));
            assert_eq!(opened, None, "byte {at}");
        }
        for len in 0..envelope.len() {
            let opened = Header::parse(&envelope[..len]).and_then(|header| page.open(header, &envelope[..len]));
            assert_eq!(opened, None, "{len} bytes");
        }
    }

    #[test]
    fn the_topic_tells_nothing_that_a_session_uses() {
        let keys = InviteKeys::new("abcdefghijklmnopqrstuv");
        let topic = keys.topic().expect("a topic");
        assert_eq!(topic.len(), 22);
        assert_eq!(InviteKeys::new("abcdefghijklmnopqrstuv").topic().as_ref(), Some(&topic));
        assert_ne!(InviteKeys::new("abcdefghijklmnopqrstuw").topic().as_ref(), Some(&topic));
    }
}
