//! Random events, and after each of them: nobody holds a right, a seat or a way in that they were not given.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
enum Step {
    Invite(Terms),
    Change(u32, Terms),
    Revoke(u32, bool),
    Code(u32, u8),
    Knock { secret: Option<u8>, code: Option<u8>, resume: Option<u8>, address: u8 },
    Answer(u32, Verdict),
    TakeBack(u32),
    Leave(usize, bool),
    Kick(usize),
    Ban(usize),
    Pardon,
    Sit(usize, usize, bool),
    Rights(usize, Rights),
    Mute(usize, bool),
    Rename(usize, String),
    Ports(usize),
    Locals(Vec<usize>),
    HostName(String),
    Wish(usize, Wish),
    Pass(u64),
}

fn grant() -> impl Strategy<Value = Grant> {
    prop_oneof![Just(Grant::Any), Just(Grant::Watch), (0..10usize).prop_map(Grant::Seat)]
}

fn rights() -> impl Strategy<Value = Rights> {
    prop::collection::vec(prop::sample::select(&Right::ALL[..]), 0..5).prop_map(|all| all.into_iter().collect())
}

fn terms() -> impl Strategy<Value = Terms> {
    let uses = prop::option::of(0..4u32);
    let lasts = prop::option::of((0..400u64).prop_map(Duration::from_secs));
    (grant(), rights(), any::<bool>(), uses, lasts).prop_map(|(grant, rights, approval, uses, lasts)| Terms {
        grant,
        rights,
        approval,
        uses,
        lasts,
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    let games = [Game::Pause, Game::Resume, Game::Reset, Game::Save, Game::Load];
    prop_oneof![
        prop::option::of(0..10usize).prop_map(Wish::Ask),
        Just(Wish::Unask),
        (0..10usize).prop_map(Wish::Stand),
        (0..40u32, 0..10usize, any::<bool>()).prop_map(|(peer, seat, on)| Wish::Sit { peer, seat, on }),
        (prop::sample::select(games.to_vec()), 0..12u8).prop_map(|(game, slot)| Wish::Do(game, slot)),
        grant().prop_map(Wish::Invite),
        ".{0,12}".prop_map(Wish::Chat),
        prop::sample::select(EMOJI.to_vec()).prop_filter_map("an emoji", |it| Emoji::parse(it).map(Wish::React)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let verdict =
        prop_oneof![prop::option::of(0..10usize).prop_map(Verdict::Play), Just(Verdict::Watch), Just(Verdict::No)];
    let who = 0..12usize;
    prop_oneof![
        2 => terms().prop_map(Step::Invite),
        1 => (0..8u32, terms()).prop_map(|(id, terms)| Step::Change(id, terms)),
        1 => (0..8u32, any::<bool>()).prop_map(|(id, people)| Step::Revoke(id, people)),
        1 => (0..8u32, 0..4u8).prop_map(|(id, code)| Step::Code(id, code)),
        6 => (prop::option::of(0..10u8), prop::option::of(0..4u8), prop::option::weighted(0.3, 0..20u8), 0..4u8)
            .prop_map(|(secret, code, resume, address)| Step::Knock { secret, code, resume, address }),
        2 => (0..40u32, verdict).prop_map(|(id, verdict)| Step::Answer(id, verdict)),
        1 => (0..40u32).prop_map(Step::TakeBack),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, good)| Step::Leave(who, good)),
        1 => who.clone().prop_map(Step::Kick),
        1 => who.clone().prop_map(Step::Ban),
        1 => Just(Step::Pardon),
        2 => (who.clone(), 0..10usize, any::<bool>()).prop_map(|(who, seat, on)| Step::Sit(who, seat, on)),
        2 => (who.clone(), rights()).prop_map(|(who, rights)| Step::Rights(who, rights)),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, muted)| Step::Mute(who, muted)),
        1 => (who.clone(), ".{0,30}").prop_map(|(who, name)| Step::Rename(who, name)),
        1 => (0..10usize).prop_map(Step::Ports),
        1 => prop::collection::vec(0..10usize, 0..4).prop_map(Step::Locals),
        1 => ".{0,30}".prop_map(Step::HostName),
        6 => (who, wish()).prop_map(|(who, wish)| Step::Wish(who, wish)),
        2 => (0..100u64).prop_map(Step::Pass),
    ]
}

/// What was given to a peer, kept beside the room and without its help.
#[derive(Debug, Clone, Default)]
struct Given {
    rights: BTreeSet<u8>,
    /// Seats they may sit on: by their link, or put there by one who may.
    seats: BTreeSet<usize>,
    any_seat: bool,
    muted: bool,
    token: Option<Secret>,
    /// All their connections' numbers.
    had: BTreeSet<PeerId>,
    /// The links they made.
    made: BTreeSet<u32>,
    /// The host was to be asked about them.
    approval: bool,
    invite: u32,
    address: u8,
}

impl Given {
    fn by(terms: &Terms, invite: u32, address: u8) -> Given {
        let mut given = Given { invite, address, approval: terms.approval, ..Given::default() };
        given.rights = terms.rights.iter().map(|right| right as u8).collect();
        match terms.grant {
            Grant::Any => given.any_seat = true,
            Grant::Seat(seat) => {
                given.seats.insert(seat);
            }
            Grant::Watch => {}
        }
        given
    }
}

struct Model {
    room: Room,
    now: Duration,
    /// Those who are there.
    here: BTreeMap<PeerId, Given>,
    /// Those who may come back.
    away: Vec<Given>,
    /// Living links, as the host made them; the number of the secret is the link's.
    links: BTreeMap<u32, (Secret, Terms)>,
    asked: BTreeMap<RequestId, (u32, u8)>,
    fresh: u8,
}

impl Model {
    fn peer(&self, who: usize) -> Option<PeerId> {
        self.here.keys().nth(who).copied()
    }

    /// Somebody who is here or away, by any of their numbers.
    fn anyone(&self, who: usize) -> Option<PeerId> {
        let all = self.here.values().chain(&self.away).flat_map(|given| given.had.iter().rev().take(16));
        all.copied().nth(who)
    }

    /// Somebody is shown out, with the links they made.
    fn forget(&mut self, peer: PeerId, ended: Option<PeerId>) -> Given {
        let here = self.here.iter().find(|(_, given)| given.had.contains(&peer)).map(|(&id, _)| id);
        assert_eq!(here, ended, "whoever is here is ended, and nobody else");
        let given = match here {
            Some(id) => self.here.remove(&id),
            None => {
                let at = self.away.iter().position(|given| given.had.contains(&peer));
                at.map(|at| self.away.remove(at))
            }
        };
        let given = given.expect("they were known");
        self.end_links(&given);
        given
    }

    fn end_links(&mut self, given: &Given) {
        for link in &given.made {
            self.links.remove(link);
            assert!(self.room.invites().get(*link).is_none(), "a link of one who is gone");
        }
    }

    fn secret(&mut self) -> Secret {
        self.fresh += 1;
        token(self.fresh)
    }

    fn enter(&mut self, admission: Admission, mut given: Given) {
        let fresh = self.secret();
        if let Ok(joined) = self.room.enter(admission, "x", fresh, self.now) {
            given.token = Some(joined.token.clone());
            given.had.insert(joined.peer);
            if let Some(old) = joined.replaces {
                self.here.remove(&old);
            }
            self.away.retain(|it| it.token.as_ref() != Some(&joined.token));
            self.here.insert(joined.peer, given);
        }
    }

    fn knock(&mut self, secret: Option<u8>, code: Option<u8>, resume: Option<u8>, address: u8) {
        let ip = IpAddr::from([10, 0, 0, address]);
        let link = secret.and_then(|n| self.links.get(&u32::from(n)).map(|(secret, _)| secret.clone()));
        let wrong = token(250);
        let digits = code.map(digits);
        let tokens: Vec<Secret> =
            self.here.values().chain(&self.away).filter_map(|given| given.token.clone()).collect();
        let resume = resume.map(|n| tokens.get(usize::from(n)).cloned().unwrap_or(token(251)));
        let secret = secret.map(|_| link.clone().unwrap_or(wrong));
        let entry = Entry {
            secret: secret.as_ref().map(Secret::as_str),
            code: digits.as_ref().map(Digits::as_str),
            resume: resume.as_ref().map(Secret::as_str),
            address: ip,
        };
        match self.room.knock(entry, self.now) {
            Ok(Door::Open(admission)) => {
                let known = self.here.values().chain(&self.away).find(|it| it.token.is_some() && it.token == resume);
                let given = match known {
                    Some(given) => Given { address, ..given.clone() },
                    None => {
                        let came = self.link_of(&secret, &digits);
                        let (id, terms) = came.expect("only a living link opens the door");
                        assert!(!terms.approval, "the host must be asked");
                        Given::by(&terms, id, address)
                    }
                };
                self.enter(admission, given);
            }
            Ok(Door::Ask(invite)) => {
                let (id, terms) = self.link_of(&secret, &digits).expect("only a living link");
                assert!(terms.approval && id == invite);
                if let Ok(request) = self.room.ask(invite, "x", ip) {
                    self.asked.insert(request, (invite, address));
                }
            }
            Err(_) => {}
        }
    }

    /// The link that was shown, by what the host did with it.
    fn link_of(&self, secret: &Option<Secret>, digits: &Option<Digits>) -> Option<(u32, Terms)> {
        match (secret, digits) {
            (Some(secret), _) => {
                self.links.iter().find(|(_, (known, _))| known == secret).map(|(&id, (_, terms))| (id, *terms))
            }
            (None, Some(digits)) => {
                let named = self.room.invites().iter().find(|it| it.code.as_ref().is_some_and(|(it, _)| it == digits));
                named.and_then(|it| self.links.get(&it.id).map(|(_, terms)| (it.id, *terms)))
            }
            (None, None) => None,
        }
    }

    fn take(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Invite(terms) => {
                let secret = self.secret();
                if let Some(id) = self.room.invites_mut().add(secret.clone(), terms, now) {
                    self.links.insert(id, (secret, terms));
                }
            }
            Step::Change(id, terms) => {
                if self.room.invites_mut().change(id, terms, now)
                    && let Some((_, known)) = self.links.get_mut(&id)
                {
                    *known = terms;
                }
            }
            Step::Revoke(id, people) => {
                let mut ended = self.room.revoke(id, people);
                self.links.remove(&id);
                let mut gone = vec![id];
                while let Some(link) = gone.pop().filter(|_| people) {
                    let came: Vec<PeerId> =
                        self.here.iter().filter(|(_, it)| it.invite == link).map(|(&peer, _)| peer).collect();
                    let mut left: Vec<Given> = came.iter().filter_map(|peer| self.here.remove(peer)).collect();
                    for peer in came {
                        let at = ended.iter().position(|id| *id == peer).expect("they are ended");
                        ended.swap_remove(at);
                    }
                    let (away, stay) = std::mem::take(&mut self.away).into_iter().partition(|it| it.invite == link);
                    self.away = stay;
                    left.extend::<Vec<Given>>(away);
                    for given in left {
                        // Also links that have ended by themselves: people came by them.
                        gone.extend(&given.made);
                        self.end_links(&given);
                    }
                }
                assert!(ended.is_empty(), "and nobody else");
            }
            Step::Code(id, code) => {
                self.room.invites_mut().set_code(id, Some(digits(code)), now);
            }
            Step::Knock { secret, code, resume, address } => self.knock(secret, code, resume, address),
            Step::Answer(request, verdict) => {
                let answer = self.room.answer(request, verdict, now);
                let asked = self.asked.remove(&request);
                if let Ok(Some(admission)) = answer {
                    let (invite, address) = asked.expect("only what was asked can be answered");
                    let (_, terms) = self.links.get(&invite).expect("the link lives");
                    let mut given = Given { approval: true, ..Given::by(terms, invite, address) };
                    match verdict {
                        Verdict::Watch => (given.any_seat, given.seats) = (false, BTreeSet::new()),
                        Verdict::Play(seat) => {
                            given.any_seat |= terms.grant == Grant::Watch && seat.is_none();
                            given.seats.extend(seat);
                        }
                        Verdict::No => panic!("a no opens no door"),
                    }
                    self.enter(admission, given);
                }
            }
            Step::TakeBack(request) => {
                self.room.take_back(request);
                self.asked.remove(&request);
            }
            Step::Leave(who, good) => {
                if let Some(peer) = self.peer(who) {
                    self.room.leave(peer, good, now);
                    self.away.extend(self.here.remove(&peer));
                }
            }
            Step::Kick(who) => {
                if let Some(peer) = self.anyone(who) {
                    let ended = self.room.kick(peer);
                    self.forget(peer, ended);
                }
            }
            Step::Ban(who) => {
                if let Some(peer) = self.anyone(who) {
                    let ended = self.room.ban(peer);
                    let given = self.forget(peer, ended);
                    let address = IpAddr::from([10, 0, 0, given.address]);
                    let entry = Entry { secret: None, code: None, resume: None, address };
                    assert_eq!(self.room.knock(entry, now), Err(Refusal::Banned));
                }
            }
            Step::Pardon => self.room.pardon_all(),
            Step::Sit(who, seat, on) => {
                if let Some(peer) = self.peer(who)
                    && self.room.sit(peer, seat, on)
                    && on
                {
                    self.here.get_mut(&peer).expect("there").seats.insert(seat);
                }
            }
            Step::Rights(who, rights) => {
                if let Some(peer) = self.peer(who) {
                    self.room.set_rights(peer, rights);
                    let given = self.here.get_mut(&peer).expect("there");
                    given.rights = rights.iter().map(|right| right as u8).collect();
                }
            }
            Step::Mute(who, muted) => {
                if let Some(peer) = self.peer(who) {
                    self.room.set_muted(peer, muted);
                    self.here.get_mut(&peer).expect("there").muted = muted;
                }
            }
            Step::Rename(who, name) => {
                if let Some(peer) = self.peer(who) {
                    self.room.rename(peer, &name);
                }
            }
            Step::Ports(ports) => self.room.set_ports(ports),
            Step::Locals(seats) => {
                let local = |seat| Local { seat, name: "L".into() };
                self.room.set_locals(seats.into_iter().map(local).collect());
            }
            Step::HostName(name) => self.room.set_host_name(&name),
            Step::Wish(who, wish) => self.wish(who, wish),
            Step::Pass(seconds) => {
                self.now += Duration::from_secs(seconds);
                self.room.tick(self.now);
            }
        }
    }

    fn wish(&mut self, who: usize, wish: Wish) {
        let Some(peer) = self.peer(who) else { return };
        let fresh = self.secret();
        let given = self.here.get(&peer).expect("there").clone();
        let has = |right: Right| given.rights.contains(&(right as u8));
        let done = self.room.wish(peer, wish.clone(), || Some(fresh.clone()), self.now);
        match (wish, done) {
            (Wish::Do(game, _), Ok(deed)) => {
                assert!(has(game.right()), "{deed:?} without the right");
            }
            (Wish::Sit { peer: other, seat, on }, Ok(_)) => {
                assert!(has(Right::Seats));
                if on {
                    let moved = self.here.values_mut().find(|given| given.had.contains(&other));
                    moved.expect("only those who are there can be put on a seat").seats.insert(seat);
                }
            }
            (Wish::Invite(grant), Ok(Deed::Invited(secret))) => {
                assert!(has(Right::Invite));
                match grant {
                    Grant::Any => assert!(given.any_seat, "more than they have"),
                    Grant::Seat(seat) => {
                        assert!(given.any_seat || given.seats.contains(&seat), "more than they have")
                    }
                    Grant::Watch => {}
                }
                let made = self.room.invites().iter().find(|it| it.secret == secret).expect("the link is there");
                assert_eq!(made.terms.rights, Rights::default(), "rights are the host's to give");
                assert!(made.terms.approval || !given.approval, "the host is asked about those whom they bring");
                let (id, terms) = (made.id, made.terms);
                self.links.insert(id, (secret, terms));
                self.here.get_mut(&peer).expect("there").made.insert(id);
            }
            (Wish::Chat(_), Ok(Deed::Say(text))) => {
                assert!(!given.muted && !text.is_empty() && text.chars().count() <= MAX_TEXT);
                assert!(!text.chars().any(char::is_control));
            }
            (Wish::React(_), Ok(_)) => assert!(!given.muted),
            _ => {}
        }
    }

    fn check(&self) {
        let members: Vec<Member> = self.room.members().collect();
        assert!(members.iter().map(|it| it.peer).eq(self.room.members().map(|it| it.peer)));
        assert_eq!(members.len(), self.here.len(), "everyone who is there, and nobody else");
        for member in &members {
            let given = self.here.get(&member.peer).expect("nobody is there who did not come in");
            for right in Right::ALL {
                assert_eq!(self.room.has(member.peer, right), given.rights.contains(&(right as u8)), "{right:?}");
            }
            for seat in 0..MAX_SEATS + 2 {
                if self.room.may_play(member.peer, seat) {
                    assert!(!given.muted && seat < self.room.ports());
                    assert!(given.any_seat || given.seats.contains(&seat), "{} on seat {seat}", member.peer);
                }
            }
            assert!((1..=MAX_NAME).contains(&member.name.chars().count()));
        }
        for peer in 0..50 {
            if !self.here.contains_key(&peer) {
                assert!((0..MAX_SEATS).all(|seat| !self.room.may_play(peer, seat)));
                assert!(Right::ALL.iter().all(|&right| !self.room.has(peer, right)));
            }
        }
        for seat in 0..self.room.ports() {
            let holders: Vec<_> = self.room.holders(seat).filter_map(|it| it.peer).collect();
            assert_eq!(holders.iter().collect::<BTreeSet<_>>().len(), holders.len(), "nobody sits there twice");
        }
    }
}

fn digits(n: u8) -> Digits {
    Digits::new([0, 0, 0, 0, 0, 0, 0, n])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_ever_holds_what_they_were_not_given(host in any::<bool>(), steps in prop::collection::vec(step(), 1..120)) {
        let mut model = Model {
            room: Room::new(host.then(|| "H".into()), 4),
            now: T0,
            here: BTreeMap::new(),
            away: Vec::new(),
            links: BTreeMap::new(),
            asked: BTreeMap::new(),
            fresh: 0,
        };
        for step in steps {
            model.take(step);
            model.check();
        }
    }
}
