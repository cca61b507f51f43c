use super::*;
use crate::room::door::{Door, Entry};

mod random;

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
    let second = join(&mut room, 2, None, T0);
    room.arrived(second.peer);
    room.leave(first.peer, false, T0);
    assert!(room.holders(0).next().is_some_and(|holder| holder.away));
    let third = join(&mut room, 3, None, T0);
    assert_eq!(seat(&room, &third), None, "the seat is kept");
    room.arrived(third.peer);
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
    assert_eq!(seat(&room, &late), None, "coming back is not being back");
    room.arrived(late.peer);
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

#[test]
fn names_change_only_so_often_and_not_at_all_for_the_muted() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    let rename = |room: &mut Room, name: &str| wish(room, &ann, Wish::Rename(name.into()));
    let before = room.version();
    assert_eq!(rename(&mut room, "P1"), Ok(Deed::Nothing));
    assert_eq!(room.version(), before, "the same name is no news");
    let names = ["A", "B"].into_iter().cycle().take(40);
    assert_eq!(names.filter(|name| rename(&mut room, name) == Ok(Deed::Nothing)).count(), 4 + 18);
    assert_eq!(room.version(), before + 4, "every second one of the others was the name that she has");
    assert_eq!(rename(&mut room, "A"), Err(No::Slow));
    assert_eq!(rename(&mut room, "\u{202e}"), Err(No::Gone));
    assert_eq!(room.wish(ann.peer, Wish::Rename("A".into()), || None, seconds(3)), Ok(Deed::Nothing));
    room.set_muted(ann.peer, true);
    assert_eq!(room.wish(ann.peer, Wish::Rename("Z".into()), || None, seconds(60)), Err(No::Muted));
    let back = join(&mut room, 2, Some(1), seconds(60));
    assert_eq!(back.name, "A", "nor by coming in again");
}

#[test]
fn whoever_comes_back_again_and_again_without_arriving_keeps_the_seat_for_a_minute() {
    let mut room = room(false, 1);
    let ann = join(&mut room, 1, None, T0);
    room.arrived(ann.peer);
    let bea = join(&mut room, 2, None, T0);
    room.arrived(bea.peer);
    room.leave(ann.peer, false, seconds(10));
    for at in [12, 28, 44, 60] {
        let back = join(&mut room, 3, Some(1), seconds(at));
        assert_eq!(seat(&room, &back), Some(0));
        assert!(room.holders(0).all(|holder| holder.away), "the others see nobody there");
        room.leave(back.peer, false, seconds(at + 9));
    }
    let back = join(&mut room, 3, Some(1), seconds(69));
    assert!(room.tick(seconds(70)));
    assert_eq!((seat(&room, &back), seat(&room, &bea)), (None, Some(0)));
    assert_eq!(room.take_gone(), ["P3"]);
    room.leave(bea.peer, true, seconds(71));
    assert_eq!(seat(&room, &back), None, "whoever is not there takes no seat");
    assert!(room.arrived(back.peer), "the others took them for gone");
    assert_eq!(seat(&room, &back), Some(0));
    room.leave(back.peer, false, seconds(200));
    room.tick(seconds(259));
    assert!(room.holders(0).all(|holder| holder.away), "a stay that came to be is worth another minute");
    assert_eq!(room.holders(0).count(), 1);
}

#[test]
fn whoever_reloads_again_and_again_without_arriving_keeps_nothing_either() {
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
    let once = Terms { uses: Some(1), ..Terms::default() };
    room.invites_mut().add(token(9), once, T0);
    let ann = join_by(&mut room, &token(9), 1, None, T0).expect("let in");
    assert_eq!(join_by(&mut room, &token(9), 2, None, T0), Err(Refusal::BadInvite));
    room.leave(ann.peer, true, seconds(15));
    let back = join_by(&mut room, &token(8), 3, Some(1), seconds(16)).expect("as long as nobody else came");
    assert_eq!(back.token, token(1));
    room.leave(back.peer, true, seconds(31));
    let bea = join_by(&mut room, &token(9), 4, None, seconds(32)).expect("the use is free again");
    assert_eq!(join_by(&mut room, &token(9), 5, Some(1), seconds(33)), Err(Refusal::BadInvite), "now it is not");
    room.arrived(bea.peer);
    room.leave(bea.peer, true, seconds(40));
    assert_eq!(join_by(&mut room, &token(9), 6, None, seconds(41)), Err(Refusal::BadInvite));
    assert!(join_by(&mut room, &token(9), 7, Some(4), seconds(41)).is_ok(), "she may come back");
}

#[test]
fn whoever_did_not_get_through_at_first_gets_a_seat_once_they_do() {
    let mut room = room(false, 1);
    let ann = join(&mut room, 1, None, T0);
    room.leave(ann.peer, true, seconds(15));
    let back = join(&mut room, 2, Some(1), seconds(16));
    assert_eq!(seat(&room, &back), None);
    assert!(room.arrived(back.peer));
    assert_eq!(seat(&room, &back), Some(0));
}

#[test]
fn requests_end_with_the_link_they_wait_by() {
    let mut room = Room::new(None, 2);
    let once = Terms { approval: true, uses: Some(1), lasts: Some(seconds(60)), ..Terms::default() };
    let first = room.invites_mut().add(token(9), once, T0).expect("a link");
    let [ann, _, _] = ["Ann", "Bea", "Cid"].map(|name| room.ask(first, name, HOME).expect("asked"));
    let way = room.answer(ann, Verdict::Play(None), T0).expect("a yes").expect("a way in");
    assert_eq!(room.requests().count(), 2);
    room.enter(way, "Ann", token(1), T0).expect("let in");
    assert_eq!(room.requests().count(), 0, "the one use was Ann's");
    let second = room.invites_mut().add(token(8), once, T0).expect("a link");
    let [dan, _] = ["Dan", "Eve"].map(|name| room.ask(second, name, HOME).expect("asked"));
    assert_eq!(room.answer(dan, Verdict::Watch, seconds(60)), Err(Refusal::BadInvite));
    assert_eq!(room.requests().count(), 0, "its time was over for both");
    let third = room.invites_mut().add(token(7), once, T0).expect("a link");
    room.ask(third, "Flo", HOME).expect("asked");
    room.invites_mut().add(token(6), Terms::default(), seconds(60));
    assert!(room.tick(seconds(60)));
    assert_eq!(room.requests().count(), 0, "also when another link was made at that moment");
}

#[test]
fn whoever_is_told_to_watch_watches_until_somebody_seats_them_again() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    room.set_rights(ann.peer, [Right::Invite].into_iter().collect());
    assert!(room.sit(ann.peer, 0, false));
    assert_eq!(wish(&mut room, &ann, Wish::Ask(Some(0))), Ok(Deed::Nothing));
    let member = room.members().next().expect("Ann");
    assert_eq!((member.seats, member.wants, member.grant), (vec![], Some(Want::Seat(0)), Grant::Watch));
    assert_eq!(wish(&mut room, &ann, Wish::Invite(Grant::Any)), Err(No::Right), "nor does she send another");
    room.leave(ann.peer, false, T0);
    let ann = join(&mut room, 2, Some(1), seconds(5));
    assert_eq!(seat(&room, &ann), None, "also after coming back");
    assert!(room.sit(ann.peer, 1, true));
    assert_eq!(wish(&mut room, &ann, Wish::Stand(1)), Ok(Deed::Nothing));
    assert_eq!(wish(&mut room, &ann, Wish::Ask(Some(2))), Ok(Deed::Nothing));
    assert_eq!(seat(&room, &ann), Some(2));
}

#[test]
fn a_guest_takes_two_seats_and_is_given_any_number() {
    let mut room = room(false, 4);
    let ann = join(&mut room, 1, None, T0);
    for n in 0..4 {
        assert_eq!(wish(&mut room, &ann, Wish::Ask(Some(n))), Ok(Deed::Nothing));
    }
    assert!(room.seats_of(ann.peer).eq([0, 1]));
    assert_eq!(room.members().next().and_then(|it| it.wants), Some(Want::Seat(3)), "the host sees the wish");
    assert!(room.sit(ann.peer, 3, true) && room.sit(ann.peer, 2, true));
    assert!(room.seats_of(ann.peer).eq(0..4));
    // Moved from one seat to another: she is on one, as the host had it.
    assert!((1..4).all(|seat| room.sit(ann.peer, seat, false)));
    assert_eq!(wish(&mut room, &ann, Wish::Ask(Some(1))), Ok(Deed::Nothing));
    assert!(room.seats_of(ann.peer).eq([0]));
    assert_eq!(wish(&mut room, &ann, Wish::Stand(0)), Ok(Deed::Nothing));
    assert_eq!(wish(&mut room, &ann, Wish::Ask(Some(1))), Ok(Deed::Nothing));
    assert!(room.seats_of(ann.peer).eq([1]), "she may choose another in its place");
}

#[test]
fn a_seat_that_was_only_kept_for_somebody_is_not_taken_from_them() {
    let mut room = room(false, 2);
    let ann = join(&mut room, 1, None, T0);
    room.leave(ann.peer, false, T0);
    assert!(room.sit(ann.peer, 0, false));
    let back = join(&mut room, 2, Some(1), seconds(5));
    assert_eq!(wish(&mut room, &back, Wish::Ask(Some(0))), Ok(Deed::Nothing));
    assert_eq!(seat(&room, &back), Some(0));
}
