//! Why there is no new certificate. What a server says of it is shown as text: cleaned, and not longer than people read.

use super::name::AcmeName;
use crate::messages;
use crate::room::clean_text;
use crate::text::IoCause;
use instant_acme::{Error, Problem};
use std::path::PathBuf;

/// The longest word and the longest sentence of a server's that are shown, in characters.
const LIMITS: (usize, usize) = (40, 300);
/// What the types of RFC 8555, 6.7 begin with.
const TYPE: &str = "urn:ietf:params:acme:error:";

messages! {
    /// Why a certificate was not given. The one that there is stays, and it is tried again.
    pub enum AcmeError in acme {
        unreachable => Unreachable { server: String, cause: IoCause },
        /// TLS with the server fails: nobody who is believed vouches for it, most likely.
        untrusted => Untrusted { server: String, problem: String },
        slow => Slow { server: String },
        /// Its answer is none of the protocol's.
        nonsense => Nonsense { server: String, problem: String },
        /// `kind` is one of RFC 8555, 6.7.
        refused => Refused { server: String, name: String, kind: String, detail: String },
        rate_limited => RateLimited { server: String, name: String, detail: String },
        /// The server looked whether the name leads here.
        not_proven => NotProven { server: String, name: String, port: u16, kind: String, detail: String },
        no_challenge => NoChallenge { server: String, name: String },
        /// What came is no certificate for this name that counts now.
        unusable => Unusable { server: String, name: String },
        not_kept => NotKept { folder: PathBuf, cause: IoCause },
        roots => Roots { file: PathBuf },
        /// The library's words.
        not_made => NotMade { problem: String },
    }
}

impl AcmeError {
    /// What the library says about an order of `name` at `server`.
    pub(super) fn new(error: Error, server: &str, name: &AcmeName) -> AcmeError {
        let server = server.to_owned();
        match error {
            Error::Api(problem) => AcmeError::refused(&problem, server, name),
            Error::Timeout(_) => AcmeError::Slow { server },
            Error::Other(error) => match error.downcast::<AcmeError>() {
                Ok(ours) => *ours,
                Err(other) => AcmeError::nonsense(server, &*other),
            },
            other => AcmeError::nonsense(server, &other),
        }
    }

    fn refused(problem: &Problem, server: String, name: &AcmeName) -> AcmeError {
        let (name, kind, detail) = (name.to_string(), kind(problem), detail(problem));
        match kind.as_str() {
            "rateLimited" => AcmeError::RateLimited { server, name, detail },
            _ => AcmeError::Refused { server, name, kind, detail },
        }
    }

    /// A challenge failed, of those that are answered on `port`.
    pub(super) fn not_proven(problem: Option<&Problem>, server: &str, name: &AcmeName, port: u16) -> AcmeError {
        let (kind, detail) = problem.map(|it| (kind(it), detail(it))).unwrap_or_default();
        AcmeError::NotProven { server: server.to_owned(), name: name.to_string(), port, kind, detail }
    }

    pub(super) fn nonsense(server: String, problem: &dyn std::fmt::Display) -> AcmeError {
        AcmeError::Nonsense { server, problem: cleaned(&problem.to_string(), LIMITS.1) }
    }

    pub(super) fn not_made(problem: impl std::fmt::Display) -> AcmeError {
        AcmeError::NotMade { problem: cleaned(&problem.to_string(), LIMITS.1) }
    }

    /// The server does not know the account (any more).
    pub(super) fn is_about_account(&self) -> bool {
        matches!(self, AcmeError::Refused { kind, .. } if kind == "accountDoesNotExist")
    }
}

/// As the RFC calls it, without what all of them begin with.
fn kind(problem: &Problem) -> String {
    let kind = problem.r#type.as_deref().unwrap_or("about:blank");
    cleaned(kind.strip_prefix(TYPE).unwrap_or(kind), LIMITS.0)
}

/// With what is said about the identifier, where that is said apart.
fn detail(problem: &Problem) -> String {
    let own = problem.detail.as_deref().into_iter();
    let apart = problem.subproblems.iter().take(1).filter_map(|it| it.detail.as_deref());
    cleaned(&own.chain(apart).collect::<Vec<&str>>().join(" – "), LIMITS.1)
}

/// One line of what can be shown, of `most` characters.
pub(super) fn cleaned(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    clean_text(&line).unwrap_or_default().chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(json: &str) -> Error {
        Error::Api(serde_json::from_str(json).expect("a problem"))
    }

    fn name() -> AcmeName {
        "play.example".parse().expect("a name")
    }

    #[test]
    fn a_servers_words_become_one_short_line() {
        assert_eq!(cleaned("  a\n\tb\u{1b}[31mc \u{202e}d ", 100), "a b[31mc d");
        assert_eq!(cleaned(&"é".repeat(1000), 5), "ééééé");
        assert_eq!(cleaned("\u{0}\n", 5), "");
    }

    #[test]
    fn a_problem_is_told_by_its_type_and_detail() {
        let told = |json| AcmeError::new(problem(json), "ca.example", &name());
        assert_eq!(
            told(
                r#"{"type":"urn:ietf:params:acme:error:rejectedIdentifier","detail":"not\nyou","subproblems":[{"detail":"policy"}]}"#
            ),
            AcmeError::Refused {
                server: "ca.example".into(),
                name: "play.example".into(),
                kind: "rejectedIdentifier".into(),
                detail: "not you – policy".into(),
            }
        );
        assert!(matches!(
            told(r#"{"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many","status":429}"#),
            AcmeError::RateLimited { .. }
        ));
        assert!(matches!(told("{}"), AcmeError::Refused { kind, .. } if kind == "about:blank"));
        assert!(told(r#"{"type":"urn:ietf:params:acme:error:accountDoesNotExist"}"#).is_about_account());
    }

    #[test]
    fn our_own_errors_pass_the_library_unchanged() {
        let slow = AcmeError::Slow { server: "ca.example".into() };
        assert_eq!(AcmeError::new(Error::Other(Box::new(slow.clone())), "x", &name()), slow);
    }
}
