//! The same inputs play the same game, also across a save state.

mod common;

use arena_libretro::machine::Machine;
use common::{Cabinet, Hands};

#[test]
fn the_same_inputs_give_the_same_state_picture_and_sound() {
    let (mut a, mut b) = (Cabinet::new(), Cabinet::new());
    let (mut left, mut right) = (Hands::new(5), Hands::new(5));
    for _ in 0..60 {
        for _ in 0..24 {
            a.blind(&left.next());
            b.blind(&right.next());
        }
        a.frame(&left.next());
        b.frame(&right.next());
        assert_eq!(a.print(), b.print());
    }
}

#[test]
fn a_loaded_state_goes_on_exactly_like_the_machine_it_was_saved_from() {
    let mut a = Cabinet::new();
    let mut hands = Hands::new(9);
    for round in 0..8 {
        for _ in 0..300 {
            a.blind(&hands.next());
        }
        let mut b = Cabinet::new();
        assert!(b.machine.load(&a.state()));
        for frame in 0..120 {
            let pads = hands.next();
            a.blind(&pads);
            b.blind(&pads);
            if frame % 30 == 0 {
                a.paint();
                b.paint();
            }
            assert_eq!(a.sound, b.sound, "round {round}, frame {frame}");
            assert_eq!(a.print(), b.print(), "round {round}, frame {frame}");
        }
    }
}

#[test]
fn the_state_size_never_changes() {
    let size = Machine::state_size();
    let mut a = Cabinet::new();
    let mut hands = Hands::new(3);
    for _ in 0..200 {
        a.blind(&hands.next());
        assert_eq!(a.state().len(), size);
    }
    assert_eq!(Machine::state_size(), size);
}
