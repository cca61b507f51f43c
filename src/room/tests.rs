use super::*;
use crate::room::door::{Door, Entry};

const T0: Duration = Duration::ZERO;
const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 7));

fn token(n: u8) -> Secret {
    Secret::new([n; 16])
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A room with a link for any seat, whose secret is `token(255)`.
fn room(host: bool, ports: usize) -> Room {
    let mut room = Room::new(host.then(|| "Hanna".into()), ports);
    room.invites_mut().add(token(255), Terms::default(), T0);
    room
}

fn entry<'a>(secret: Option<&'a str>, resume: Option<&'a str>) -> Entry<'a> {
    Entry { secret, code: None, resume, address: HOME }
}

fn join_by(room: &mut Room, link: &Secret, n: u8, resume: Option<u8>, now: Duration) -> Result<Joined, Refusal> {
    let resume = resume.map(token);
    match room.knock(entry(Some(link.as_str()), resume.as_ref().map(Secret::as_str)), now)? {
        Door::Open(admission) => room.enter(admission, &format!("P{n}"), token(n), now),
        Door::Ask(_) => panic!("nobody is to be asked"),
    }
}

fn join(room: &mut Room, n: u8, resume: Option<u8>, now: Duration) -> Joined {
    join_by(room, &token(255), n, resume, now).expect("let in")
}

fn seat(room: &Room, joined: &Joined) -> Option<usize> {
    room.seats_of(joined.peer).next()
}

fn names(room: &Room) -> Vec<Vec<String>> {
    (0..room.ports()).map(|seat| room.holders(seat).map(|holder| holder.name).collect()).collect()
}

fn wish(room: &mut Room, joined: &Joined, wish: Wish) -> Result<Deed, No> {
    room.wish(joined.peer, wish, || Some(token(200)), T0)
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
        assert_eq!(room.knock(entry(secret, Some("x")), T0), Err(Refusal::BadInvite));
    }
    assert!(room.is_empty());
}

#[test]
fn whoever_lost_the_connection_gets_the_seat_back_within_a_minute_and_not_after() {
    let mut room = room(false, 2);
    let first = join(&mut room, 1, None, T0);
    join(&mut room, 2, None, T0);
    room.leave(first.peer, false, T0);
    assert!(room.holders(0).next().is_some_and(|holder| holder.away));
    let third = join(&mut room, 3, None, T0);
    assert_eq!(seat(&room, &third), None, "the seat is kept");
    let back = join(&mut room, 4, Some(1), seconds(59));
    assert_eq!((seat(&room, &back), back.returned), (Some(0), true));
    assert!(room.arrived(back.peer));
    room.leave(back.peer, false, seconds(59));
    assert!(room.tick(seconds(120)));
    assert_eq!(names(&room), [["P3"], ["P2"]], "the spectator moved up");
    assert_eq!(room.take_gone(), ["P4"]);
    assert!(room.take_gone().is_empty());
}

#[test]
fn the_token_alone_brings_somebody_back_even_when_the_link_is_used_up() {
    let mut room = Room::new(None, 2);
    let once = Terms { uses: Some(1), rights: [Right::Pause].into_iter().collect(), ..Terms::default() };
    room.invites_mut().add(token(9), once, T0);
    let first = join_by(&mut room, &token(9), 1, None, T0).expect("let in");
    assert_eq!(join_by(&mut room, &token(9), 2, None, T0), Err(Refusal::BadInvite));
    room.leave(first.peer, false, T0);
    let Ok(Door::Open(admission)) = room.knock(entry(None, Some(token(1).as_str())), seconds(5)) else {
        panic!("the token is known")
    };
    let back = room.enter(admission, "P1", token(7), seconds(5)).expect("let in");
    assert_eq!((seat(&room, &back), back.token.clone()), (Some(0), token(1)));
    assert!(room.has(back.peer, Right::Pause), "with all their rights");
}

#[test]
fn a_page_that_reloads_replaces_its_old_connection() {
    let mut room = room(false, 2);
    let first = join(&mut room, 1, None, T0);
    let again = join(&mut room, 2, Some(1), T0);
    assert_eq!(again.token, token(1), "the answer may be lost: what they have stays good");
    assert_eq!((again.replaces, seat(&room, &again)), (Some(first.peer), Some(0)));
    assert!(!room.may_play(first.peer, 0) && room.may_play(again.peer, 0));
    room.leave(first.peer, false, T0);
    assert!(room.may_play(again.peer, 0), "the end of the old connection takes nothing from the new one");
}

#[test]
fn nobody_plays_on_a_seat_that_is_not_theirs() {
    let mut room = room(true, 4);
    let peer = join(&mut room, 1, None, T0).peer;
    for seat in 0..20 {
        assert_eq!(room.may_play(peer, seat), seat == 1);
    }
    room.set_muted(peer, true);
    assert!(!room.may_play(peer, 1), "a muted one's inputs do not count");
    room.set_muted(peer, false);
    room.leave(peer, true, T0);
    assert!(!room.may_play(peer, 1));
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
fn a_full_room_says_so() {
    let mut room = room(false, 2);
    for n in 0..MAX_PEERS {
        join(&mut room, n as u8, None, T0);
    }
    assert_eq!(join_by(&mut room, &token(255), 200, None, T0), Err(Refusal::Full));
    assert!(join(&mut room, 201, Some(3), T0).returned, "whoever is here may come again");
}

#[test]
fn a_link_for_a_seat_is_for_that_seat_and_a_watching_one_for_none() {
    let mut room = Room::new(Some("Hanna".into()), 4);
    for (n, grant) in [(1, Grant::Seat(2)), (2, Grant::Watch), (3, Grant::Seat(7))] {
        room.invites_mut().add(token(n), Terms { grant, ..Terms::default() }, T0);
    }
    let third = join_by(&mut room, &token(1), 11, None, T0).expect("let in");
    let beside = join_by(&mut room, &token(1), 12, None, T0).expect("let in");
    assert_eq!((seat(&room, &third), seat(&room, &beside)), (Some(2), Some(2)), "two share it");
    let watcher = join_by(&mut room, &token(2), 13, None, T0).expect("let in");
    assert_eq!(wish(&mut room, &watcher, Wish::Ask(Some(3))), Ok(Deed::Nothing));
    assert_eq!(seat(&room, &watcher), None, "the host sees the wish");
    assert_eq!(room.members().find(|it| it.peer == watcher.peer).and_then(|it| it.wants), Some(Want::Seat(3)));
    assert!(room.sit(watcher.peer, 3, true));
    assert_eq!(seat(&room, &watcher), Some(3));
    assert_eq!(room.members().find(|it| it.peer == watcher.peer).and_then(|it| it.wants), None);
    let later = join_by(&mut room, &token(3), 14, None, T0).expect("let in");
    assert_eq!(seat(&room, &later), None);
    room.set_ports(8);
    assert_eq!(seat(&room, &later), Some(7), "once there is such a seat");
}

#[test]
fn the_host_is_asked_and_the_answer_is_good_for_that_request_alone() {
    let mut room = Room::new(Some("Hanna".into()), 2);
    room.invites_mut().add(token(9), Terms { approval: true, ..Terms::default() }, T0);
    let ask = |room: &mut Room| match room.knock(entry(Some(token(9).as_str()), None), T0) {
        Ok(Door::Ask(invite)) => room.ask(invite, "Ann", HOME),
        other => panic!("{other:?}"),
    };
    let first = ask(&mut room).expect("asked");
    let second = ask(&mut room).expect("asked");
    let third = ask(&mut room).expect("asked");
    assert_eq!(ask(&mut room), Err(Refusal::Busy), "three from one address are enough");
    assert_eq!(room.answer(first, Verdict::No, T0), Ok(None));
    assert!(room.answer(first, Verdict::Play(None), T0).is_err(), "no twice");
    let way = room.answer(second, Verdict::Play(Some(1)), T0).expect("a yes").expect("a way in");
    let ann = room.enter(way, "Ann", token(1), T0).expect("let in");
    assert_eq!(seat(&room, &ann), Some(1));
    let way = room.answer(third, Verdict::Watch, T0).expect("a yes").expect("a way in");
    let watcher = room.enter(way, "Bea", token(2), T0).expect("let in");
    assert_eq!(seat(&room, &watcher), None);
    room.leave(ann.peer, true, T0);
    assert_eq!(seat(&room, &watcher), None, "whoever may watch does not move up");
    let fourth = ask(&mut room).expect("asked");
    room.revoke(1, false);
    assert!(room.answer(fourth, Verdict::Watch, T0).is_err(), "the link was taken back meanwhile");
}

#[test]
fn a_link_that_is_taken_back_takes_those_who_came_by_it_if_the_host_says_so() {
    let mut room = room(false, 4);
    let other = room.invites_mut().add(token(9), Terms::default(), T0).expect("a link");
    let stays = join(&mut room, 1, None, T0);
    let goes = join_by(&mut room, &token(9), 2, None, T0).expect("let in");
    assert_eq!(room.revoke(other, true), [goes.peer]);
    assert_eq!((seat(&room, &stays), seat(&room, &goes)), (Some(0), None));
    assert_eq!(room.knock(entry(None, Some(token(2).as_str())), T0), Err(Refusal::BadInvite), "for good");
    assert!(room.revoke(1, false).is_empty());
    assert!(room.may_play(stays.peer, 0));
}

#[test]
fn kicked_is_out_and_banned_is_out_from_that_address() {
    let mut room = room(false, 2);
    let first = join(&mut room, 1, None, T0);
    room.kick(first.peer);
    assert!(room.is_empty());
    let Ok(Door::Open(_)) = room.knock(entry(Some(token(255).as_str()), Some(token(1).as_str())), T0) else {
        panic!("the link is still good")
    };
    let second = join(&mut room, 2, None, T0);
    room.ban(second.peer);
    assert_eq!(room.knock(entry(Some(token(255).as_str()), None), T0), Err(Refusal::Banned));
    let link = token(255);
    let elsewhere = Entry { address: IpAddr::from([10, 0, 0, 1]), ..entry(Some(link.as_str()), None) };
    assert!(room.knock(elsewhere, T0).is_ok());
    room.pardon_all();
    assert!(room.knock(entry(Some(token(255).as_str()), None), T0).is_ok());
}

#[test]
fn one_may_hold_two_seats_and_two_may_share_one_and_anybody_may_stand_up() {
    let mut room = room(false, 4);
    let (ann, bea) = (join(&mut room, 1, None, T0), join(&mut room, 2, None, T0));
    assert_eq!(wish(&mut room, &ann, Wish::Ask(Some(3))), Ok(Deed::Nothing));
    assert!(room.seats_of(ann.peer).eq([0, 3]));
    assert!(room.sit(bea.peer, 0, true));
    assert!(room.may_play(ann.peer, 0) && room.may_play(bea.peer, 0));
    assert_eq!(wish(&mut room, &ann, Wish::Stand(0)), Ok(Deed::Nothing));
    assert!(!room.may_play(ann.peer, 0) && room.may_play(bea.peer, 0) && room.may_play(ann.peer, 3));
    assert_eq!(wish(&mut room, &ann, Wish::Stand(9)), Err(No::Gone));
    room.sit(ann.peer, 3, false);
    assert!(room.seats_of(ann.peer).next().is_none(), "whoever was taken off is not put back at once");
}

#[test]
fn a_seat_at_the_host_s_machine_is_taken_too() {
    let mut room = room(true, 2);
    let local = |seat, name: &str| Local { seat, name: name.into() };
    room.set_locals(vec![local(0, "Hanna"), local(1, "Pad\u{7} 2")]);
    let guest = join(&mut room, 1, None, T0);
    assert_eq!(seat(&room, &guest), None);
    assert_eq!(names(&room), [["Hanna"], ["Pad 2"]]);
    room.set_locals(vec![local(0, "Hanna")]);
    assert_eq!(seat(&room, &guest), Some(1), "they waited for it");
    room.set_host_name("Johanna");
    assert_eq!(names(&room)[0], ["Johanna"]);
}

#[test]
fn guests_play_and_nothing_else_until_they_are_given_more() {
    let mut room = room(false, 4);
    let (ann, bea) = (join(&mut room, 1, None, T0), join(&mut room, 2, None, T0));
    let wishes = || {
        [
            (Right::Pause, Wish::Do(Game::Pause, 0)),
            (Right::Pause, Wish::Do(Game::Reset, 0)),
            (Right::States, Wish::Do(Game::Load, 3)),
            (Right::Seats, Wish::Sit { peer: bea.peer, seat: 3, on: true }),
            (Right::Invite, Wish::Invite(Grant::Watch)),
        ]
    };
    for (right, wished) in wishes() {
        room.set_rights(ann.peer, Rights::default());
        assert_eq!(wish(&mut room, &ann, wished.clone()), Err(No::Right), "{wished:?}");
        room.set_rights(ann.peer, [right].into_iter().collect());
        assert!(wish(&mut room, &ann, wished.clone()).is_ok(), "{wished:?}");
    }
    room.set_rights(ann.peer, Right::ALL.into_iter().collect());
    assert_eq!(wish(&mut room, &ann, Wish::Do(Game::Save, 10)), Err(No::Gone));
}

#[test]
fn what_is_said_too_fast_or_says_nothing_is_not_said() {
    let mut room = room(false, 2);
    let ann = join(&mut room, 1, None, T0);
    let say = |room: &mut Room, text: &str| wish(room, &ann, Wish::Chat(text.into()));
    assert_eq!(say(&mut room, " hi\u{202e} "), Ok(Deed::Say("hi".into())));
    assert_eq!(say(&mut room, "\n"), Err(No::Gone));
    for _ in 0..3 {
        assert!(say(&mut room, "x").is_ok());
    }
    assert_eq!(say(&mut room, "x"), Err(No::Slow));
    room.set_muted(ann.peer, true);
    assert_eq!(say(&mut room, "x"), Err(No::Muted));
}

#[test]
fn whoever_is_away_can_be_taken_off_and_shown_out_and_so_can_one_by_an_older_number() {
    let mut room = room(false, 4);
    let (ann, bea) = (join(&mut room, 1, None, T0), join(&mut room, 2, None, T0));
    room.leave(ann.peer, false, T0);
    assert!(!room.sit(ann.peer, 2, true), "nobody is put on a seat while they are away");
    assert!(room.sit(ann.peer, 0, false));
    assert!(room.holders(0).next().is_none());
    assert_eq!(room.kick(ann.peer), None, "there is no connection to end");
    assert_eq!(room.knock(entry(None, Some(token(1).as_str())), T0), Err(Refusal::BadInvite));
    let again = join(&mut room, 3, Some(2), T0);
    room.set_muted(bea.peer, true);
    assert!(!room.may_play(again.peer, 1), "the menu was opened before they came back");
    assert_eq!(room.kick(bea.peer), Some(again.peer));
    assert!(room.is_empty());
}

#[test]
fn the_links_of_one_who_is_shown_out_end_and_those_of_a_revoked_link_take_their_people_along() {
    let mut room = room(false, 4);
    let first = room
        .invites_mut()
        .add(token(9), Terms { rights: [Right::Invite].into_iter().collect(), ..Terms::default() }, T0)
        .expect("a link");
    let ann = join_by(&mut room, &token(9), 1, None, T0).expect("let in");
    assert_eq!(wish(&mut room, &ann, Wish::Invite(Grant::Any)), Ok(Deed::Invited(token(200))));
    let bea = join_by(&mut room, &token(200), 2, None, T0).expect("let in");
    let mut other = Room::new(None, 4);
    std::mem::swap(&mut other, &mut room);
    assert_eq!(other.revoke(first, true), [ann.peer, bea.peer]);
    assert!(other.is_empty() && other.invites().iter().count() == 1);
}

#[test]
fn a_guest_makes_only_so_many_links_and_the_host_is_asked_about_whoever_brings_them() {
    let mut room = Room::new(None, 4);
    let terms =
        Terms { rights: [Right::Invite].into_iter().collect(), approval: true, uses: Some(1), ..Terms::default() };
    room.invites_mut().add(token(9), terms, T0);
    let Ok(Door::Ask(invite)) = room.knock(entry(Some(token(9).as_str()), None), T0) else {
        panic!("the host is asked")
    };
    let request = room.ask(invite, "Ann", HOME).expect("asked");
    let waits = room.ask(invite, "Bea", HOME).expect("asked");
    let way = room.answer(request, Verdict::Play(None), T0).expect("a yes").expect("a way in");
    let ann = room.enter(way, "Ann", token(1), T0).expect("let in");
    room.tick(T0);
    assert!(room.invites().get(invite).is_none(), "the link is used up");
    assert!(room.requests().all(|(id, _)| id != waits), "and whoever waits by it waits for nothing");
    for n in 0..MAX_LINKS_EACH {
        let made = room.wish(ann.peer, Wish::Invite(Grant::Any), || Some(token(100 + n as u8)), T0);
        assert_eq!(made, Ok(Deed::Invited(token(100 + n as u8))));
    }
    assert_eq!(wish(&mut room, &ann, Wish::Invite(Grant::Any)), Err(No::Slow));
    assert!(matches!(room.knock(entry(Some(token(100).as_str()), None), T0), Ok(Door::Ask(_))));
    room.kick(ann.peer);
    assert_eq!(room.invites().iter().count(), 0);
}

#[test]
fn whoever_was_told_to_watch_watches_whatever_becomes_of_the_link() {
    let mut room = Room::new(None, 4);
    let id = room.invites_mut().add(token(9), Terms { approval: true, ..Terms::default() }, T0).expect("a link");
    let request = room.ask(id, "Ann", HOME).expect("asked");
    room.invites_mut().change(id, Terms::default(), T0);
    let way = room.answer(request, Verdict::Watch, T0).expect("an answer").expect("a way in");
    let ann = room.enter(way, "Ann", token(1), T0).expect("let in");
    assert_eq!(seat(&room, &ann), None);
}

#[test]
fn one_who_chose_to_watch_still_watches_after_coming_back() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    assert_eq!(wish(&mut room, &ann, Wish::Stand(0)), Ok(Deed::Nothing));
    room.leave(ann.peer, false, T0);
    let back = join(&mut room, 2, Some(1), seconds(5));
    assert_eq!(seat(&room, &back), None);
    assert_eq!(wish(&mut room, &back, Wish::Ask(None)), Ok(Deed::Nothing));
    room.leave(back.peer, false, seconds(5));
    room.tick(seconds(100));
    let late = join(&mut room, 3, Some(1), seconds(100));
    assert_eq!(seat(&room, &late), Some(0), "whoever had a seat gets one again, if there is one");
}

#[test]
fn the_others_hear_of_everyone_once_and_again_after_they_were_taken_for_gone() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    let never = join(&mut room, 2, None, T0);
    assert!(room.arrived(ann.peer) && !room.arrived(ann.peer));
    room.leave(ann.peer, false, T0);
    let back = join(&mut room, 3, Some(1), seconds(5));
    assert!(!room.arrived(back.peer), "nobody saw them go");
    room.leave(back.peer, false, seconds(5));
    room.leave(never.peer, false, seconds(5));
    room.tick(seconds(100));
    assert_eq!(room.take_gone(), ["P3"], "nobody saw the other come");
    let late = join(&mut room, 4, Some(1), seconds(100));
    assert!(room.arrived(late.peer));
}

#[test]
fn nobody_comes_in_again_and_again() {
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

mod random {
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
                    let known =
                        self.here.values().chain(&self.away).find(|it| it.token.is_some() && it.token == resume);
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
                    let named =
                        self.room.invites().iter().find(|it| it.code.as_ref().is_some_and(|(it, _)| it == digits));
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
}
