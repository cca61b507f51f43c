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
    Arrive(usize),
    Leave(usize, bool),
    Kick(usize),
    Ban(usize),
    Pardon,
    Sit(usize, usize, bool),
    Rights(usize, Rights),
    Mute(usize, bool),
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
        ".{0,30}".prop_map(Wish::Rename),
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
        3 => who.clone().prop_map(Step::Arrive),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, good)| Step::Leave(who, good)),
        1 => who.clone().prop_map(Step::Kick),
        1 => who.clone().prop_map(Step::Ban),
        1 => Just(Step::Pardon),
        2 => (who.clone(), 0..10usize, any::<bool>()).prop_map(|(who, seat, on)| Step::Sit(who, seat, on)),
        2 => (who.clone(), rights()).prop_map(|(who, rights)| Step::Rights(who, rights)),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, muted)| Step::Mute(who, muted)),
        1 => (0..10usize).prop_map(Step::Ports),
        1 => prop::collection::vec(0..10usize, 0..4).prop_map(Step::Locals),
        1 => ".{0,30}".prop_map(Step::HostName),
        6 => (who, wish()).prop_map(|(who, wish)| Step::Wish(who, wish)),
        2 => (0..100u64).prop_map(Step::Pass),
        1 => (0..700u64).prop_map(Step::Pass),
    ]
}

/// What has become of somebody whom a link let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Came {
    /// They are on their way.
    #[default]
    Coming,
    /// Their use of the link is used for good.
    Counted,
    /// They never arrived, and their use is for others.
    Never,
}

/// What was given to a person, kept beside the room and without its help.
#[derive(Debug, Clone, Default)]
struct Given {
    rights: BTreeSet<u8>,
    /// Which free seats they may take.
    grant: Grant,
    /// How many of them.
    may_take: usize,
    /// Seats they were put on by one who may, or came in for.
    placed: BTreeSet<usize>,
    /// Where they sat after the last step.
    sits: BTreeSet<usize>,
    muted: bool,
    name: String,
    /// How often they changed it, and since when.
    renamed: (u64, Duration),
    token: Option<Secret>,
    /// All their connections' numbers.
    had: BTreeSet<PeerId>,
    /// The links they made.
    made: BTreeSet<u32>,
    /// The host was to be asked about them.
    approval: bool,
    invite: u32,
    address: u8,
    came: Came,
    /// Their media flows.
    arrived: bool,
    /// When it did last, or they were let in.
    since: Duration,
    /// Taken for gone, until they arrive.
    gone: bool,
}

impl Given {
    fn by(terms: &Terms, invite: u32, address: u8) -> Given {
        let rights = terms.rights.iter().map(|right| right as u8).collect();
        let placed = if let Grant::Seat(seat) = terms.grant { [seat].into() } else { BTreeSet::new() };
        let (grant, approval) = (terms.grant, terms.approval);
        Given { invite, address, approval, rights, grant, placed, may_take: 2, ..Given::default() }
    }

    /// What they may do about seats, as links can pass it on.
    fn passes_on(&self) -> Grant {
        if self.may_take == 0 { Grant::Watch } else { self.grant }
    }

    fn is_late(&self, now: Duration) -> bool {
        !self.arrived && now - self.since >= SEAT_KEPT
    }

    fn stops(&mut self, now: Duration) {
        if std::mem::take(&mut self.arrived) {
            self.since = now;
        }
    }

    /// Somebody else put them on a seat or took them off.
    fn moved(&mut self, seat: usize, on: bool, here: bool) {
        if self.sits.contains(&seat) == on {
            return;
        }
        if on {
            self.placed.insert(seat);
            self.may_take = 2;
        } else {
            self.sits.remove(&seat);
            self.placed.remove(&seat);
            if here {
                self.may_take = self.sits.len();
            }
        }
    }
}

/// A link, as the host or a guest made it.
#[derive(Debug, Clone)]
struct Link {
    secret: Secret,
    terms: Terms,
    ends: Option<Duration>,
    used: u32,
    /// Of those, whoever has not arrived yet.
    coming: u32,
    code: Option<(Digits, Duration)>,
}

impl Link {
    fn new(secret: Secret, terms: Terms, now: Duration) -> Link {
        Link { secret, terms, ends: terms.lasts.map(|lasts| now + lasts), used: 0, coming: 0, code: None }
    }

    fn lives(&self, now: Duration) -> bool {
        self.ends.is_none_or(|ends| now < ends) && self.terms.uses.is_none_or(|uses| self.used < uses)
    }

    /// Whether it does, or will when somebody never arrives.
    fn may_live(&self, now: Duration) -> bool {
        self.lives(now) || (self.coming > 0 && self.ends.is_none_or(|ends| now < ends))
    }

    fn lives_with_code(&self, now: Duration) -> Option<&Digits> {
        self.code.as_ref().filter(|(_, until)| self.lives(now) && now < *until).map(|(digits, _)| digits)
    }
}

struct Model {
    room: Room,
    now: Duration,
    /// Those who are there.
    here: BTreeMap<PeerId, Given>,
    /// Those who may come back.
    away: Vec<Given>,
    /// Links that live or may live again.
    links: BTreeMap<u32, Link>,
    /// The secrets of all there ever were.
    secrets: BTreeMap<u32, Secret>,
    /// Wrong codes since the last code was made.
    wrong: u32,
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
        // Shown out on the way here: that counts as a use.
        if let Some(link) = self.links.get_mut(&given.invite).filter(|_| given.came == Came::Coming) {
            link.coming -= 1;
        }
        self.end_links(&given);
        given
    }

    /// Somebody was given up. True if their link has one use more.
    fn give_back(&mut self, given: &Given) -> bool {
        let link = self.links.get_mut(&given.invite).filter(|_| given.came == Came::Coming);
        let Some(link) = link else { return false };
        link.used -= 1;
        link.coming -= 1;
        true
    }

    fn use_link(&mut self, id: u32) {
        let link = self.links.get_mut(&id).expect("a living link");
        link.used += 1;
        link.coming += 1;
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
        let Ok(joined) = self.room.enter(admission, "x", fresh, self.now) else { return };
        assert_eq!(joined.returned, given.token.is_some());
        if joined.returned {
            given.stops(self.now);
            assert!(joined.name == given.name || (joined.name == "x" && !given.muted), "a new name by a new way in");
            given.renamed.0 += u64::from(joined.name != given.name);
            if given.came == Came::Never {
                given.came = Came::Coming;
                self.use_link(given.invite);
            }
        } else {
            (given.since, given.renamed.1) = (self.now, self.now);
            self.use_link(given.invite);
        }
        given.name.clone_from(&joined.name);
        given.token = Some(joined.token.clone());
        given.had.insert(joined.peer);
        if let Some(old) = joined.replaces {
            self.here.remove(&old);
        }
        self.away.retain(|it| it.token.as_ref() != Some(&joined.token));
        self.here.insert(joined.peer, given);
    }

    fn knock(&mut self, secret: Option<u8>, code: Option<u8>, resume: Option<u8>, address: u8) {
        let ip = IpAddr::from([10, 0, 0, address]);
        let secret = secret.map(|n| self.secrets.get(&u32::from(n)).cloned().unwrap_or(token(250)));
        let digits = code.map(digits);
        let tokens: Vec<Secret> =
            self.here.values().chain(&self.away).filter_map(|given| given.token.clone()).collect();
        let resume = resume.map(|n| tokens.get(usize::from(n)).cloned().unwrap_or(token(251)));
        let entry = Entry {
            secret: secret.as_ref().map(Secret::as_str),
            code: digits.as_ref().map(Digits::as_str),
            resume: resume.as_ref().map(Secret::as_str),
            address: ip,
        };
        let door = self.room.knock(entry, self.now);
        if door == Err(Refusal::Banned) {
            return;
        }
        let known = self.here.values().chain(&self.away).find(|it| it.token.is_some() && it.token == resume);
        // Whoever never arrived, and whose use somebody else may have by now, is nobody yet.
        let counts = |it: &&Given| it.came != Came::Never || self.living(it.invite).is_some();
        let known = known.filter(counts).map(|given| Given { address, ..given.clone() });
        let came = if known.is_none() { self.link_of(secret.as_ref(), digits.as_ref()) } else { None };
        match door {
            Ok(Door::Open(admission)) => {
                let given = known.unwrap_or_else(|| {
                    let (id, terms) = came.expect("only a living link opens the door");
                    assert!(!terms.approval, "the host must be asked");
                    Given::by(&terms, id, address)
                });
                self.enter(admission, given);
            }
            Ok(Door::Ask(invite)) => {
                let (id, terms) = came.expect("only a living link");
                assert!(terms.approval && id == invite);
                if let Ok(request) = self.room.ask(invite, "x", ip) {
                    self.asked.insert(request, (invite, address));
                }
            }
            Err(Refusal::BadInvite) => assert!(known.is_none() && came.is_none(), "they have a way in"),
            Err(_) => {}
        }
    }

    fn living(&self, id: u32) -> Option<&Link> {
        self.links.get(&id).filter(|link| link.lives(self.now))
    }

    /// The living link that was shown, by what was done with it. A wrong code is counted.
    fn link_of(&mut self, secret: Option<&Secret>, digits: Option<&Digits>) -> Option<(u32, Terms)> {
        let now = self.now;
        let living = || self.links.iter().filter(|(_, link)| link.lives(now));
        let found = match (secret, digits) {
            (Some(secret), _) => living().find(|(_, link)| link.secret == *secret),
            (None, Some(digits)) => living().find(|(_, link)| link.lives_with_code(now) == Some(digits)),
            (None, None) => None,
        };
        let found = found.map(|(&id, link)| (id, link.terms));
        let any_code = self.links.values().any(|link| link.lives_with_code(now).is_some());
        if secret.is_none() && digits.is_some() && found.is_none() && any_code {
            self.wrong += 1;
            if self.wrong == 5 {
                self.links.values_mut().for_each(|link| link.code = None);
            }
        }
        found
    }

    fn take(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Invite(terms) => {
                let secret = self.secret();
                if let Some(id) = self.room.invites_mut().add(secret.clone(), terms, now) {
                    self.links.insert(id, Link::new(secret.clone(), terms, now));
                    self.secrets.insert(id, secret);
                }
            }
            Step::Change(id, terms) => {
                let changed = self.room.invites_mut().change(id, terms, now);
                assert_eq!(changed, self.living(id).is_some());
                if let Some(link) = self.links.get_mut(&id).filter(|_| changed) {
                    if link.terms.lasts != terms.lasts {
                        link.ends = terms.lasts.map(|lasts| now + lasts);
                    }
                    link.terms = terms;
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
                let set = self.room.invites_mut().set_code(id, Some(digits(code)), now);
                assert_eq!(set, self.living(id).is_some());
                if set {
                    for link in self.links.values_mut() {
                        link.code.take_if(|(other, _)| *other == digits(code));
                    }
                    self.wrong = 0;
                    self.links.get_mut(&id).expect("it lives").code = Some((digits(code), now + CODE_ALIVE));
                }
            }
            Step::Knock { secret, code, resume, address } => self.knock(secret, code, resume, address),
            Step::Answer(request, verdict) => {
                let answer = self.room.answer(request, verdict, now);
                let asked = self.asked.remove(&request);
                if let Ok(Some(admission)) = answer {
                    let (invite, address) = asked.expect("only what was asked can be answered");
                    let terms = self.living(invite).expect("the link lives").terms;
                    let mut given = Given { approval: true, ..Given::by(&terms, invite, address) };
                    match (verdict, terms.grant) {
                        (Verdict::Watch, _) => (given.grant, given.placed) = (Grant::Watch, BTreeSet::new()),
                        (Verdict::Play(None), Grant::Watch) => given.grant = Grant::Any,
                        (Verdict::Play(None), _) => {}
                        (Verdict::Play(Some(seat)), link) => {
                            given.placed = [seat].into();
                            if link != Grant::Any {
                                given.grant = Grant::Seat(seat);
                            }
                        }
                        (Verdict::No, _) => panic!("a no opens no door"),
                    }
                    self.enter(admission, given);
                }
            }
            Step::TakeBack(request) => {
                self.room.take_back(request);
                self.asked.remove(&request);
            }
            Step::Arrive(who) => {
                if let Some(peer) = self.peer(who) {
                    self.room.arrived(peer);
                    let given = self.here.get_mut(&peer).expect("there");
                    (given.arrived, given.gone) = (true, false);
                    if std::mem::replace(&mut given.came, Came::Counted) == Came::Coming
                        && let Some(link) = self.links.get_mut(&given.invite)
                    {
                        link.coming -= 1;
                    }
                }
            }
            Step::Leave(who, good) => {
                if let Some(peer) = self.peer(who) {
                    self.room.leave(peer, good, now);
                    let mut given = self.here.remove(&peer).expect("there");
                    given.stops(now);
                    given.gone |= good;
                    self.away.push(given);
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
                {
                    self.here.get_mut(&peer).expect("there").moved(seat, on, true);
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
                let moved = self.here.values_mut().find(|given| given.had.contains(&other));
                match moved {
                    // Whoever takes themselves off has stood up.
                    Some(moved) if on || moved.token != given.token => moved.moved(seat, on, true),
                    Some(_) => {}
                    None => {
                        assert!(!on, "only those who are there can be put on a seat");
                        let away = self.away.iter_mut().find(|given| given.had.contains(&other));
                        away.expect("they are known").moved(seat, false, false);
                    }
                }
            }
            (Wish::Invite(grant), Ok(Deed::Invited(secret))) => {
                assert!(has(Right::Invite));
                let has = given.passes_on();
                assert!(grant == Grant::Watch || has == Grant::Any || has == grant, "more than they have");
                let made = self.room.invites().iter().find(|it| it.secret == secret).expect("the link is there");
                assert_eq!(made.terms.rights, Rights::default(), "rights are the host's to give");
                assert!(made.terms.approval || !given.approval, "the host is asked about those whom they bring");
                let (id, terms) = (made.id, made.terms);
                assert!(terms.grant == grant && terms.uses.is_none() && terms.lasts.is_none());
                self.links.insert(id, Link::new(secret.clone(), terms, self.now));
                self.secrets.insert(id, secret);
                self.here.get_mut(&peer).expect("there").made.insert(id);
            }
            (Wish::Chat(_), Ok(Deed::Say(text))) => {
                assert!(!given.muted && !text.is_empty() && text.chars().count() <= MAX_TEXT);
                assert!(!text.chars().any(char::is_control));
            }
            (Wish::React(_), Ok(_)) => assert!(!given.muted),
            (Wish::Rename(name), Ok(_)) => {
                let name = clean_name(&name).expect("a name of something");
                let given = self.here.get_mut(&peer).expect("there");
                let news = name != given.name;
                assert!(!(news && given.muted));
                given.renamed.0 += u64::from(news);
                given.name = name;
            }
            _ => {}
        }
    }

    /// What time does to people and links.
    fn pass(&mut self) {
        let now = self.now;
        self.room.tick(now);
        self.links.retain(|_, link| link.may_live(now));
        for given in self.here.values_mut().chain(&mut self.away).filter(|given| given.is_late(now)) {
            given.gone = true;
        }
        let mut away = std::mem::take(&mut self.away);
        for given in away.iter_mut().filter(|given| given.gone && given.came == Came::Coming) {
            let counted = self.give_back(given);
            given.came = if counted { Came::Never } else { Came::Counted };
        }
        self.away = away;
        for link in self.links.values_mut() {
            link.code.take_if(|(_, until)| now >= *until);
        }
    }

    /// Nobody sits where they were not put, but on seats that were free and that they may take.
    fn check_seats(&mut self) {
        let now = self.now;
        let holders: Vec<Vec<Holder>> = (0..self.room.ports()).map(|seat| self.room.holders(seat).collect()).collect();
        let sits = |given: &Given| -> BTreeSet<usize> {
            let holds = |holder: &Holder| holder.peer.is_some_and(|peer| given.had.contains(&peer));
            (0..holders.len()).filter(|&seat| holders[seat].iter().any(holds)).collect()
        };
        for given in self.here.values_mut() {
            let now_sits = sits(given);
            for &seat in now_sits.difference(&given.sits) {
                let taken = given.grant.allows(seat) && holders[seat].len() == 1 && now_sits.len() <= given.may_take;
                assert!(given.placed.contains(&seat) || (taken && !given.gone), "on seat {seat}: {given:?}");
            }
            given.placed.retain(|seat| now_sits.contains(seat));
            given.sits = now_sits;
            assert!(given.sits.is_empty() || !given.is_late(now), "a minute is over");
        }
        for given in &mut self.away {
            let now_sits = sits(given);
            assert!(now_sits.is_subset(&given.sits), "nobody sits down while they are away");
            given.placed.retain(|seat| now_sits.contains(seat));
            given.sits = now_sits;
            assert!(given.sits.is_empty() || !given.gone, "a minute is over");
        }
    }

    /// The links are those that the model knows, and nobody waits by one that has ended.
    fn check_links(&mut self) {
        let now = self.now;
        let seen = self.room.invites().iter().map(|it| (it.id, it.used, it.ends, it.code.clone()));
        let living = self.links.iter().filter(|(_, link)| link.lives(now));
        let known = living.map(|(&id, link)| (id, link.used, link.ends, link.code.clone()));
        assert_eq!(seen.collect::<Vec<_>>(), known.collect::<Vec<_>>());
        for link in self.links.values() {
            assert!(link.coming <= link.used);
        }
        let links = &self.links;
        self.asked.retain(|_, (invite, _)| links.get(invite).is_some_and(|link| link.lives(now)));
        assert!(self.room.requests().map(|(id, _)| id).eq(self.asked.keys().copied()));
    }

    fn check(&mut self) {
        self.pass();
        self.check_seats();
        self.check_links();
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
                    assert!(!given.muted && given.sits.contains(&seat), "{} on seat {seat}", member.peer);
                }
            }
            assert_eq!(member.name, given.name);
            assert!((1..=MAX_NAME).contains(&member.name.chars().count()));
            let (renamed, since) = given.renamed;
            assert!(renamed <= 4 + (self.now - since).as_secs() / 3, "renamed {renamed} times");
            let free = if member.seats.len() < given.may_take { given.grant } else { Grant::Watch };
            assert_eq!(member.grant, free, "what the page may call free to take");
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
            secrets: BTreeMap::new(),
            wrong: 0,
            asked: BTreeMap::new(),
            fresh: 0,
        };
        for step in steps {
            model.take(step);
            model.check();
        }
    }
}
