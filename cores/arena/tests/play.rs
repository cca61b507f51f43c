//! Joining, leaving, losing and starting again.

mod common;

use arena_libretro::game::{DASH_FRAMES, PORTS, Phase, Seat};
use arena_libretro::pad::button;
use common::{Cabinet, Hands, press, rest, started};

#[test]
fn random_hands_for_20_000_frames_break_nothing() {
    let mut cabinet = Cabinet::new();
    let mut hands = Hands::new(1);
    for frame in 0..20_000 {
        if frame % 40 == 0 {
            cabinet.frame(&hands.next());
        } else {
            cabinet.blind(&hands.next());
        }
        if frame % 50 == 0 {
            cabinet.state();
        }
    }
}

#[test]
fn wisps_that_cannot_fall_see_late_waves() {
    let mut cabinet = started();
    let mut hands = Hands::new(2);
    cabinet.machine.game.wave.number = 9;
    for _ in 0..6_000 {
        for p in &mut cabinet.machine.game.players {
            p.hearts = 3;
        }
        cabinet.blind(&hands.next());
        cabinet.state();
    }
    assert!(cabinet.machine.game.wave.number > 9);
}

#[test]
fn the_title_plays_by_itself_and_in_silence_of_effects() {
    let mut cabinet = Cabinet::new();
    for _ in 0..5_000 {
        cabinet.blind(&rest());
        assert_eq!(cabinet.machine.game.phase, Phase::Title);
        assert_eq!(cabinet.machine.game.cues.iter().count(), 0);
    }
}

#[test]
fn a_button_starts_a_run_for_its_player_alone() {
    let cabinet = started();
    let game = &cabinet.machine.game;
    assert_eq!(game.phase, Phase::Play);
    let seats = game.players.map(|p| p.seat);
    assert_eq!(seats, [Seat::Alive, Seat::Empty, Seat::Empty, Seat::Empty]);
}

#[test]
fn a_friend_can_join_in_the_middle_of_a_run() {
    let mut cabinet = started();
    for _ in 0..400 {
        cabinet.blind(&rest());
    }
    cabinet.frame(&press(2, button::A));
    let p = cabinet.machine.game.players[2];
    assert_eq!(p.seat, Seat::Alive);
    assert!(p.hearts > 0 && p.safe > 0, "not into the jaws of something");
}

#[test]
fn someone_who_does_nothing_gives_the_seat_back_and_keeps_the_score() {
    let mut cabinet = started();
    cabinet.frame(&press(1, button::B));
    cabinet.machine.game.players[1].score = 420;
    for k in 0..60 * 31 {
        cabinet.machine.game.players[0].hearts = 3;
        cabinet.machine.game.players[1].safe = 100;
        // Player one stays awake.
        cabinet.blind(&press(0, if k % 60 < 30 { button::LEFT } else { 0 }));
    }
    assert_eq!(cabinet.machine.game.players[1].seat, Seat::Empty);
    cabinet.frame(&press(1, button::B));
    assert_eq!(cabinet.machine.game.players[1].seat, Seat::Alive);
    assert_eq!(cabinet.machine.game.players[1].score, 420);
}

#[test]
fn every_input_shows_in_the_frame_that_polls_it() {
    for buttons in [button::LEFT, button::UP, button::B, button::A, button::START, button::L2] {
        let mut calm = started();
        for _ in 0..130 {
            calm.blind(&rest());
        }
        let mut pressed = Cabinet::new();
        assert!(pressed.machine.load(&calm.state()));
        calm.frame(&rest());
        pressed.frame(&press(0, buttons));
        assert_ne!(calm.picture, pressed.picture, "button mask {buttons:#x}");
    }
}

#[test]
fn a_dash_covers_ground_and_cannot_be_held() {
    let mut cabinet = started();
    for _ in 0..30 {
        cabinet.blind(&rest());
    }
    let from = cabinet.machine.game.players[0].x;
    for _ in 0..DASH_FRAMES {
        cabinet.frame(&press(0, button::B | button::RIGHT));
    }
    assert!(cabinet.machine.game.players[0].x - from > 40.0);
    for _ in 0..60 {
        cabinet.frame(&press(0, button::B));
        assert_eq!(cabinet.machine.game.players[0].dash, 0);
    }
}

fn lose(cabinet: &mut Cabinet) {
    for _ in 0..20_000 {
        if cabinet.machine.game.phase == Phase::Over {
            return;
        }
        for p in &mut cabinet.machine.game.players {
            p.hearts = p.hearts.min(1);
        }
        // Held, not pressed: awake, and never dashing.
        cabinet.blind(&[press(0, button::SELECT)[0]; PORTS]);
    }
    panic!("wisps that stand still are caught");
}

#[test]
fn a_lost_run_shows_results_and_a_button_starts_the_next() {
    let mut cabinet = started();
    cabinet.frame(&press(3, button::B));
    cabinet.machine.game.players[3].score = 5_000;
    lose(&mut cabinet);
    assert_eq!(cabinet.machine.game.best, 5_000);
    assert!(cabinet.machine.game.record);
    cabinet.frame(&rest());
    cabinet.frame(&press(0, button::B));
    assert_eq!(cabinet.machine.game.phase, Phase::Over, "mashing does not skip the results");
    for _ in 0..100 {
        cabinet.blind(&rest());
    }
    cabinet.frame(&press(1, button::START));
    let game = &cabinet.machine.game;
    assert_eq!(game.phase, Phase::Play);
    let seats = game.players.map(|p| p.seat);
    assert_eq!(seats, [Seat::Alive, Seat::Alive, Seat::Empty, Seat::Alive]);
    assert!(game.players.iter().all(|p| p.score == 0));
    assert_eq!(game.wave.number, 1);
}

#[test]
fn a_friend_wakes_a_fallen_wisp() {
    let mut cabinet = started();
    cabinet.frame(&press(1, button::B));
    let game = &mut cabinet.machine.game;
    game.players[1].seat = Seat::Down;
    game.players[1].safe = 0;
    (game.players[1].x, game.players[1].y) = (game.players[0].x, game.players[0].y);
    cabinet.frame(&rest());
    assert_eq!(cabinet.machine.game.players[1].seat, Seat::Alive);
    assert_eq!(cabinet.machine.game.players[1].hearts, 1);
}

#[test]
fn nobody_left_means_the_title() {
    let mut cabinet = started();
    for _ in 0..60 * 31 {
        cabinet.machine.game.players[0].safe = 100;
        cabinet.blind(&rest());
    }
    assert_eq!(cabinet.machine.game.phase, Phase::Title);
}
