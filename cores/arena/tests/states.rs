//! Save states are other people's bytes.

mod common;

use arena_libretro::machine::Machine;
use arena_libretro::rng::Rng;
use common::{Cabinet, Hands, started};

fn busy() -> Cabinet {
    let mut cabinet = started();
    let mut hands = Hands::new(11);
    for _ in 0..700 {
        cabinet.blind(&hands.next());
    }
    cabinet
}

#[test]
fn a_state_of_the_wrong_length_or_version_is_refused_and_changes_nothing() {
    let mut cabinet = busy();
    let good = cabinet.state();
    let mut long = good.clone();
    long.push(0);
    let mut newer = good.clone();
    newer[0] = newer[0].wrapping_add(1);
    for bad in [&[][..], &good[..1], &good[..good.len() - 1], &long, &newer] {
        assert!(!cabinet.machine.load(bad));
        assert_eq!(cabinet.state(), good);
    }
    assert!(cabinet.machine.load(&good));
}

#[test]
fn noise_is_refused_and_changes_nothing() {
    let mut cabinet = busy();
    let good = cabinet.state();
    let mut rng = Rng::new(21);
    for _ in 0..200 {
        let mut noise: Vec<u8> = good.iter().map(|_| rng.below(256) as u8).collect();
        noise[0] = good[0];
        assert!(!cabinet.machine.load(&noise));
        assert_eq!(cabinet.state(), good);
    }
}

#[test]
fn a_state_with_flipped_bits_is_refused_or_playable() {
    let good = busy().state();
    let mut rng = Rng::new(31);
    let mut hands = Hands::new(41);
    let mut taken = 0;
    let mut cabinet = Cabinet::new();
    for _ in 0..150 {
        let mut bent = good.clone();
        for _ in 0..1 + rng.below(3) {
            let place = rng.below(bent.len() as u32) as usize;
            bent[place] ^= 1 << rng.below(8);
        }
        if cabinet.machine.load(&bent) {
            taken += 1;
            for _ in 0..20 {
                cabinet.blind(&hands.next());
            }
            cabinet.paint();
            assert!(Machine::default().load(&cabinet.state()));
        }
    }
    assert!(taken > 0, "most flips only move something");
}
