//! Random events, and after each of them: no person holds a permission, a seat or a way in that they were not given.

use super::*;
use crate::room::command::Removal;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::net::IpAddr;

#[derive(Debug, Clone)]
enum Step {
    Invite(InviteTerms),
    ChangeInvite(InviteId, InviteTerms),
    Revoke(InviteId, RevokeScope),
    /// New digits, of this one byte, or none any more.
    SetCode(InviteId, Option<u8>),
    ShowCredentials {
        secret: Option<u8>,
        code: Option<u8>,
        resume: Option<u8>,
        address: u8,
    },
    Answer(RequestId, Decision),
    Withdraw(RequestId),
    Arrive(usize),
    Leave(usize, Departure),
    Kick(usize),
    Ban(usize),
    ClearBans,
    AssignSeat(usize, Seat, SeatChange),
    SetPermissions(usize, Permissions),
    SetMuting(usize, Muting),
    SetPorts(usize),
    SetDiscs(usize),
    SetLocalPlayers(Vec<Seat>),
    HostName(String),
    Guest(usize, RoomCommand),
    /// A guest tries what is the host's alone.
    Overreach(usize, RoomCommand),
    Pass(u64),
}

/// Rooms have fewer seats than there can be, most of the time.
fn seat() -> impl Strategy<Value = Seat> {
    prop::sample::select(&Seat::ALL[..])
}

fn grant() -> impl Strategy<Value = SeatGrant> {
    prop_oneof![Just(SeatGrant::Any), Just(SeatGrant::Watch), seat().prop_map(SeatGrant::Seat)]
}

fn permissions() -> impl Strategy<Value = Permissions> {
    prop::collection::vec(prop::sample::select(&Permission::ALL[..]), 0..6).prop_map(|all| all.into_iter().collect())
}

fn terms() -> impl Strategy<Value = InviteTerms> {
    let uses = prop::option::of(0..4u32);
    let lasts = prop::option::of((0..400u64).prop_map(Duration::from_secs));
    (grant(), permissions(), any::<bool>(), uses, lasts).prop_map(|(grant, permissions, approval, uses, lasts)| {
        InviteTerms { grant, permissions, approval, uses, lasts }
    })
}

fn peer() -> impl Strategy<Value = PeerId> {
    (0..40u32).prop_map(PeerId)
}

fn invite() -> impl Strategy<Value = InviteId> {
    (0..8u32).prop_map(InviteId)
}

fn request() -> impl Strategy<Value = RequestId> {
    (0..40u32).prop_map(RequestId)
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![prop::option::of(seat()).prop_map(Decision::Play), Just(Decision::Watch), Just(Decision::Decline)]
}

fn seat_change() -> impl Strategy<Value = SeatChange> {
    prop::sample::select(vec![SeatChange::Seat, SeatChange::Unseat])
}

fn muting() -> impl Strategy<Value = Muting> {
    prop::sample::select(vec![Muting::Muted, Muting::Unmuted])
}

fn revoke_scope() -> impl Strategy<Value = RevokeScope> {
    prop::sample::select(vec![RevokeScope::LinkOnly, RevokeScope::WithPeople])
}

fn game_command() -> impl Strategy<Value = GameCommand> {
    let slot = || (0..10u8).prop_map(slot);
    prop_oneof![
        Just(GameCommand::Pause),
        Just(GameCommand::Resume),
        Just(GameCommand::Reset),
        Just(GameCommand::StepFrame),
        Just(GameCommand::Flow(Flow::Rewind)),
        Just(GameCommand::Flow(Flow::Normal)),
        slot().prop_map(GameCommand::SaveState),
        slot().prop_map(GameCommand::LoadState),
        (0..6u32).prop_map(GameCommand::InsertDisc),
    ]
}

/// What guests may do, if they have the permission.
fn command() -> impl Strategy<Value = RoomCommand> {
    prop_oneof![
        prop::option::of(seat()).prop_map(RoomCommand::RequestSeat),
        Just(RoomCommand::WithdrawSeatRequest),
        seat().prop_map(RoomCommand::LeaveSeat),
        (peer(), seat(), seat_change()).prop_map(|(peer, seat, change)| RoomCommand::AssignSeat { peer, seat, change }),
        game_command().prop_map(RoomCommand::Game),
        // More than the grant is asked for too.
        terms().prop_map(RoomCommand::Invite),
        ".{0,12}".prop_map(RoomCommand::Chat),
        ".{0,30}".prop_map(RoomCommand::Rename),
        prop::sample::select(EMOJI.to_vec()).prop_filter_map("an emoji", |it| Emoji::parse(it).map(RoomCommand::React)),
    ]
}

fn host_command() -> impl Strategy<Value = RoomCommand> {
    let local = |seat| LocalPlayer { seat, name: "L".into() };
    prop_oneof![
        (invite(), terms()).prop_map(|(id, terms)| RoomCommand::ChangeInvite(id, terms)),
        (invite(), revoke_scope()).prop_map(|(id, scope)| RoomCommand::Revoke(id, scope)),
        (invite(), prop::sample::select(vec![CodeChange::Issue, CodeChange::Clear]))
            .prop_map(|(id, change)| RoomCommand::SetCode(id, change)),
        (request(), decision()).prop_map(|(id, decision)| RoomCommand::Answer(id, decision)),
        (peer(), permissions()).prop_map(|(peer, permissions)| RoomCommand::SetPermissions(peer, permissions)),
        (peer(), muting()).prop_map(|(peer, muting)| RoomCommand::SetMuting(peer, muting)),
        peer().prop_map(RoomCommand::Kick),
        peer().prop_map(RoomCommand::Ban),
        Just(RoomCommand::ClearBans),
        prop::collection::vec(seat().prop_map(local), 0..4).prop_map(RoomCommand::SetLocalPlayers),
    ]
}

/// Written out, so that a new command has to be thought of here.
fn is_the_host_s_alone(command: &RoomCommand) -> bool {
    match command {
        RoomCommand::RequestSeat(_)
        | RoomCommand::WithdrawSeatRequest
        | RoomCommand::LeaveSeat(_)
        | RoomCommand::AssignSeat { .. }
        | RoomCommand::Game(_)
        | RoomCommand::Invite(_)
        | RoomCommand::Chat(_)
        | RoomCommand::React(_)
        | RoomCommand::Rename(_) => false,
        RoomCommand::ChangeInvite(..)
        | RoomCommand::Revoke(..)
        | RoomCommand::SetCode(..)
        | RoomCommand::Answer(..)
        | RoomCommand::SetPermissions(..)
        | RoomCommand::SetMuting(..)
        | RoomCommand::Kick(_)
        | RoomCommand::Ban(_)
        | RoomCommand::ClearBans
        | RoomCommand::SetLocalPlayers(_) => true,
    }
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..12usize;
    prop_oneof![
        2 => terms().prop_map(Step::Invite),
        1 => (invite(), terms()).prop_map(|(id, terms)| Step::ChangeInvite(id, terms)),
        1 => (invite(), revoke_scope()).prop_map(|(id, scope)| Step::Revoke(id, scope)),
        1 => (invite(), prop::option::weighted(0.8, 0..4u8)).prop_map(|(id, code)| Step::SetCode(id, code)),
        6 => (prop::option::of(0..10u8), prop::option::of(0..4u8), prop::option::weighted(0.3, 0..20u8), 0..4u8)
            .prop_map(|(secret, code, resume, address)| Step::ShowCredentials { secret, code, resume, address }),
        2 => (request(), decision()).prop_map(|(id, decision)| Step::Answer(id, decision)),
        1 => request().prop_map(Step::Withdraw),
        3 => who.clone().prop_map(Step::Arrive),
        2 => (who.clone(), prop::sample::select(vec![Departure::Temporary, Departure::Final]))
            .prop_map(|(who, departure)| Step::Leave(who, departure)),
        1 => who.clone().prop_map(Step::Kick),
        1 => who.clone().prop_map(Step::Ban),
        1 => Just(Step::ClearBans),
        2 => (who.clone(), seat(), seat_change()).prop_map(|(who, seat, change)| Step::AssignSeat(who, seat, change)),
        2 => (who.clone(), permissions()).prop_map(|(who, permissions)| Step::SetPermissions(who, permissions)),
        1 => (who.clone(), muting()).prop_map(|(who, muting)| Step::SetMuting(who, muting)),
        1 => (0..10usize).prop_map(Step::SetPorts),
        1 => (0..6usize).prop_map(Step::SetDiscs),
        1 => prop::collection::vec(seat(), 0..4).prop_map(Step::SetLocalPlayers),
        1 => ".{0,30}".prop_map(Step::HostName),
        6 => (who.clone(), command()).prop_map(|(who, command)| Step::Guest(who, command)),
        3 => (who, host_command()).prop_map(|(who, command)| Step::Overreach(who, command)),
        2 => (0..100u64).prop_map(Step::Pass),
        1 => (0..700u64).prop_map(Step::Pass),
    ]
}

/// What has become of a person whom a link let in.
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
    permissions: BTreeSet<u8>,
    /// Which free seats they may take.
    grant: SeatGrant,
    /// How many of them.
    may_take: usize,
    /// Seats they were put on by one who may, or came in for.
    placed: BTreeSet<Seat>,
    /// Where they sat after the last step.
    sits: BTreeSet<Seat>,
    muted: bool,
    name: String,
    /// How often they changed it, and since when.
    renamed: (u64, Duration),
    token: Option<Secret>,
    /// All their connections' numbers.
    had: BTreeSet<PeerId>,
    /// The links they made.
    made: BTreeSet<InviteId>,
    /// The host was to be asked about them.
    approval: bool,
    invite: InviteId,
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
    fn by(terms: &InviteTerms, invite: InviteId, address: u8) -> Given {
        let permissions = terms.permissions.iter().map(|permission| permission as u8).collect();
        let placed = if let SeatGrant::Seat(seat) = terms.grant { [seat].into() } else { BTreeSet::new() };
        let (grant, approval) = (terms.grant, terms.approval);
        Given { invite, address, approval, permissions, grant, placed, may_take: 2, ..Given::default() }
    }

    /// What they may do about seats, as links can pass it on.
    fn passes_on(&self) -> SeatGrant {
        if self.may_take == 0 { SeatGrant::Watch } else { self.grant }
    }

    fn is_late(&self, now: Duration) -> bool {
        !self.arrived && now - self.since >= SEAT_KEPT
    }

    fn stops(&mut self, now: Duration) {
        if std::mem::take(&mut self.arrived) {
            self.since = now;
        }
    }

    /// Another put them on a seat or took them off.
    fn moved(&mut self, seat: Seat, change: SeatChange, here: bool) {
        let seats = change == SeatChange::Seat;
        if self.sits.contains(&seat) == seats {
            return;
        }
        if seats {
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
    terms: InviteTerms,
    ends: Option<Duration>,
    used: u32,
    /// How many of those have not arrived yet.
    coming: u32,
    code: Option<(Digits, Duration)>,
}

impl Link {
    fn new(secret: Secret, terms: InviteTerms, now: Duration) -> Link {
        Link { secret, terms, ends: terms.lasts.map(|lasts| now + lasts), used: 0, coming: 0, code: None }
    }

    fn lives(&self, now: Duration) -> bool {
        self.ends.is_none_or(|ends| now < ends) && self.terms.uses.is_none_or(|uses| self.used < uses)
    }

    /// Whether it does, or will when one of those never arrives.
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
    /// How many discs the game has.
    discs: usize,
    /// Those who are there.
    here: BTreeMap<PeerId, Given>,
    /// Those who may come back.
    away: Vec<Given>,
    /// Links that live or may live again.
    links: BTreeMap<InviteId, Link>,
    /// The secrets of all there ever were.
    secrets: BTreeMap<InviteId, Secret>,
    /// How many there ever were. Their numbers rise by one.
    invited: u32,
    /// Wrong codes since the last code was made.
    wrong: u32,
    asked: BTreeMap<RequestId, (InviteId, u8)>,
    fresh: u8,
}

impl Model {
    fn peer(&self, who: usize) -> Option<PeerId> {
        self.here.keys().copied().cycle().nth(who)
    }

    /// A person who is here or away, by any of their numbers.
    fn known(&self, who: usize) -> Option<PeerId> {
        let all = self.here.values().chain(&self.away).flat_map(|given| given.had.iter().rev().take(16));
        all.copied().cycle().nth(who)
    }

    /// Every second number is turned into one of a person who is known, so that it means something.
    fn aim_peer(&self, peer: PeerId) -> PeerId {
        let known = || self.known(peer.0 as usize / 2);
        peer.0.is_multiple_of(2).then(known).flatten().unwrap_or(peer)
    }

    /// The same for requests.
    fn aim_request(&self, request: RequestId) -> RequestId {
        let asked = || self.asked.keys().copied().cycle().nth(request.0 as usize / 2);
        request.0.is_multiple_of(2).then(asked).flatten().unwrap_or(request)
    }

    fn aim(&self, command: RoomCommand) -> RoomCommand {
        match command {
            RoomCommand::AssignSeat { peer, seat, change } => {
                RoomCommand::AssignSeat { peer: self.aim_peer(peer), seat, change }
            }
            RoomCommand::Answer(request, decision) => RoomCommand::Answer(self.aim_request(request), decision),
            RoomCommand::SetPermissions(peer, permissions) => {
                RoomCommand::SetPermissions(self.aim_peer(peer), permissions)
            }
            RoomCommand::SetMuting(peer, muting) => RoomCommand::SetMuting(self.aim_peer(peer), muting),
            RoomCommand::Kick(peer) => RoomCommand::Kick(self.aim_peer(peer)),
            RoomCommand::Ban(peer) => RoomCommand::Ban(self.aim_peer(peer)),
            other => other,
        }
    }

    /// A person is removed, with the links they made.
    fn forget(&mut self, peer: PeerId, ended: Vec<PeerId>) -> Given {
        let here = self.here.iter().find(|(_, given)| given.had.contains(&peer)).map(|(&id, _)| id);
        assert_eq!(Vec::from_iter(here), ended, "their connection is ended if they are here, and no other");
        let given = match here {
            Some(id) => self.here.remove(&id),
            None => {
                let at = self.away.iter().position(|given| given.had.contains(&peer));
                at.map(|at| self.away.remove(at))
            }
        };
        let given = given.expect("they were known");
        // Removed on the way here: that counts as a use.
        if let Some(link) = self.links.get_mut(&given.invite).filter(|_| given.came == Came::Coming) {
            link.coming -= 1;
        }
        self.end_links(&given);
        given
    }

    /// A person was given up. True if their link has one use more.
    fn give_back(&mut self, given: &Given) -> bool {
        let link = self.links.get_mut(&given.invite).filter(|_| given.came == Came::Coming);
        let Some(link) = link else { return false };
        link.used -= 1;
        link.coming -= 1;
        true
    }

    fn use_link(&mut self, id: InviteId) {
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

    /// A byte that was not used yet, for a secret.
    fn fresh(&mut self) -> u8 {
        self.fresh += 1;
        self.fresh
    }

    /// What the host orders and needs nothing random for.
    fn host(&mut self, command: RoomCommand) -> Result<Effect, Denied> {
        self.room.apply(Actor::Host, command, &mut Nothing, self.now)
    }

    /// What the host's order ends.
    fn ended(&mut self, command: RoomCommand, why: Removal) -> Vec<PeerId> {
        match self.host(command) {
            Ok(Effect::Disconnect(ended, removal)) if removal == why => ended,
            other => panic!("{other:?}"),
        }
    }

    /// A link was made. Its number.
    fn made(&mut self, secret: Secret, terms: InviteTerms) -> InviteId {
        self.invited += 1;
        let id = InviteId(self.invited);
        self.links.insert(id, Link::new(secret.clone(), terms, self.now));
        self.secrets.insert(id, secret);
        id
    }

    fn enter(&mut self, admission: Admission, mut given: Given) {
        let fresh = token(self.fresh());
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

    fn show_credentials(&mut self, secret: Option<u8>, code: Option<u8>, resume: Option<u8>, address: u8) {
        let ip = IpAddr::from([10, 0, 0, address]);
        let secret = secret.map(|n| self.secrets.get(&InviteId(u32::from(n))).cloned().unwrap_or(token(250)));
        let digits = code.map(digits);
        let tokens: Vec<Secret> =
            self.here.values().chain(&self.away).filter_map(|given| given.token.clone()).collect();
        let resume = resume.map(|n| tokens.get(usize::from(n)).cloned().unwrap_or(token(251)));
        let shown = Credentials {
            secret: secret.as_ref().map(Secret::as_str),
            code: digits.as_ref().map(Digits::as_str),
            resume: resume.as_ref().map(Secret::as_str),
            origin: ip.into(),
        };
        let entry = self.room.check_credentials(shown, self.now);
        if entry == Err(Refusal::Banned) {
            return;
        }
        let known = self.here.values().chain(&self.away).find(|it| it.token.is_some() && it.token == resume);
        // One who never arrived, and whose use another may have by now, is not known yet.
        let counts = |it: &&Given| it.came != Came::Never || self.living(it.invite).is_some();
        let known = known.filter(counts).map(|given| Given { address, ..given.clone() });
        let came = if known.is_none() { self.link_of(secret.as_ref(), digits.as_ref()) } else { None };
        match entry {
            Ok(Entry::Granted(admission)) => {
                let given = known.unwrap_or_else(|| {
                    let (id, terms) = came.expect("only a living link lets them in");
                    assert!(!terms.approval, "the host must be asked");
                    Given::by(&terms, id, address)
                });
                self.enter(admission, given);
            }
            Ok(Entry::NeedsApproval(invite)) => {
                let (id, terms) = came.expect("only a living link");
                assert!(terms.approval && id == invite);
                if let Ok(request) = self.room.request_entry(invite, "x", ip.into()) {
                    self.asked.insert(request, (invite, address));
                }
            }
            Err(Refusal::BadInvite) => assert!(known.is_none() && came.is_none(), "they have a way in"),
            Err(_) => {}
        }
    }

    fn living(&self, id: InviteId) -> Option<&Link> {
        self.links.get(&id).filter(|link| link.lives(self.now))
    }

    /// The living link that was shown, by what was done with it. A wrong code is counted.
    fn link_of(&mut self, secret: Option<&Secret>, digits: Option<&Digits>) -> Option<(InviteId, InviteTerms)> {
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
                let fresh = self.fresh();
                let done = self.room.apply(Actor::Host, RoomCommand::Invite(terms), &mut Fixed(fresh), now);
                if done != Err(Denied::RateLimited) {
                    assert_eq!(done, Ok(Effect::Invited(token(fresh))));
                    self.made(token(fresh), terms);
                }
            }
            Step::ChangeInvite(id, terms) => {
                let changed = self.host(RoomCommand::ChangeInvite(id, terms));
                assert_eq!(changed, if self.living(id).is_some() { DONE } else { Err(Denied::Gone) });
                if let Some(link) = self.links.get_mut(&id).filter(|_| changed.is_ok()) {
                    if link.terms.lasts != terms.lasts {
                        link.ends = terms.lasts.map(|lasts| now + lasts);
                    }
                    link.terms = terms;
                }
            }
            Step::Revoke(id, scope) => {
                let mut ended = self.ended(RoomCommand::Revoke(id, scope), Removal::Revoked);
                self.links.remove(&id);
                let mut gone = vec![id];
                while let Some(link) = gone.pop().filter(|_| scope == RevokeScope::WithPeople) {
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
                assert!(ended.is_empty(), "and no others");
            }
            Step::SetCode(id, code) => {
                let set = match code {
                    Some(n) => {
                        self.room.apply(Actor::Host, RoomCommand::SetCode(id, CodeChange::Issue), &mut Fixed(n), now)
                    }
                    None => self.host(RoomCommand::SetCode(id, CodeChange::Clear)),
                };
                assert_eq!(set, if self.living(id).is_some() { DONE } else { Err(Denied::Gone) });
                if set.is_ok() {
                    let code = code.map(digits);
                    if let Some(new) = &code {
                        for link in self.links.values_mut() {
                            link.code.take_if(|(other, _)| other == new);
                        }
                        self.wrong = 0;
                    }
                    self.links.get_mut(&id).expect("it lives").code = code.map(|digits| (digits, now + CODE_ALIVE));
                }
            }
            Step::ShowCredentials { secret, code, resume, address } => {
                self.show_credentials(secret, code, resume, address);
            }
            Step::Answer(request, decision) => {
                let request = self.aim_request(request);
                let Ok(Effect::Answered(id, answer)) = self.host(RoomCommand::Answer(request, decision)) else {
                    panic!("the host may always answer")
                };
                assert_eq!(id, request);
                let asked = self.asked.remove(&request);
                if let Ok(Some(admission)) = answer {
                    let (invite, address) = asked.expect("only what was asked can be answered");
                    let terms = self.living(invite).expect("the link lives").terms;
                    let mut given = Given { approval: true, ..Given::by(&terms, invite, address) };
                    match (decision, terms.grant) {
                        (Decision::Watch, _) => (given.grant, given.placed) = (SeatGrant::Watch, BTreeSet::new()),
                        (Decision::Play(None), SeatGrant::Watch) => given.grant = SeatGrant::Any,
                        (Decision::Play(None), _) => {}
                        (Decision::Play(Some(seat)), link) => {
                            given.placed = [seat].into();
                            if link != SeatGrant::Any {
                                given.grant = SeatGrant::Seat(seat);
                            }
                        }
                        (Decision::Decline, _) => panic!("a no lets them in nowhere"),
                    }
                    self.enter(admission, given);
                }
            }
            Step::Withdraw(request) => {
                self.room.withdraw(request);
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
            Step::Leave(who, departure) => {
                if let Some(peer) = self.peer(who) {
                    self.room.leave(peer, departure, now);
                    let mut given = self.here.remove(&peer).expect("there");
                    given.stops(now);
                    given.gone |= departure == Departure::Final;
                    self.away.push(given);
                }
            }
            Step::Kick(who) => {
                if let Some(peer) = self.known(who) {
                    let ended = self.ended(RoomCommand::Kick(peer), Removal::Kicked);
                    self.forget(peer, ended);
                }
            }
            Step::Ban(who) => {
                if let Some(peer) = self.known(who) {
                    let ended = self.ended(RoomCommand::Ban(peer), Removal::Banned);
                    let given = self.forget(peer, ended);
                    let origin = IpAddr::from([10, 0, 0, given.address]).into();
                    let shown = Credentials { secret: None, code: None, resume: None, origin };
                    assert_eq!(self.room.check_credentials(shown, now), Err(Refusal::Banned));
                }
            }
            Step::ClearBans => assert_eq!(self.host(RoomCommand::ClearBans), DONE),
            Step::AssignSeat(who, seat, change) => {
                if let Some(peer) = self.peer(who)
                    && self.host(RoomCommand::AssignSeat { peer, seat, change }).is_ok()
                {
                    self.here.get_mut(&peer).expect("there").moved(seat, change, true);
                }
            }
            Step::SetPermissions(who, permissions) => {
                if let Some(peer) = self.peer(who) {
                    assert_eq!(self.host(RoomCommand::SetPermissions(peer, permissions)), DONE);
                    let given = self.here.get_mut(&peer).expect("there");
                    given.permissions = permissions.iter().map(|permission| permission as u8).collect();
                }
            }
            Step::SetMuting(who, muting) => {
                if let Some(peer) = self.peer(who) {
                    assert_eq!(self.host(RoomCommand::SetMuting(peer, muting)), DONE);
                    self.here.get_mut(&peer).expect("there").muted = muting == Muting::Muted;
                }
            }
            Step::SetPorts(ports) => self.room.set_ports(ports),
            Step::SetDiscs(discs) => {
                self.discs = discs;
                self.room.set_discs(discs);
            }
            Step::SetLocalPlayers(seats) => {
                let local = |seat| LocalPlayer { seat, name: "L".into() };
                let locals = seats.into_iter().map(local).collect();
                assert_eq!(self.host(RoomCommand::SetLocalPlayers(locals)), DONE);
            }
            Step::HostName(name) => assert_eq!(self.host(RoomCommand::Rename(name)), DONE),
            Step::Guest(who, command) => self.guest(who, self.aim(command)),
            Step::Overreach(who, command) => self.overreach(who, self.aim(command)),
            Step::Pass(seconds) => {
                self.now += Duration::from_secs(seconds);
                self.room.tick(self.now);
            }
        }
    }

    fn guest(&mut self, who: usize, command: RoomCommand) {
        assert!(!is_the_host_s_alone(&command));
        let Some(peer) = self.peer(who) else { return };
        let fresh = self.fresh();
        let given = self.here.get(&peer).expect("there").clone();
        let has = |permission: Permission| given.permissions.contains(&(permission as u8));
        let done = self.room.apply(Actor::Guest(peer), command.clone(), &mut Fixed(fresh), self.now);
        match (command, done) {
            (RoomCommand::Game(game), Ok(effect)) => {
                let permission = match game {
                    GameCommand::Pause | GameCommand::Resume | GameCommand::Reset => Permission::Pause,
                    GameCommand::SaveState(_) | GameCommand::LoadState(_) => Permission::States,
                    GameCommand::InsertDisc(disc) => {
                        assert!((disc as usize) < self.discs, "disc {disc} of {}", self.discs);
                        Permission::Discs
                    }
                    GameCommand::Flow(_) | GameCommand::StepFrame => Permission::Time,
                };
                assert!(has(permission), "{effect:?} without the permission");
            }
            (RoomCommand::AssignSeat { peer: other, seat, change }, Ok(_)) => {
                assert!(has(Permission::Seats));
                let moved = self.here.values_mut().find(|given| given.had.contains(&other));
                match moved {
                    // One who takes themselves off has left the seat.
                    Some(moved) if change == SeatChange::Seat || moved.token != given.token => {
                        moved.moved(seat, change, true);
                    }
                    Some(_) => {}
                    None => {
                        assert_eq!(change, SeatChange::Unseat, "only those who are there can be put on a seat");
                        let away = self.away.iter_mut().find(|given| given.had.contains(&other));
                        away.expect("they are known").moved(seat, change, false);
                    }
                }
            }
            (RoomCommand::Invite(InviteTerms { grant, .. }), Ok(effect)) => {
                assert_eq!(effect, Effect::Invited(token(fresh)));
                assert!(has(Permission::Invite));
                let has = given.passes_on();
                assert!(grant == SeatGrant::Watch || has == SeatGrant::Any || has == grant, "more than they have");
                let made = self.room.invites().iter().find(|it| it.secret == token(fresh)).expect("the link is there");
                assert_eq!(made.terms.permissions, Permissions::default(), "permissions are the host's to give");
                assert!(made.terms.approval || !given.approval, "the host is asked about those whom they bring");
                let (id, terms) = (made.id, made.terms);
                assert!(terms.grant == grant && terms.uses.is_none() && terms.lasts.is_none());
                assert_eq!(self.made(token(fresh), terms), id);
                self.here.get_mut(&peer).expect("there").made.insert(id);
            }
            (RoomCommand::Chat(_), Ok(effect)) => {
                let Effect::Chat(text) = effect else { panic!("{effect:?}") };
                assert!(!given.muted && !text.is_empty() && text.chars().count() <= MAX_TEXT);
                assert!(!text.chars().any(char::is_control));
            }
            (RoomCommand::React(_), Ok(_)) => assert!(!given.muted),
            (RoomCommand::Rename(name), Ok(_)) => {
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

    /// Guests and the host share one row of commands; what is the host's alone is denied to a guest and changes nothing.
    fn overreach(&mut self, who: usize, command: RoomCommand) {
        assert!(is_the_host_s_alone(&command));
        let Some(peer) = self.peer(who) else { return };
        let before = (self.room.version(), format!("{:?}", self.room));
        let denied = self.room.apply(Actor::Guest(peer), command, &mut Nothing, self.now);
        assert_eq!(denied, Err(Denied::Permission));
        assert_eq!((self.room.version(), format!("{:?}", self.room)), before);
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

    /// People sit only where they were put, and on seats that were free and that they may take.
    fn check_seats(&mut self) {
        let now = self.now;
        let holders: BTreeMap<Seat, Vec<Holder>> =
            self.room.seats().map(|seat| (seat, self.room.holders(seat).collect())).collect();
        let sits = |given: &Given| -> BTreeSet<Seat> {
            let holds = |holder: &Holder| holder.peer.is_some_and(|peer| given.had.contains(&peer));
            holders.iter().filter(|(_, holders)| holders.iter().any(holds)).map(|(&seat, _)| seat).collect()
        };
        for given in self.here.values_mut() {
            let now_sits = sits(given);
            for &seat in now_sits.difference(&given.sits) {
                let taken = given.grant.allows(seat) && holders[&seat].len() == 1 && now_sits.len() <= given.may_take;
                assert!(given.placed.contains(&seat) || (taken && !given.gone), "on seat {seat}: {given:?}");
            }
            given.placed.retain(|seat| now_sits.contains(seat));
            given.sits = now_sits;
            assert!(given.sits.is_empty() || !given.is_late(now), "a minute is over");
        }
        for given in &mut self.away {
            let now_sits = sits(given);
            assert!(now_sits.is_subset(&given.sits), "a person who is away takes no seat");
            given.placed.retain(|seat| now_sits.contains(seat));
            given.sits = now_sits;
            assert!(given.sits.is_empty() || !given.gone, "a minute is over");
        }
    }

    /// The links are those that the model knows, and no request waits by one that has ended.
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
        assert!(self.room.requests().map(|it| it.id).eq(self.asked.keys().copied()));
    }

    fn check(&mut self) {
        self.pass();
        self.check_seats();
        self.check_links();
        let members: Vec<Member> = self.room.members().collect();
        assert!(members.iter().map(|it| it.id).eq(self.room.members().map(|it| it.id)));
        assert_eq!(members.len(), self.here.len(), "everyone who is there, and no others");
        for member in &members {
            let given = self.here.get(&member.id).expect("each of them came in");
            for permission in Permission::ALL {
                assert_eq!(
                    self.room.has(member.id, permission),
                    given.permissions.contains(&(permission as u8)),
                    "{permission:?}"
                );
            }
            for seat in Seat::ALL {
                if self.room.may_play(member.id, seat) {
                    assert!(!given.muted && given.sits.contains(&seat), "{} on seat {seat}", member.id);
                }
            }
            assert_eq!(member.name, given.name);
            assert!((1..=MAX_NAME).contains(&member.name.chars().count()));
            let (renamed, since) = given.renamed;
            assert!(renamed <= 4 + (self.now - since).as_secs() / 3, "renamed {renamed} times");
            let free = if member.seats.len() < given.may_take { given.grant } else { SeatGrant::Watch };
            assert_eq!(member.grant, free, "what the page may call free to take");
        }
        for peer in (0..self.room.next_id + 2).map(PeerId) {
            if !self.here.contains_key(&peer) {
                assert!(Seat::ALL.iter().all(|&seat| !self.room.may_play(peer, seat)));
                assert!(Permission::ALL.iter().all(|&permission| !self.room.has(peer, permission)));
            }
        }
        for seat in self.room.seats() {
            let holders: Vec<_> = self.room.holders(seat).filter_map(|it| it.peer).collect();
            assert_eq!(holders.iter().collect::<BTreeSet<_>>().len(), holders.len(), "each sits there once");
        }
    }
}

/// What comes of `Fixed(n)`.
fn digits(n: u8) -> Digits {
    Digits::new([n; 8])
}

/// For what takes no randomness.
struct Nothing;

impl Random for Nothing {
    fn fill(&mut self, _: &mut [u8]) -> bool {
        panic!("nothing random is needed")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_person_ever_holds_what_they_were_not_given(host in any::<bool>(), steps in prop::collection::vec(step(), 1..120)) {
        let mut model = Model {
            room: Room::new(host.then(|| "H".into()), 4),
            now: T0,
            discs: 0,
            here: BTreeMap::new(),
            away: Vec::new(),
            links: BTreeMap::new(),
            secrets: BTreeMap::new(),
            invited: 0,
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
