//! A hostile broker between: it replays, reorders, repeats, floods, forges.

use super::*;

const SECRET: &str = "abcdefghijklmnopqrstuv";
const OTHER: &str = "bbcdefghijklmnopqrstuv";
const NOW: Duration = Duration::from_secs(100);

/// Randomness that a test knows.
struct Counting(u8);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        self.0 += 1;
        bytes.fill(self.0);
        true
    }
}

/// A page with an invite.
struct Page {
    keys: InviteKeys,
    session: Id,
    next: u32,
}

impl Page {
    fn new(secret: &str, session: u8) -> Page {
        Page { keys: InviteKeys::new(secret), session: Id([session; 16]), next: 0 }
    }

    fn topic(&self) -> String {
        format!("hotseat/1/{}", self.keys.topic().expect("a topic"))
    }

    fn seal(&mut self, text: &str) -> Vec<u8> {
        let header = Header { id: self.session, counter: self.next };
        self.next += 1;
        self.keys.page_key(self.session).expect("a key").seal(header, text.as_bytes()).expect("sealed")
    }

    fn join(&mut self) -> Vec<u8> {
        self.seal(r#"{"type":"join","v":3,"secret":"s","name":"Ann","sdp":"offer"}"#)
    }

    fn open(&self, publication: &Publication) -> Option<String> {
        if publication.topic != format!("{}/{}", self.topic(), self.session.to_text()) {
            return None;
        }
        let header = Header::parse(&publication.payload)?;
        let key = self.keys.host_key(self.session, header.id)?;
        key.open(header, &publication.payload).and_then(|text| String::from_utf8(text).ok())
    }
}

fn sessions() -> Sessions {
    let mut sessions = Sessions::new(Box::new(Counting(0)));
    assert!(sessions.set_invites([SECRET]));
    sessions
}

fn joined(sessions: &mut Sessions) -> Option<SessionKey> {
    match sessions.poll_event()? {
        MeetingEvent::Join(session, join) => {
            assert_eq!(join.name, "Ann");
            Some(session)
        }
        MeetingEvent::Said(..) => panic!("a join comes first"),
    }
}

fn said(sessions: &mut Sessions) -> Vec<Publication> {
    std::iter::from_fn(|| sessions.poll_publication()).collect()
}

#[test]
fn a_page_joins_and_is_answered_where_it_was_heard() {
    let (mut sessions, mut page) = (sessions(), Page::new(SECRET, 7));
    let topic = page.topic();
    assert_eq!(sessions.topics(), std::slice::from_ref(&topic));
    let join = page.join();
    sessions.handle_publish(1, &topic, &join, NOW);
    let session = joined(&mut sessions).expect("a join");
    sessions.say(session, &ToPage::Waiting, NOW);
    let out = said(&mut sessions);
    assert_eq!(out.iter().map(|it| it.broker).collect::<Vec<_>>(), [1]);
    assert_eq!(page.open(&out[0]).as_deref(), Some(r#"{"type":"waiting"}"#));
    // The same by another broker: no second join, and what was said is said there, too.
    sessions.handle_publish(0, &topic, &join, NOW);
    assert_eq!(sessions.poll_event(), None);
    let again = said(&mut sessions);
    assert_eq!((again.len(), again[0].broker, &again[0].payload), (1, 0, &out[0].payload));
    sessions.say(session, &ToPage::Candidate { candidate: "x".into() }, NOW);
    assert_eq!(said(&mut sessions).iter().map(|it| it.broker).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn who_packs_is_answered_packed_and_who_does_not_is_not() {
    let long = ToPage::Candidate { candidate: "a=rtcp-fb:96 nack ".repeat(200) };
    let text = serde_json::to_vec(&long).expect("text");
    let sdp = "a=rtcp-fb:96 nack ".repeat(200);
    let join = format!(r#"{{"type":"join","v":3,"secret":"s","name":"Ann","sdp":"{sdp}"}}"#);
    for packs in [false, true] {
        let (mut sessions, page) = (sessions(), Page::new(SECRET, 7));
        let key = page.keys.page_key(page.session).expect("a key");
        let message = if packs { pack(join.as_bytes()) } else { join.clone().into_bytes() };
        let sealed = key.seal(Header { id: page.session, counter: 0 }, &message).expect("sealed");
        sessions.handle_publish(0, &page.topic(), &sealed, NOW);
        let session = joined(&mut sessions).expect("a join");
        sessions.say(session, &long, NOW);
        let [said] = &said(&mut sessions)[..] else { panic!("one message") };
        let header = Header::parse(&said.payload).expect("an envelope");
        let key = page.keys.host_key(page.session, header.id).expect("a key");
        let opened = key.open(header, &said.payload).expect("it opens");
        assert_eq!(unpack(opened), Some((text.clone(), packs)));
        assert_eq!(said.payload.len() < text.len() / 4, packs);
    }
    // What is sealed and yet cannot be unpacked is no message, and no reason for anything.
    let (mut sessions, page) = (sessions(), Page::new(SECRET, 7));
    let key = page.keys.page_key(page.session).expect("a key");
    let sealed = key.seal(Header { id: page.session, counter: 0 }, &[1; 100]).expect("sealed");
    sessions.handle_publish(0, &page.topic(), &sealed, NOW);
    assert_eq!(sessions.poll_event(), None);
}

#[test]
fn what_is_replayed_counts_once_and_is_answered_seldom() {
    let (mut sessions, mut page) = (sessions(), Page::new(SECRET, 7));
    let (topic, join) = (page.topic(), page.join());
    let bye = page.seal(r#"{"type":"bye"}"#);
    sessions.handle_publish(0, &topic, &join, NOW);
    let session = joined(&mut sessions).expect("a join");
    sessions.say(session, &ToPage::Waiting, NOW);
    said(&mut sessions);
    for _ in 0..10_000 {
        sessions.handle_publish(0, &topic, &join, NOW);
    }
    assert_eq!(sessions.poll_event(), None);
    assert_eq!(said(&mut sessions).len(), 1, "said again once in half a second");
    sessions.handle_publish(0, &topic, &bye, NOW);
    sessions.handle_publish(0, &topic, &bye, NOW);
    assert_eq!(sessions.poll_event(), Some(MeetingEvent::Said(session, FromPage::Bye)));
    assert_eq!(sessions.poll_event(), None);
    // Long after the session has ended, and is forgotten but for its name.
    sessions.end(session, NOW);
    let later = NOW + LINGER * 2;
    let mut other = Page::new(SECRET, 8);
    let others = other.join();
    sessions.handle_publish(0, &topic, &others, later);
    assert!(joined(&mut sessions).is_some());
    for replayed in [&join, &bye] {
        sessions.handle_publish(0, &topic, replayed, later);
        assert_eq!(sessions.poll_event(), None);
    }
}

#[test]
fn the_order_does_not_matter() {
    let (mut sessions, mut page) = (sessions(), Page::new(SECRET, 7));
    let (topic, join) = (page.topic(), page.join());
    let candidates: Vec<_> =
        (0..3).map(|n| page.seal(&format!(r#"{{"type":"candidate","candidate":"{n}"}}"#))).collect();
    for late in candidates.iter().rev() {
        sessions.handle_publish(0, &topic, late, NOW);
        assert_eq!(sessions.poll_event(), None, "it has not joined yet");
    }
    sessions.handle_publish(0, &topic, &join, NOW);
    let session = joined(&mut sessions).expect("a join");
    for n in (0..3).rev() {
        let candidate = FromPage::Candidate { candidate: n.to_string() };
        assert_eq!(sessions.poll_event(), Some(MeetingEvent::Said(session, candidate)));
    }
}

#[test]
fn what_a_broker_makes_up_is_passed_over() {
    let mut sessions = sessions();
    let (mut page, mut stranger) = (Page::new(SECRET, 7), Page::new(OTHER, 7));
    let topic = page.topic();
    // Sealed with another secret, on the topic of this one; and the other way round.
    let forged = stranger.join();
    sessions.handle_publish(0, &topic, &forged, NOW);
    let join = page.join();
    sessions.handle_publish(0, &stranger.topic(), &join, NOW);
    sessions.handle_publish(0, "", &join, NOW);
    sessions.handle_publish(0, &format!("{topic}/x"), &join, NOW);
    for len in 0..join.len() {
        sessions.handle_publish(0, &topic, &join[..len], NOW);
    }
    for at in 0..join.len() {
        let mut changed = join.clone();
        changed[at] ^= 0x10;
        sessions.handle_publish(0, &topic, &changed, NOW);
    }
    sessions.handle_publish(0, &topic, &vec![1; LONGEST + 1], NOW);
    assert_eq!((sessions.poll_event(), sessions.live.len()), (None, 0));
    // Nothing of that keeps the true one out.
    sessions.handle_publish(0, &topic, &join, NOW);
    assert!(joined(&mut sessions).is_some());
    // A second join in a session, and what is no message, are nothing.
    for text in [r#"{"type":"join","v":3,"secret":"s","name":"Ann","sdp":"offer"}"#, "{}", "\u{0}"] {
        let payload = page.seal(text);
        sessions.handle_publish(0, &topic, &payload, NOW);
        assert_eq!(sessions.poll_event(), None, "{text}");
    }
}

#[test]
fn ten_thousand_strangers_at_the_door_take_no_place() {
    let mut sessions = sessions();
    let topic = sessions.topics().remove(0);
    for n in 0..10_000u32 {
        let mut stranger = Page::new(OTHER, 0);
        stranger.session = Id(std::array::from_fn(|at| n.to_be_bytes()[at % 4]));
        let join = stranger.join();
        sessions.handle_publish(0, &topic, &join, NOW);
    }
    assert_eq!((sessions.live.len(), sessions.invites[0].seen.len()), (0, 0));
    assert!(sessions.events.is_empty() && sessions.publications.is_empty());
}

#[test]
fn sessions_are_bounded_and_those_that_ask_nothing_make_room() {
    let mut sessions = sessions();
    let topic = sessions.topics().remove(0);
    for n in 0..=MAX_LIVE as u8 {
        let mut idle = Page::new(SECRET, n);
        let bye = idle.seal(r#"{"type":"bye"}"#);
        sessions.handle_publish(0, &topic, &bye, NOW);
    }
    assert_eq!(sessions.live.len(), MAX_LIVE);
    let join = Page::new(SECRET, 200).join();
    sessions.handle_publish(0, &topic, &join, NOW);
    assert_eq!(sessions.poll_event(), None, "full");
    sessions.handle_publish(0, &topic, &join, NOW + LINGER);
    assert!(joined(&mut sessions).is_some());
    assert_eq!(sessions.live.len(), 1);
}

#[test]
fn no_more_is_said_in_a_session_than_there_are_counters() {
    let (mut sessions, mut page) = (sessions(), Page::new(SECRET, 7));
    let (topic, join) = (page.topic(), page.join());
    sessions.handle_publish(0, &topic, &join, NOW);
    let session = joined(&mut sessions).expect("a join");
    for _ in 0..MESSAGES + 10 {
        sessions.say(session, &ToPage::Waiting, NOW);
    }
    let out = said(&mut sessions);
    assert_eq!(out.len(), MESSAGES as usize);
    let mut counters: Vec<_> = out.iter().filter_map(|it| Header::parse(&it.payload)).map(|it| it.counter).collect();
    counters.dedup();
    assert_eq!(counters.len(), out.len(), "no counter twice: it is the nonce");
}

#[test]
fn the_newest_links_are_listened_for() {
    let mut sessions = sessions();
    let secrets: Vec<String> = (0..MAX_INVITES).map(|n| format!("{n:022}")).collect();
    assert!(sessions.set_invites(secrets.iter().map(String::as_str)));
    assert_eq!(sessions.topics().len(), MAX_INVITES);
    assert!(!sessions.topics().contains(&Page::new(SECRET, 0).topic()));
    assert!(!sessions.set_invites([secrets[3].as_str()]), "those that ended are told so by the host");
}
