use super::*;
use crate::game_command::{Flow, GameCommand, Slot};
use crate::input::Seat;
use std::net::IpAddr;

mod random;

const T0: Duration = Duration::ZERO;
const DONE: Result<Effect, Denied> = Ok(Effect::None);
const HOME: Origin = Origin::Address(IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 7)));

fn token(n: u8) -> Secret {
    Secret::new([n; 16])
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A room with a link for any seat, whose secret is `token(255)`.
fn room(host: bool, ports: usize) -> Room {
    let mut room = Room::new(host.then(|| "Hanna".into()), ports);
    room.invites_mut().add(token(255), InviteTerms::default(), T0);
    room
}

fn entry<'a>(secret: Option<&'a str>, resume: Option<&'a str>) -> Credentials<'a> {
    Credentials { secret, code: None, resume, origin: HOME }
}

fn join_by(room: &mut Room, link: &Secret, n: u8, resume: Option<u8>, now: Duration) -> Result<Joined, Refusal> {
    let resume = resume.map(token);
    match room.check_credentials(entry(Some(link.as_str()), resume.as_ref().map(Secret::as_str)), now)? {
        Entry::Granted(admission) => room.enter(admission, &format!("P{n}"), token(n), now),
        Entry::NeedsApproval(_) => panic!("the host is not to be asked"),
    }
}

fn join(room: &mut Room, n: u8, resume: Option<u8>, now: Duration) -> Joined {
    join_by(room, &token(255), n, resume, now).expect("let in")
}

fn seat(room: &Room, joined: &Joined) -> Option<usize> {
    room.seats_of(joined.peer).next().map(Seat::index)
}

fn names(room: &Room) -> Vec<Vec<String>> {
    room.seats().map(|seat| room.holders(seat).map(|holder| holder.name).collect()).collect()
}

fn s(index: usize) -> Seat {
    Seat::new(index).expect("a seat")
}

fn slot(index: u8) -> Slot {
    Slot::new(index).expect("a slot")
}

fn grant(grant: SeatGrant) -> InviteTerms {
    InviteTerms { grant, ..InviteTerms::default() }
}

/// Gives one byte over and over, so that `token(n)` comes of `Fixed(n)`.
struct Fixed(u8);

impl Random for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        bytes.fill(self.0);
        true
    }
}

/// What the host orders and guests ask for, as the tests below put it.
impl Room {
    fn by_host(&mut self, command: RoomCommand) -> Result<Effect, Denied> {
        self.apply(Actor::Host, command, &mut Fixed(0), T0)
    }

    fn by_guest(&mut self, peer: PeerId, command: RoomCommand, random: u8, now: Duration) -> Result<Effect, Denied> {
        self.apply(Actor::Guest(peer), command, &mut Fixed(random), now)
    }

    fn host_seats(&mut self, peer: PeerId, seat: usize) -> Result<Effect, Denied> {
        self.by_host(RoomCommand::AssignSeat { peer, seat: s(seat), change: SeatChange::Seat })
    }

    fn host_unseats(&mut self, peer: PeerId, seat: usize) -> Result<Effect, Denied> {
        self.by_host(RoomCommand::AssignSeat { peer, seat: s(seat), change: SeatChange::Unseat })
    }

    fn set_muting(&mut self, peer: PeerId, muting: Muting) {
        assert_eq!(self.by_host(RoomCommand::SetMuting(peer, muting)), DONE);
    }

    fn set_permissions(&mut self, peer: PeerId, permissions: Permissions) {
        assert_eq!(self.by_host(RoomCommand::SetPermissions(peer, permissions)), DONE);
    }
}

/// One guest asks for one thing; a link that they make has the secret `token(200)`.
fn ask(room: &mut Room, joined: &Joined, command: RoomCommand) -> Result<Effect, Denied> {
    room.by_guest(joined.peer, command, 200, T0)
}

#[test]
fn the_friend_of_a_playing_host_is_player_two() {
    let mut room = room(true, 2);
    let (first, second) = (join(&mut room, 1, None, T0), join(&mut room, 2, None, T0));
    assert_eq!((seat(&room, &first), seat(&room, &second)), (Some(1), None));
    assert_eq!(names(&room), [["Hanna"], ["P1"]]);
}

#[test]
fn without_a_playing_host_the_first_is_player_one() {
    let mut room = room(false, 2);
    let first = join(&mut room, 1, None, T0);
    assert_eq!(seat(&room, &first), Some(0));
}

#[test]
fn a_wrong_secret_is_refused() {
    let mut room = room(false, 2);
    for secret in [None, Some(""), Some("x"), Some(token(3).as_str())] {
        assert_eq!(room.check_credentials(entry(secret, Some("x")), T0), Err(Refusal::BadInvite));
    }
    assert!(room.is_empty());
}

#[test]
fn a_lost_connection_gets_its_seat_back_within_a_minute_and_not_after() {
    let mut room = room(false, 2);
    let first = join(&mut room, 1, None, T0);
    let second = join(&mut room, 2, None, T0);
    room.arrived(second.peer);
    room.leave(first.peer, Departure::Temporary, T0);
    assert!(room.holders(s(0)).next().is_some_and(|holder| holder.away));
    let third = join(&mut room, 3, None, T0);
    assert_eq!(seat(&room, &third), None, "the seat is kept");
    room.arrived(third.peer);
    let back = join(&mut room, 4, Some(1), seconds(59));
    assert_eq!((seat(&room, &back), back.returned), (Some(0), true));
    assert!(room.arrived(back.peer));
    room.leave(back.peer, Departure::Temporary, seconds(59));
    assert!(room.tick(seconds(120)));
    assert_eq!(names(&room), [["P3"], ["P2"]], "the spectator moved up");
    assert_eq!(room.take_gone(), ["P4"]);
    assert!(room.take_gone().is_empty());
}

#[test]
fn the_token_alone_brings_a_person_back_even_when_the_link_is_used_up() {
    let mut room = Room::new(None, 2);
    let once =
        InviteTerms { uses: Some(1), permissions: [Permission::Pause].into_iter().collect(), ..InviteTerms::default() };
    room.invites_mut().add(token(9), once, T0);
    let first = join_by(&mut room, &token(9), 1, None, T0).expect("let in");
    assert_eq!(join_by(&mut room, &token(9), 2, None, T0), Err(Refusal::BadInvite));
    room.leave(first.peer, Departure::Temporary, T0);
    let Ok(Entry::Granted(admission)) = room.check_credentials(entry(None, Some(token(1).as_str())), seconds(5)) else {
        panic!("the token is known")
    };
    let back = room.enter(admission, "P1", token(7), seconds(5)).expect("let in");
    assert_eq!((seat(&room, &back), back.token.clone()), (Some(0), token(1)));
    assert!(room.has(back.peer, Permission::Pause), "with all their permissions");
}

#[test]
fn a_page_that_reloads_replaces_its_old_connection() {
    let mut room = room(false, 2);
    let first = join(&mut room, 1, None, T0);
    let again = join(&mut room, 2, Some(1), T0);
    assert_eq!(again.token, token(1), "the answer may be lost: what they have stays good");
    assert_eq!((again.replaces, seat(&room, &again)), (Some(first.peer), Some(0)));
    assert!(!room.may_play(first.peer, s(0)) && room.may_play(again.peer, s(0)));
    room.leave(first.peer, Departure::Temporary, T0);
    assert!(room.may_play(again.peer, s(0)), "the end of the old connection takes nothing from the new one");
}

#[test]
fn a_guest_plays_on_no_seat_but_their_own() {
    let mut room = room(true, 4);
    let peer = join(&mut room, 1, None, T0).peer;
    for seat in Seat::ALL {
        assert_eq!(room.may_play(peer, seat), seat == s(1));
    }
    room.set_muting(peer, Muting::Muted);
    assert!(!room.may_play(peer, s(1)), "a muted one's inputs do not count");
    room.set_muting(peer, Muting::Unmuted);
    room.leave(peer, Departure::Final, T0);
    assert!(!room.may_play(peer, s(1)));
}

#[test]
fn fewer_ports_make_spectators_and_more_ports_players() {
    let mut room = room(false, 4);
    let peers: Vec<_> = (1..=4).map(|n| join(&mut room, n, None, T0)).collect();
    room.set_ports(2);
    assert_eq!(seat(&room, &peers[3]), None);
    room.set_ports(4);
    assert_eq!(seat(&room, &peers[3]), Some(3));
}

#[test]
fn a_room_for_fewer_is_full_sooner() {
    let mut room = room(false, 2);
    room.set_max_guests(2);
    for n in 0..2 {
        join(&mut room, n as u8, None, T0);
    }
    assert_eq!(join_by(&mut room, &token(255), 200, None, T0), Err(Refusal::RoomFull));
}

#[test]
fn a_full_room_says_so() {
    let mut room = room(false, 2);
    for n in 0..MAX_PEERS {
        join(&mut room, n as u8, None, T0);
    }
    assert_eq!(join_by(&mut room, &token(255), 200, None, T0), Err(Refusal::RoomFull));
    assert!(join(&mut room, 201, Some(3), T0).returned, "a guest who is here may come again");
}

#[test]
fn a_link_for_a_seat_is_for_that_seat_and_a_watching_one_for_none() {
    let mut room = Room::new(Some("Hanna".into()), 4);
    for (n, grant) in [(1, SeatGrant::Seat(s(2))), (2, SeatGrant::Watch), (3, SeatGrant::Seat(s(7)))] {
        room.invites_mut().add(token(n), InviteTerms { grant, ..InviteTerms::default() }, T0);
    }
    let third = join_by(&mut room, &token(1), 11, None, T0).expect("let in");
    let beside = join_by(&mut room, &token(1), 12, None, T0).expect("let in");
    assert_eq!((seat(&room, &third), seat(&room, &beside)), (Some(2), Some(2)), "two share it");
    let watcher = join_by(&mut room, &token(2), 13, None, T0).expect("let in");
    assert_eq!(ask(&mut room, &watcher, RoomCommand::RequestSeat(Some(s(3)))), DONE);
    assert_eq!(seat(&room, &watcher), None, "the host sees the request");
    assert_eq!(room.members().find(|it| it.id == watcher.peer).and_then(|it| it.wants), Some(SeatRequest::Seat(s(3))));
    assert_eq!(room.host_seats(watcher.peer, 3), DONE);
    assert_eq!(seat(&room, &watcher), Some(3));
    assert_eq!(room.members().find(|it| it.id == watcher.peer).and_then(|it| it.wants), None);
    let later = join_by(&mut room, &token(3), 14, None, T0).expect("let in");
    assert_eq!(seat(&room, &later), None);
    room.set_ports(8);
    assert_eq!(seat(&room, &later), Some(7), "once there is such a seat");
}

#[test]
fn the_host_is_asked_and_the_answer_is_good_for_that_request_alone() {
    let mut room = Room::new(Some("Hanna".into()), 2);
    room.invites_mut().add(token(9), InviteTerms { approval: true, ..InviteTerms::default() }, T0);
    let request = |room: &mut Room| match room.check_credentials(entry(Some(token(9).as_str()), None), T0) {
        Ok(Entry::NeedsApproval(invite)) => room.request_entry(invite, "Ann", HOME),
        other => panic!("{other:?}"),
    };
    let first = request(&mut room).expect("asked");
    let second = request(&mut room).expect("asked");
    let third = request(&mut room).expect("asked");
    assert_eq!(request(&mut room), Err(Refusal::Busy), "three from one address are enough");
    assert_eq!(room.answer(first, Decision::Decline, T0), Ok(None));
    assert!(room.answer(first, Decision::Play(None), T0).is_err(), "no twice");
    let way = room.answer(second, Decision::Play(Some(s(1))), T0).expect("a yes").expect("a way in");
    let ann = room.enter(way, "Ann", token(1), T0).expect("let in");
    assert_eq!(seat(&room, &ann), Some(1));
    let way = room.answer(third, Decision::Watch, T0).expect("a yes").expect("a way in");
    let watcher = room.enter(way, "Bea", token(2), T0).expect("let in");
    assert_eq!(seat(&room, &watcher), None);
    room.leave(ann.peer, Departure::Final, T0);
    assert_eq!(seat(&room, &watcher), None, "a guest who may watch does not move up");
    let fourth = request(&mut room).expect("asked");
    room.revoke(InviteId(1), RevokeScope::LinkOnly);
    assert!(room.answer(fourth, Decision::Watch, T0).is_err(), "the link was taken back meanwhile");
}

#[test]
fn a_link_that_is_taken_back_takes_those_who_came_by_it_if_the_host_says_so() {
    let mut room = room(false, 4);
    let other = room.invites_mut().add(token(9), InviteTerms::default(), T0).expect("a link");
    let stays = join(&mut room, 1, None, T0);
    let goes = join_by(&mut room, &token(9), 2, None, T0).expect("let in");
    assert_eq!(room.revoke(other, RevokeScope::WithPeople), [goes.peer]);
    assert_eq!((seat(&room, &stays), seat(&room, &goes)), (Some(0), None));
    assert_eq!(room.check_credentials(entry(None, Some(token(2).as_str())), T0), Err(Refusal::BadInvite), "for good");
    assert!(room.revoke(InviteId(1), RevokeScope::LinkOnly).is_empty());
    assert!(room.may_play(stays.peer, s(0)));
}

#[test]
fn kicked_is_out_and_banned_is_out_from_that_address() {
    let mut room = room(false, 2);
    let first = join(&mut room, 1, None, T0);
    room.kick(first.peer);
    assert!(room.is_empty());
    let Ok(Entry::Granted(_)) = room.check_credentials(entry(Some(token(255).as_str()), Some(token(1).as_str())), T0)
    else {
        panic!("the link is still good")
    };
    let second = join(&mut room, 2, None, T0);
    room.ban(second.peer);
    assert_eq!(room.check_credentials(entry(Some(token(255).as_str()), None), T0), Err(Refusal::Banned));
    let link = token(255);
    let elsewhere = Credentials { origin: IpAddr::from([10, 0, 0, 1]).into(), ..entry(Some(link.as_str()), None) };
    assert!(room.check_credentials(elsewhere, T0).is_ok());
    room.clear_bans();
    assert!(room.check_credentials(entry(Some(token(255).as_str()), None), T0).is_ok());
}

#[test]
fn one_may_hold_two_seats_and_two_may_share_one_and_each_may_leave_theirs() {
    let mut room = room(false, 4);
    let (ann, bea) = (join(&mut room, 1, None, T0), join(&mut room, 2, None, T0));
    assert_eq!(ask(&mut room, &ann, RoomCommand::RequestSeat(Some(s(3)))), DONE);
    assert!(room.seats_of(ann.peer).map(Seat::index).eq([0, 3]));
    assert_eq!(room.host_seats(bea.peer, 0), DONE);
    assert!(room.may_play(ann.peer, s(0)) && room.may_play(bea.peer, s(0)));
    assert_eq!(ask(&mut room, &ann, RoomCommand::LeaveSeat(s(0))), DONE);
    assert!(!room.may_play(ann.peer, s(0)) && room.may_play(bea.peer, s(0)) && room.may_play(ann.peer, s(3)));
    assert_eq!(ask(&mut room, &ann, RoomCommand::LeaveSeat(s(7))), Err(Denied::Gone));
    assert_eq!(room.host_unseats(ann.peer, 3), DONE);
    assert!(room.seats_of(ann.peer).next().is_none(), "a guest who was taken off is not put back at once");
}

#[test]
fn a_seat_at_the_host_s_machine_is_taken_too() {
    let mut room = room(true, 2);
    let local = |seat, name: &str| LocalPlayer { seat: s(seat), name: name.into() };
    room.set_local_players(vec![local(0, "Hanna"), local(1, "Pad\u{7} 2")]);
    let guest = join(&mut room, 1, None, T0);
    assert_eq!(seat(&room, &guest), None);
    assert_eq!(names(&room), [["Hanna"], ["Pad 2"]]);
    room.set_local_players(vec![local(0, "Hanna")]);
    assert_eq!(seat(&room, &guest), Some(1), "they waited for it");
    room.set_host_name("Johanna");
    assert_eq!(names(&room)[0], ["Johanna"]);
}

#[test]
fn guests_play_and_nothing_else_until_they_are_given_more() {
    let mut room = room(false, 4);
    let (ann, bea) = (join(&mut room, 1, None, T0), join(&mut room, 2, None, T0));
    let commands = || {
        [
            (Permission::Pause, RoomCommand::Game(GameCommand::Pause)),
            (Permission::Pause, RoomCommand::Game(GameCommand::Reset)),
            (Permission::States, RoomCommand::Game(GameCommand::LoadState(slot(3)))),
            (Permission::Time, RoomCommand::Game(GameCommand::Flow(Flow::Rewind))),
            (Permission::Time, RoomCommand::Game(GameCommand::StepFrame)),
            (Permission::Seats, RoomCommand::AssignSeat { peer: bea.peer, seat: s(3), change: SeatChange::Seat }),
            (Permission::Invite, RoomCommand::Invite(grant(SeatGrant::Watch))),
        ]
    };
    for (permission, command) in commands() {
        room.set_permissions(ann.peer, Permissions::default());
        assert_eq!(ask(&mut room, &ann, command.clone()), Err(Denied::Permission), "{command:?}");
        room.set_permissions(ann.peer, [permission].into_iter().collect());
        assert!(ask(&mut room, &ann, command.clone()).is_ok(), "{command:?}");
    }
    assert_eq!(Slot::new(10), None, "with every permission there are ten slots");
}

#[test]
fn a_disc_is_put_in_by_one_who_may_if_the_game_has_it_and_not_too_often() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    let all_but_discs = Permission::ALL.into_iter().filter(|it| *it != Permission::Discs).collect();
    room.set_permissions(ann.peer, all_but_discs);
    let disc = |index| RoomCommand::Game(GameCommand::InsertDisc(index));
    assert_eq!(ask(&mut room, &ann, disc(0)), Err(Denied::Permission));
    room.set_permissions(ann.peer, [Permission::Discs].into_iter().collect());
    assert_eq!(ask(&mut room, &ann, disc(0)), Err(Denied::Gone), "there is no drive");
    room.set_discs(2);
    assert_eq!(ask(&mut room, &ann, disc(2)), Err(Denied::Gone));
    assert_eq!(ask(&mut room, &ann, disc(1)), Ok(Effect::Game(GameCommand::InsertDisc(1))));
    assert_eq!(ask(&mut room, &ann, disc(0)), Err(Denied::RateLimited), "that was the fourth");
}

#[test]
fn whoever_begins_to_rewind_is_let_end_it() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    room.set_permissions(ann.peer, [Permission::Time].into_iter().collect());
    let mut flow = |flow| ask(&mut room, &ann, RoomCommand::Game(GameCommand::Flow(flow)));
    let mut begun = 0;
    while flow(Flow::Rewind).is_ok() {
        assert!(flow(Flow::Normal).is_ok());
        begun += 1;
        assert!(begun < 1000, "there is a limit");
    }
    assert!(flow(Flow::Normal).is_ok());
}

#[test]
fn what_is_the_host_s_alone_is_denied_to_a_guest_with_every_permission() {
    let mut room = room(true, 4);
    let invite = InviteId(1);
    let terms = InviteTerms { approval: true, ..InviteTerms::default() };
    let (ann, bea) = (join(&mut room, 1, None, T0), join(&mut room, 2, None, T0));
    let banned = join(&mut room, 3, None, T0);
    assert!(room.by_host(RoomCommand::Ban(banned.peer)).is_ok());
    room.set_permissions(ann.peer, Permission::ALL.into_iter().collect());
    let request = room.request_entry(invite, "Cid", HOME).expect("asked");
    let local = LocalPlayer { seat: s(3), name: "Pad".into() };
    let commands = [
        RoomCommand::ChangeInvite(invite, terms),
        RoomCommand::Revoke(invite, RevokeScope::LinkOnly),
        RoomCommand::Revoke(invite, RevokeScope::WithPeople),
        RoomCommand::SetCode(invite, CodeChange::Issue),
        RoomCommand::SetCode(invite, CodeChange::Clear),
        RoomCommand::Answer(request, Decision::Play(None)),
        RoomCommand::SetPermissions(ann.peer, Permissions::default()),
        RoomCommand::SetPermissions(bea.peer, Permission::ALL.into_iter().collect()),
        RoomCommand::SetMuting(bea.peer, Muting::Muted),
        RoomCommand::Kick(bea.peer),
        RoomCommand::Ban(bea.peer),
        RoomCommand::ClearBans,
        RoomCommand::SetLocalPlayers(vec![local]),
    ];
    let before = format!("{room:?}");
    for command in commands {
        assert_eq!(ask(&mut room, &ann, command.clone()), Err(Denied::Permission), "{command:?}");
        assert_eq!(format!("{room:?}"), before, "{command:?}");
    }
}

#[test]
fn what_is_said_too_fast_or_says_nothing_is_not_said() {
    let mut room = room(false, 2);
    let ann = join(&mut room, 1, None, T0);
    let say = |room: &mut Room, text: &str| ask(room, &ann, RoomCommand::Chat(text.into()));
    assert_eq!(say(&mut room, " hi\u{202e} "), Ok(Effect::Chat("hi".into())));
    assert_eq!(say(&mut room, "\n"), Err(Denied::Gone));
    for _ in 0..3 {
        assert!(say(&mut room, "x").is_ok());
    }
    assert_eq!(say(&mut room, "x"), Err(Denied::RateLimited));
    room.set_muting(ann.peer, Muting::Muted);
    assert_eq!(say(&mut room, "x"), Err(Denied::Muted));
}

#[test]
fn a_person_who_is_away_can_be_unseated_and_kicked_and_one_who_is_back_by_an_older_number() {
    let mut room = room(false, 4);
    let (ann, bea) = (join(&mut room, 1, None, T0), join(&mut room, 2, None, T0));
    room.leave(ann.peer, Departure::Temporary, T0);
    assert_eq!(room.host_seats(ann.peer, 2), Err(Denied::Gone), "a person who is away is put on no seat");
    assert_eq!(room.host_unseats(ann.peer, 0), DONE);
    assert!(room.holders(s(0)).next().is_none());
    assert_eq!(room.kick(ann.peer), None, "there is no connection to end");
    assert_eq!(room.check_credentials(entry(None, Some(token(1).as_str())), T0), Err(Refusal::BadInvite));
    let again = join(&mut room, 3, Some(2), T0);
    room.set_muting(bea.peer, Muting::Muted);
    assert!(!room.may_play(again.peer, s(1)), "the menu was opened before they came back");
    assert_eq!(room.kick(bea.peer), Some(again.peer));
    assert!(room.is_empty());
}

#[test]
fn the_links_of_one_who_is_removed_end_and_a_revoked_link_takes_their_people_along() {
    let mut room = room(false, 4);
    let first = room
        .invites_mut()
        .add(
            token(9),
            InviteTerms { permissions: [Permission::Invite].into_iter().collect(), ..InviteTerms::default() },
            T0,
        )
        .expect("a link");
    let ann = join_by(&mut room, &token(9), 1, None, T0).expect("let in");
    assert_eq!(ask(&mut room, &ann, RoomCommand::Invite(grant(SeatGrant::Any))), Ok(Effect::Invited(token(200))));
    let bea = join_by(&mut room, &token(200), 2, None, T0).expect("let in");
    let mut other = Room::new(None, 4);
    std::mem::swap(&mut other, &mut room);
    assert_eq!(other.revoke(first, RevokeScope::WithPeople), [ann.peer, bea.peer]);
    assert!(other.is_empty() && other.invites().iter().count() == 1);
}

#[test]
fn a_guest_makes_only_so_many_links_and_the_host_is_asked_about_those_who_bring_them() {
    let mut room = Room::new(None, 4);
    let terms = InviteTerms {
        permissions: [Permission::Invite].into_iter().collect(),
        approval: true,
        uses: Some(1),
        ..InviteTerms::default()
    };
    room.invites_mut().add(token(9), terms, T0);
    let Ok(Entry::NeedsApproval(invite)) = room.check_credentials(entry(Some(token(9).as_str()), None), T0) else {
        panic!("the host is asked")
    };
    let request = room.request_entry(invite, "Ann", HOME).expect("asked");
    let waits = room.request_entry(invite, "Bea", HOME).expect("asked");
    let way = room.answer(request, Decision::Play(None), T0).expect("a yes").expect("a way in");
    let ann = room.enter(way, "Ann", token(1), T0).expect("let in");
    room.tick(T0);
    assert!(room.invites().get(invite).is_none(), "the link is used up");
    assert!(room.requests().all(|it| it.id != waits), "and a request that waits by it waits for nothing");
    for n in 0..MAX_LINKS_EACH {
        let made = room.by_guest(ann.peer, RoomCommand::Invite(grant(SeatGrant::Any)), 100 + n as u8, T0);
        assert_eq!(made, Ok(Effect::Invited(token(100 + n as u8))));
    }
    assert_eq!(ask(&mut room, &ann, RoomCommand::Invite(grant(SeatGrant::Any))), Err(Denied::RateLimited));
    assert!(matches!(room.check_credentials(entry(Some(token(100).as_str()), None), T0), Ok(Entry::NeedsApproval(_))));
    room.kick(ann.peer);
    assert_eq!(room.invites().iter().count(), 0);
}

#[test]
fn one_who_was_told_to_watch_watches_whatever_becomes_of_the_link() {
    let mut room = Room::new(None, 4);
    let id =
        room.invites_mut().add(token(9), InviteTerms { approval: true, ..InviteTerms::default() }, T0).expect("a link");
    let request = room.request_entry(id, "Ann", HOME).expect("asked");
    room.invites_mut().change(id, InviteTerms::default(), T0);
    let way = room.answer(request, Decision::Watch, T0).expect("an answer").expect("a way in");
    let ann = room.enter(way, "Ann", token(1), T0).expect("let in");
    assert_eq!(seat(&room, &ann), None);
}

#[test]
fn one_who_chose_to_watch_still_watches_after_coming_back() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    assert_eq!(ask(&mut room, &ann, RoomCommand::LeaveSeat(s(0))), DONE);
    room.leave(ann.peer, Departure::Temporary, T0);
    let back = join(&mut room, 2, Some(1), seconds(5));
    assert_eq!(seat(&room, &back), None);
    assert_eq!(ask(&mut room, &back, RoomCommand::RequestSeat(None)), DONE);
    room.leave(back.peer, Departure::Temporary, seconds(5));
    room.tick(seconds(100));
    let late = join(&mut room, 3, Some(1), seconds(100));
    assert_eq!(seat(&room, &late), None, "coming back is not being back");
    room.arrived(late.peer);
    assert_eq!(seat(&room, &late), Some(0), "one who had a seat gets one again, if there is one");
}

#[test]
fn the_others_hear_of_everyone_once_and_again_after_they_were_taken_for_gone() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    let never = join(&mut room, 2, None, T0);
    assert!(room.arrived(ann.peer) && !room.arrived(ann.peer));
    room.leave(ann.peer, Departure::Temporary, T0);
    let back = join(&mut room, 3, Some(1), seconds(5));
    assert!(!room.arrived(back.peer), "the others did not see them go");
    room.leave(back.peer, Departure::Temporary, seconds(5));
    room.leave(never.peer, Departure::Temporary, seconds(5));
    room.tick(seconds(100));
    assert_eq!(room.take_gone(), ["P3"], "the others did not see the second one come");
    let late = join(&mut room, 4, Some(1), seconds(100));
    assert!(room.arrived(late.peer));
}

#[test]
fn one_address_comes_in_only_so_often() {
    let mut room = room(false, 4);
    let mut came = 0;
    for _ in 0..200 {
        match join_by(&mut room, &token(255), 1, Some(1), T0) {
            Ok(_) => came += 1,
            Err(refusal) => assert_eq!(refusal, Refusal::Busy),
        }
    }
    assert_eq!(came, 128);
    assert!(join_by(&mut room, &token(255), 1, Some(1), seconds(1)).is_ok(), "a second later it is possible again");
}

#[test]
fn names_change_only_so_often_and_not_at_all_for_the_muted() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    let rename = |room: &mut Room, name: &str| ask(room, &ann, RoomCommand::Rename(name.into()));
    let before = room.version();
    assert_eq!(rename(&mut room, "P1"), DONE);
    assert_eq!(room.version(), before, "the same name is no news");
    let names = ["A", "B"].into_iter().cycle().take(40);
    assert_eq!(names.filter(|name| rename(&mut room, name) == DONE).count(), 4 + 18);
    assert_eq!(room.version(), before + 4, "every second one of the others was the name that she has");
    assert_eq!(rename(&mut room, "A"), Err(Denied::RateLimited));
    assert_eq!(rename(&mut room, "\u{202e}"), Err(Denied::Gone));
    assert_eq!(room.by_guest(ann.peer, RoomCommand::Rename("A".into()), 0, seconds(3)), DONE);
    room.set_muting(ann.peer, Muting::Muted);
    assert_eq!(room.by_guest(ann.peer, RoomCommand::Rename("Z".into()), 0, seconds(60)), Err(Denied::Muted));
    let back = join(&mut room, 2, Some(1), seconds(60));
    assert_eq!(back.name, "A", "nor by coming in again");
}

#[test]
fn one_who_comes_back_again_and_again_without_arriving_keeps_the_seat_for_a_minute() {
    let mut room = room(false, 1);
    let ann = join(&mut room, 1, None, T0);
    room.arrived(ann.peer);
    let bea = join(&mut room, 2, None, T0);
    room.arrived(bea.peer);
    room.leave(ann.peer, Departure::Temporary, seconds(10));
    for at in [12, 28, 44, 60] {
        let back = join(&mut room, 3, Some(1), seconds(at));
        assert_eq!(seat(&room, &back), Some(0));
        assert!(room.holders(s(0)).all(|holder| holder.away), "the others see them away");
        room.leave(back.peer, Departure::Temporary, seconds(at + 9));
    }
    let back = join(&mut room, 3, Some(1), seconds(69));
    assert!(room.tick(seconds(70)));
    assert_eq!((seat(&room, &back), seat(&room, &bea)), (None, Some(0)));
    assert_eq!(room.take_gone(), ["P3"]);
    room.leave(bea.peer, Departure::Final, seconds(71));
    assert_eq!(seat(&room, &back), None, "one who is not there takes no seat");
    assert!(room.arrived(back.peer), "the others took them for gone");
    assert_eq!(seat(&room, &back), Some(0));
    room.leave(back.peer, Departure::Temporary, seconds(200));
    room.tick(seconds(259));
    assert!(room.holders(s(0)).all(|holder| holder.away), "a stay that came to be is worth another minute");
    assert_eq!(room.holders(s(0)).count(), 1);
}

#[test]
fn one_who_reloads_again_and_again_without_arriving_keeps_nothing_either() {
    let mut room = room(false, 1);
    let ann = join(&mut room, 1, None, T0);
    room.arrived(ann.peer);
    let mut last = ann;
    for at in (10..=70).step_by(10) {
        last = join(&mut room, 3, Some(1), seconds(at));
    }
    assert_eq!(seat(&room, &last), None);
}

#[test]
fn a_use_comes_back_with_one_who_never_arrives_and_not_with_one_who_did() {
    let mut room = Room::new(None, 2);
    let once = InviteTerms { uses: Some(1), ..InviteTerms::default() };
    room.invites_mut().add(token(9), once, T0);
    let ann = join_by(&mut room, &token(9), 1, None, T0).expect("let in");
    assert_eq!(join_by(&mut room, &token(9), 2, None, T0), Err(Refusal::BadInvite));
    room.leave(ann.peer, Departure::Final, seconds(15));
    let back = join_by(&mut room, &token(8), 3, Some(1), seconds(16)).expect("as long as no other guest came");
    assert_eq!(back.token, token(1));
    room.leave(back.peer, Departure::Final, seconds(31));
    let bea = join_by(&mut room, &token(9), 4, None, seconds(32)).expect("the use is free again");
    assert_eq!(join_by(&mut room, &token(9), 5, Some(1), seconds(33)), Err(Refusal::BadInvite), "now it is not");
    room.arrived(bea.peer);
    room.leave(bea.peer, Departure::Final, seconds(40));
    assert_eq!(join_by(&mut room, &token(9), 6, None, seconds(41)), Err(Refusal::BadInvite));
    assert!(join_by(&mut room, &token(9), 7, Some(4), seconds(41)).is_ok(), "she may come back");
}

#[test]
fn one_who_did_not_get_through_at_first_gets_a_seat_once_they_do() {
    let mut room = room(false, 1);
    let ann = join(&mut room, 1, None, T0);
    room.leave(ann.peer, Departure::Final, seconds(15));
    let back = join(&mut room, 2, Some(1), seconds(16));
    assert_eq!(seat(&room, &back), None);
    assert!(room.arrived(back.peer));
    assert_eq!(seat(&room, &back), Some(0));
}

#[test]
fn requests_end_with_the_link_they_wait_by() {
    let mut room = Room::new(None, 2);
    let once = InviteTerms { approval: true, uses: Some(1), lasts: Some(seconds(60)), ..InviteTerms::default() };
    let first = room.invites_mut().add(token(9), once, T0).expect("a link");
    let [ann, _, _] = ["Ann", "Bea", "Cid"].map(|name| room.request_entry(first, name, HOME).expect("asked"));
    let way = room.answer(ann, Decision::Play(None), T0).expect("a yes").expect("a way in");
    assert_eq!(room.requests().count(), 2);
    room.enter(way, "Ann", token(1), T0).expect("let in");
    assert_eq!(room.requests().count(), 0, "the one use was Ann's");
    let second = room.invites_mut().add(token(8), once, T0).expect("a link");
    let [dan, _] = ["Dan", "Eve"].map(|name| room.request_entry(second, name, HOME).expect("asked"));
    assert_eq!(room.answer(dan, Decision::Watch, seconds(60)), Err(Refusal::BadInvite));
    assert_eq!(room.requests().count(), 0, "its time was over for both");
    let third = room.invites_mut().add(token(7), once, T0).expect("a link");
    room.request_entry(third, "Flo", HOME).expect("asked");
    room.invites_mut().add(token(6), InviteTerms::default(), seconds(60));
    assert!(room.tick(seconds(60)));
    assert_eq!(room.requests().count(), 0, "also when another link was made at that moment");
}

#[test]
fn a_guest_who_was_unseated_watches_until_the_host_seats_them_again() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    room.set_permissions(ann.peer, [Permission::Invite].into_iter().collect());
    assert_eq!(room.host_unseats(ann.peer, 0), DONE);
    assert_eq!(ask(&mut room, &ann, RoomCommand::RequestSeat(Some(s(0)))), DONE);
    let member = room.members().next().expect("Ann");
    assert_eq!((member.seats, member.wants, member.grant), (vec![], Some(SeatRequest::Seat(s(0))), SeatGrant::Watch));
    assert_eq!(
        ask(&mut room, &ann, RoomCommand::Invite(grant(SeatGrant::Any))),
        Err(Denied::Permission),
        "nor does she send another"
    );
    room.leave(ann.peer, Departure::Temporary, T0);
    let ann = join(&mut room, 2, Some(1), seconds(5));
    assert_eq!(seat(&room, &ann), None, "also after coming back");
    assert_eq!(room.host_seats(ann.peer, 1), DONE);
    assert_eq!(ask(&mut room, &ann, RoomCommand::LeaveSeat(s(1))), DONE);
    assert_eq!(ask(&mut room, &ann, RoomCommand::RequestSeat(Some(s(2)))), DONE);
    assert_eq!(seat(&room, &ann), Some(2));
}

#[test]
fn a_guest_takes_two_seats_and_is_given_any_number() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    for n in 0..4 {
        assert_eq!(ask(&mut room, &ann, RoomCommand::RequestSeat(Some(s(n)))), DONE);
    }
    assert!(room.seats_of(ann.peer).map(Seat::index).eq([0, 1]));
    assert_eq!(
        room.members().next().and_then(|it| it.wants),
        Some(SeatRequest::Seat(s(3))),
        "the host sees the request"
    );
    assert_eq!((room.host_seats(ann.peer, 3), room.host_seats(ann.peer, 2)), (DONE, DONE));
    assert!(room.seats_of(ann.peer).map(Seat::index).eq(0..4));
    // Moved from one seat to another: she is on one, as the host had it.
    assert!((1..4).all(|seat| room.host_unseats(ann.peer, seat) == DONE));
    assert_eq!(ask(&mut room, &ann, RoomCommand::RequestSeat(Some(s(1)))), DONE);
    assert!(room.seats_of(ann.peer).map(Seat::index).eq([0]));
    assert_eq!(ask(&mut room, &ann, RoomCommand::LeaveSeat(s(0))), DONE);
    assert_eq!(ask(&mut room, &ann, RoomCommand::RequestSeat(Some(s(1)))), DONE);
    assert!(room.seats_of(ann.peer).map(Seat::index).eq([1]), "she may choose another in its place");
}

#[test]
fn a_seat_that_was_only_kept_may_be_taken_again_by_the_one_it_was_kept_for() {
    let mut room = room(false, 2);
    let ann = join(&mut room, 1, None, T0);
    room.leave(ann.peer, Departure::Temporary, T0);
    assert_eq!(room.host_unseats(ann.peer, 0), DONE);
    let back = join(&mut room, 2, Some(1), seconds(5));
    assert_eq!(ask(&mut room, &back, RoomCommand::RequestSeat(Some(s(0)))), DONE);
    assert_eq!(seat(&room, &back), Some(0));
}
