//! What was remembered comes back, in order and exactly, as far as there is room.

use super::*;

/// A state as games have them: a counter, some bytes that move, and much that stays.
fn state(frame: u32, len: usize) -> Vec<u8> {
    let mut state = vec![0x5a; len];
    state[..4].copy_from_slice(&frame.to_le_bytes());
    for step in 0..20 {
        let at = (frame as usize * 131 + step * 977) % (len - 4);
        state[4 + at] = (frame + step as u32) as u8;
    }
    state
}

fn remember(tape: &mut Tape, state: &[u8]) -> Next {
    tape.count_frame();
    tape.room(state.len()).expect("room").copy_from_slice(state);
    tape.remember(Duration::from_micros(10), 60.0, || Duration::ZERO)
}

#[test]
fn every_state_comes_back_in_turn_until_there_is_none_before() {
    let mut tape = Tape::new(4 << 20);
    for frame in 0..500 {
        remember(&mut tape, &state(frame, 20_000));
    }
    for frame in (0..500).rev() {
        assert_eq!(tape.newest(), Some(&state(frame, 20_000)[..]));
        assert_eq!(tape.step_back(), (frame > 0).then_some(1));
    }
    assert_eq!(tape.newest(), Some(&state(0, 20_000)[..]), "the oldest stays");
}

#[test]
fn a_full_tape_forgets_the_oldest_and_nothing_else_and_keeps_to_its_budget() {
    let budget = 256 << 10;
    let mut tape = Tape::new(budget);
    for frame in 0..20_000 {
        remember(&mut tape, &state(frame, 10_000));
        assert!(tape.seen().bytes <= budget as u64);
    }
    let reach = tape.seen().frames;
    assert!(reach > 500 && reach < 19_000, "{reach}");
    for frame in (20_000 - reach as u32..20_000).rev() {
        assert_eq!(tape.newest(), Some(&state(frame, 10_000)[..]));
        assert!(tape.step_back().is_some());
    }
    assert_eq!(tape.step_back(), None);
}

#[test]
fn after_going_back_it_goes_on_from_there() {
    let mut tape = Tape::new(128 << 10);
    let len = 5_000;
    let mut way: Vec<u32> = Vec::new();
    let mut frame = 0;
    for round in 0..200u32 {
        for _ in 0..50 + round % 37 {
            frame += 1;
            way.push(frame);
            remember(&mut tape, &state(frame, len));
        }
        for _ in 0..round % 45 {
            if tape.step_back().is_none() {
                break;
            }
            way.pop();
            assert_eq!(tape.newest(), Some(&state(*way.last().expect("it began somewhere"), len)[..]));
        }
    }
}

#[test]
fn states_that_grow_and_shrink_come_back_at_their_length() {
    let mut tape = Tape::new(4 << 20);
    let len = |frame: u32| 8_000 + (frame as usize % 7) * 333;
    for frame in 0..100 {
        remember(&mut tape, &state(frame, len(frame)));
    }
    for frame in (0..100).rev() {
        assert_eq!(tape.newest(), Some(&state(frame, len(frame))[..]));
        tape.step_back();
    }
}

#[test]
fn states_too_large_for_the_budget_are_refused() {
    assert!(Tape::new(1 << 20).room(400 << 10).is_none());
    assert!(Tape::new(1 << 20).room(300 << 10).is_some());
    // Also when others were there before.
    let mut tape = Tape::new(1 << 20);
    remember(&mut tape, &state(1, 5_000));
    assert!(tape.room(400 << 10).is_none() && tape.room(usize::MAX).is_none());
    assert_eq!(tape.newest(), Some(&state(1, 5_000)[..]));
}

#[test]
fn states_that_grow_far_keep_to_the_budget_and_are_remembered_from_then_on() {
    let budget = 1 << 20;
    let mut tape = Tape::new(budget);
    for len in [500, 5_000, 50_000, 250_000, 390_000] {
        for frame in 0..20 {
            remember(&mut tape, &state(frame, len));
            assert!(tape.ring.len() + tape.difference.capacity() + tape.current.len() + tape.next.len() <= budget);
        }
        for frame in (0..20).rev() {
            assert_eq!(tape.newest(), Some(&state(frame, len)[..]));
            tape.step_back();
        }
    }
}

#[test]
fn states_of_which_no_difference_fits_are_given_up() {
    let mut tape = Tape::new(1 << 20);
    let noise = |seed: u32| -> Vec<u8> {
        (0..300u32 << 10).map(|at| (at.wrapping_add(seed)).wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()
    };
    assert!((0..200).any(|seed| remember(&mut tape, &noise(seed)) == Next::GiveUp));
}

#[test]
fn a_core_that_makes_no_states_is_asked_rarely_and_not_for_ever() {
    let mut tape = Tape::new(1 << 20);
    let (mut asked, mut frames) = (0, 0);
    while frames < 10_000 {
        frames += 1;
        if tape.count_frame() {
            asked += 1;
            if tape.failed(Duration::from_micros(10), 60.0) == Next::GiveUp {
                break;
            }
        }
    }
    assert_eq!(asked, MOST_FAILURES);
    assert!(frames > 10 * MOST_FAILURES, "{frames}");
    // One that makes one now and then is not given up.
    let mut tape = Tape::new(1 << 20);
    for frame in 0..10 * MOST_FAILURES {
        let next = match frame % 5 {
            0 => remember(&mut tape, &state(frame, 5_000)),
            _ => tape.failed(Duration::from_micros(10), 60.0),
        };
        assert_ne!(next, Next::GiveUp);
    }
    // Each of which costs too much.
    let mut tape = Tape::new(1 << 20);
    let next: Vec<Next> = (0..5).map(|_| tape.failed(Duration::from_millis(100), 60.0)).collect();
    assert_eq!(next.last(), Some(&Next::GiveUp));
}

#[test]
fn one_without_states_now_is_asked_again_later() {
    let mut tape = Tape::new(1 << 20);
    assert!(tape.count_frame());
    tape.wait(3);
    assert_eq!([(); 3].map(|()| tape.count_frame()), [false, false, true]);
}

#[test]
fn after_a_change_that_does_not_fit_it_is_gone_back_as_far_as_that_and_no_further() {
    let mut tape = Tape::new(1 << 20);
    let len = 300 << 10;
    for frame in 0..20 {
        remember(&mut tape, &state(frame, len));
    }
    let other: Vec<u8> = (0..len as u32).map(|at| at.wrapping_mul(2_654_435_761) as u8).collect();
    remember(&mut tape, &other);
    assert_eq!(tape.newest(), Some(&other[..]));
    assert_eq!(tape.step_back(), None);
    let mut next = other.clone();
    next[7] ^= 1;
    remember(&mut tape, &next);
    assert_eq!(tape.step_back(), Some(1));
    assert_eq!(tape.newest(), Some(&other[..]));
}
