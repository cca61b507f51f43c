//! What arrives before a guest is let in: the head of a request, the one message on the WebSocket, and the offer in it; with
//! links, codes and tokens that are right and that are not, and with links for which the host is asked.
#![no_main]

use arbitrary::Arbitrary;
use hotseat::input::Seat;
use hotseat::net::http::is_our_host;
use hotseat::room::{
    Actor, Admission, Credentials, Decision, Denied, Departure, Digits, Effect, Entry, InviteId, InviteTerms, Joined,
    MAX_PEERS, PeerId, Random, Refusal, RequestId, RevokeScope, Room, RoomCommand, Secret, clean_name,
};
use hotseat::session::protocol::{Join, MAX_JOIN, VERSION, parse_join};
use hotseat::session::webrtc::answers_offer;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::time::{Duration, Instant};

#[derive(Arbitrary, Debug)]
enum Event<'a> {
    /// A `Host` header.
    Host(&'a str),
    /// The message as it came.
    Message(&'a str),
    /// A message whose form is right, or was before one field was replaced.
    Join(JoinFields<'a>, Option<(u8, &'a str)>),
    /// An offer, as it came.
    Offer(&'a str),
    /// An offer of a browser, some lines of which are other ones.
    Lines(Vec<(u8, Line<'a>)>),
    /// The host's answer to a request.
    Answer(u8, Answer),
    /// A guest who waits has closed the page.
    Withdraw(u8),
    /// A guest goes.
    Leave(u8, bool),
    /// Another code for a link.
    Code(bool, bool),
    /// The host takes a link back.
    Revoke(u8, bool),
    Ban(u8),
    /// Time passes.
    Pass(u16),
}

#[derive(Arbitrary, Debug)]
struct JoinFields<'a> {
    secret: Shown<'a>,
    code: Shown<'a>,
    resume: Token<'a>,
    name: &'a str,
    sdp: Option<&'a str>,
    address: u8,
}

/// A secret or a code: of the open link, of that for which the host is asked, or any text.
#[derive(Arbitrary, Debug)]
enum Shown<'a> {
    None,
    Open,
    Asks,
    Other(&'a str),
}

#[derive(Arbitrary, Debug)]
enum Token<'a> {
    None,
    Of(u8),
    Other(&'a str),
}

#[derive(Arbitrary, Debug)]
enum Line<'a> {
    Gone,
    Twice,
    Is(&'a str),
    Ends(&'a str),
}

#[derive(Arbitrary, Debug)]
enum Answer {
    Play(Option<u8>),
    Watch,
    Decline,
}

const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\na=msid-semantic: WMS\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n\
    a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\n\
    a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
    a=setup:actpass\r\na=mid:0\r\na=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
    a=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 nack\r\n\
    a=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:103 H264/90000\r\n\
    a=rtcp-fb:103 nack pli\r\na=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n\
    a=rtpmap:104 rtx/90000\r\na=fmtp:104 apt=103\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n\
    a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n\
    a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
    a=setup:actpass\r\na=mid:1\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
    a=fmtp:111 minptime=10;useinbandfec=1\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n\
    a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n\
    a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
    a=setup:actpass\r\na=mid:2\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";

fn changed(changes: &[(u8, Line)]) -> String {
    let mut lines: Vec<String> = OFFER.lines().map(str::to_owned).collect();
    for (at, change) in changes.iter().take(8) {
        let at = usize::from(*at) % lines.len().max(1);
        match change {
            Line::Gone if lines.len() > 1 => {
                lines.remove(at);
            }
            Line::Gone => {}
            Line::Twice => lines.insert(at, lines[at].clone()),
            Line::Is(text) => (*text).clone_into(&mut lines[at]),
            Line::Ends(text) => {
                let kept = lines[at].find([':', ' ']).map_or(0, |end| end + 1);
                lines[at].truncate(kept);
                lines[at].push_str(text);
            }
        }
    }
    lines.join("\r\n") + "\r\n"
}

/// What the host orders here takes no randomness.
struct NoRandom;

impl Random for NoRandom {
    fn fill(&mut self, _: &mut [u8]) -> bool {
        false
    }
}

/// A room, and what is known of it from what it has said.
struct House {
    room: Room,
    now: Duration,
    open: InviteId,
    asks: InviteId,
    /// Every guest who was ever in, with their tokens.
    people: Vec<Joined>,
    requests: Vec<(RequestId, String)>,
    /// Offers looked at: each is work, and there is more to find than in offers.
    offers: u8,
    /// How often a guest came in, so that no token is given twice.
    came: u8,
}

fn open_secret() -> Secret {
    Secret::new([7; 16])
}

fn asking_secret() -> Secret {
    Secret::new([8; 16])
}

fn open_code() -> Digits {
    Digits::new([0, 0, 0, 0, 0, 1, 2, 3])
}

fn asking_code() -> Digits {
    Digits::new([0, 0, 0, 0, 0, 3, 2, 1])
}

fn text_of(shown: &Shown, open: &str, asks: &str) -> Option<String> {
    match shown {
        Shown::None => None,
        Shown::Open => Some(open.to_owned()),
        Shown::Asks => Some(asks.to_owned()),
        Shown::Other(text) => Some((*text).to_owned()),
    }
}

impl House {
    fn new() -> House {
        let mut room = Room::new(Some("Host".into()), 4);
        let now = Duration::ZERO;
        let open = room.invites_mut().add(open_secret(), InviteTerms::default(), now).expect("a link");
        let terms = InviteTerms {
            approval: true,
            uses: Some(3),
            lasts: Some(Duration::from_secs(5000)),
            ..InviteTerms::default()
        };
        let asks = room.invites_mut().add(asking_secret(), terms, now).expect("a link");
        let mut house = House { room, now, open, asks, people: Vec::new(), requests: Vec::new(), offers: 0, came: 0 };
        house.code(true, true);
        house.code(false, true);
        house
    }

    fn code(&mut self, open: bool, on: bool) {
        let (id, digits) = if open { (self.open, open_code()) } else { (self.asks, asking_code()) };
        self.room.invites_mut().set_code(id, on.then_some(digits), self.now);
    }

    fn join_text(&self, wants: &JoinFields, changed: &Option<(u8, &str)>) -> String {
        let resume = match &wants.resume {
            Token::None => None,
            Token::Of(whom) => self.person(*whom).map(|it| it.token.as_str().to_owned()),
            Token::Other(text) => Some((*text).to_owned()),
        };
        let mut text = json!({
            "type": "join",
            "v": VERSION,
            "secret": text_of(&wants.secret, open_secret().as_str(), asking_secret().as_str()),
            "code": text_of(&wants.code, open_code().as_str(), asking_code().as_str()),
            "name": wants.name,
            "resume": resume,
            "sdp": wants.sdp.unwrap_or(OFFER),
        });
        if let (Some((field, value)), Some(fields)) = (changed, text.as_object_mut()) {
            let name = fields.keys().nth(usize::from(*field) % fields.len()).cloned().unwrap_or_default();
            // JSON as it is, or else a text; nothing at all takes the field out.
            match serde_json::from_str::<Value>(value) {
                Ok(value) => fields.insert(name, value),
                Err(_) if value.is_empty() => fields.remove(&name),
                Err(_) => fields.insert(name, json!(value)),
            };
        }
        let text = text.to_string();
        let parsed = parse_join(text.as_bytes());
        assert!(parsed.is_some() || changed.is_some() || text.len() > MAX_JOIN, "{text}");
        text
    }

    /// Whether an offer can be answered; none when enough have been tried.
    fn answers(&mut self, sdp: &str) -> Option<bool> {
        const MOST: u8 = 2;
        self.offers += 1;
        (self.offers <= MOST).then(|| answers_offer(sdp, Instant::now()))
    }

    fn person(&self, which: u8) -> Option<&Joined> {
        self.people.get(usize::from(which) % self.people.len().max(1))
    }

    fn request(&mut self, which: u8) -> Option<(RequestId, String)> {
        let at = usize::from(which) % self.requests.len().max(1);
        (!self.requests.is_empty()).then(|| self.requests.remove(at))
    }

    fn join(&mut self, join: &Join, address: u8) {
        let origin = IpAddr::from([192, 168, 1, address % 4]).into();
        let (secret, code, resume) = (join.secret.as_deref(), join.code.as_deref(), join.resume.as_deref());
        let known = resume.is_some_and(|resume| self.people.iter().any(|it| it.token.is(resume)));
        let by = |link: &Secret, digits: &Digits| match (secret, code) {
            (Some(secret), _) => link.is(secret),
            (None, code) => code.is_some_and(|code| digits.is(code)),
        };
        let credentials = Credentials { secret, code, resume, origin };
        match self.room.check_credentials(credentials, self.now) {
            Ok(Entry::Granted(admission)) => {
                assert!(known || by(&open_secret(), &open_code()));
                // The one of all others is known to be good.
                if join.sdp == OFFER || self.answers(&join.sdp) == Some(true) {
                    self.enter(admission, &join.name);
                }
            }
            Ok(Entry::NeedsApproval(invite)) => {
                assert!(invite == self.asks && by(&asking_secret(), &asking_code()));
                if let Ok(request) = self.room.request_entry(invite, &join.name, origin) {
                    self.requests.push((request, join.name.clone()));
                }
            }
            Err(_) => {}
        }
    }

    fn enter(&mut self, admission: Admission, name: &str) -> Option<PeerId> {
        self.came = self.came.wrapping_add(1);
        let token = Secret::new([self.came, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        let joined = self.room.enter(admission, name, token, self.now).ok()?;
        assert_eq!(clean_name(&joined.name), Some(joined.name.clone()));
        let peer = joined.peer;
        match self.people.iter_mut().find(|it| it.token == joined.token) {
            Some(known) => *known = joined,
            None => self.people.push(joined),
        }
        assert!(self.room.members().count() <= MAX_PEERS);
        Some(peer)
    }

    fn apply(&mut self, command: RoomCommand) -> Result<Effect, Denied> {
        self.room.apply(Actor::Host, command, &mut NoRandom, self.now)
    }

    fn decide(&mut self, request: RequestId, decision: Decision) -> Result<Option<Admission>, Refusal> {
        match self.apply(RoomCommand::Answer(request, decision)) {
            Ok(Effect::Answered(answered, answer)) if answered == request => answer,
            other => panic!("an answer is answered: {other:?}"),
        }
    }

    fn answer(&mut self, which: u8, answer: &Answer) {
        let decision = match answer {
            Answer::Play(seat) => Decision::Play(seat.and_then(|seat| Seat::new(seat.into()))),
            Answer::Watch => Decision::Watch,
            Answer::Decline => Decision::Decline,
        };
        let Some((request, name)) = self.request(which) else {
            assert!(self.decide(RequestId(which.into()), decision).is_err());
            return;
        };
        match self.decide(request, decision) {
            Ok(Some(admission)) => {
                assert!(decision != Decision::Decline);
                if let Some(peer) = self.enter(admission, &name) {
                    assert!(decision != Decision::Watch || self.room.seats_of(peer).next().is_none());
                }
            }
            Ok(None) => assert!(decision == Decision::Decline),
            Err(_) => {}
        }
        assert!(self.decide(request, Decision::Play(None)).is_err(), "an answer is good once");
    }
}

fuzz_target!(|events: Vec<Event>| {
    let mut house = House::new();
    for event in events.iter().take(32) {
        house.now += Duration::from_millis(700);
        match event {
            Event::Host(host) => {
                let ours = is_our_host(host, &["arcade.example".to_owned()]);
                assert!(!ours || !host.contains("evil"));
            }
            Event::Message(text) => {
                if let Some(join) = parse_join(text.as_bytes()) {
                    house.join(&join, 0);
                }
            }
            Event::Join(wants, changed) => {
                let text = house.join_text(wants, changed);
                if let Some(join) = parse_join(text.as_bytes()).filter(|join| join.v == VERSION) {
                    house.join(&join, wants.address);
                }
            }
            Event::Offer(sdp) => {
                house.answers(sdp);
            }
            Event::Lines(changes) => assert!(house.answers(&changed(changes)) != Some(false) || !changes.is_empty()),
            Event::Answer(which, answer) => house.answer(*which, answer),
            Event::Withdraw(which) => {
                if let Some((request, _)) = house.request(*which) {
                    house.room.withdraw(request);
                    assert!(house.decide(request, Decision::Play(None)).is_err());
                }
            }
            Event::Leave(whom, is_final) => {
                if let Some(peer) = house.person(*whom).map(|it| it.peer) {
                    let departure = if *is_final { Departure::Final } else { Departure::Temporary };
                    house.room.leave(peer, departure, house.now);
                }
            }
            Event::Code(open, on) => house.code(*open, *on),
            Event::Revoke(which, people) => {
                let invite = if which % 2 == 0 { house.open } else { house.asks };
                let scope = if *people { RevokeScope::WithPeople } else { RevokeScope::LinkOnly };
                assert!(house.apply(RoomCommand::Revoke(invite, scope)).is_ok());
            }
            Event::Ban(whom) => {
                if let Some(peer) = house.person(*whom).map(|it| it.peer) {
                    assert!(house.apply(RoomCommand::Ban(peer)).is_ok());
                    assert!(house.room.name_of(peer).is_none());
                }
            }
            Event::Pass(seconds) => house.now += Duration::from_secs((*seconds).into()),
        }
    }
});
