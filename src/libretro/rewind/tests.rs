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
