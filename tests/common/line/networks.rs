//! The networks that are measured.

use super::model::{Conditions, Loss, Random};
use std::time::Duration;

/// One of them, and what is wanted on it.
#[derive(Debug, Clone)]
pub struct Network {
    /// On the command line.
    pub name: &'static str,
    pub title: &'static str,
    pub schedule: Vec<(Duration, Conditions)>,
    pub budget: Budget,
    /// When the rate falls and when it is back, where it does.
    pub step: Option<(Duration, Duration)>,
    /// A second guest watches by a good line.
    pub beside_a_good_one: bool,
}

/// None where there is no budget.
#[derive(Debug, Clone, Copy, Default)]
pub struct Budget {
    /// The longest time without a new frame.
    pub longest_freeze: Option<Duration>,
    /// Share of time frozen, in percent.
    pub frozen_percent: Option<f64>,
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A way of so long there and back.
fn far(round_trip: u64) -> Conditions {
    Conditions { delay: ms(round_trip / 2), ..Conditions::GOOD }
}

impl Network {
    fn new(name: &'static str, title: &'static str, conditions: Conditions) -> Network {
        Network {
            name,
            title,
            schedule: vec![(Duration::ZERO, conditions)],
            budget: Budget::default(),
            step: None,
            beside_a_good_one: false,
        }
    }

    /// All, in the order in which they are measured.
    pub fn all() -> Vec<Network> {
        let rate = |kbit_s| Conditions { rate_kbit_s: Some(kbit_s), queue_bytes: 64 * 1024, ..far(20) };
        let lossy = |share, round_trip| Conditions { loss: Loss::Random(share), ..far(round_trip) };
        let outages = Conditions { loss: Loss::Outages { every: ms(5000), length: ms(200) }, ..far(20) };
        let (down, up) = (ms(6000), ms(16_000));
        vec![
            Network::new("lan", "LAN", far(0)),
            Network::new("20ms", "20 ms", far(20)),
            Network::new("80ms", "80 ms", far(80)),
            Network {
                budget: Budget { longest_freeze: Some(ms(100)), ..Budget::default() },
                ..Network::new("2%", "2 % loss, 20 ms", lossy(0.02, 20))
            },
            Network {
                budget: Budget { frozen_percent: Some(1.0), ..Budget::default() },
                ..Network::new("5%", "5 % loss, 80 ms", lossy(0.05, 80))
            },
            Network::new("bursts", "200 ms lost every 5 s, 20 ms", outages),
            Network {
                schedule: vec![(Duration::ZERO, rate(10_000)), (down, rate(1500)), (up, rate(10_000))],
                step: Some((down, up)),
                ..Network::new("step", "10, 1.5, 10 Mbit/s, 20 ms", far(20))
            },
            Network::new("jitter", "30 ms jitter, 20 ms", Conditions { jitter: ms(30), ..far(20) }),
            Network { schedule: wifi(), ..Network::new("wifi", "like Wi-Fi that is shared", far(10)) },
            Network { schedule: mobile(), ..Network::new("4g", "like 4G in a moving train", far(50)) },
            Network {
                beside_a_good_one: true,
                ..Network::new("slow-peer", "300 kbit/s beside a good one, 20 ms", rate(300))
            },
        ]
    }
}

/// Generated, not recorded. Contention on a shared channel makes delays of some milliseconds with tails of tens, losses in bursts of a few
/// packets, and a rate that changes with the modulation within seconds (Sui et al., Characterizing and Improving WiFi Latency in
/// Large-Scale Operational Networks, MobiSys 2016: a tenth of access points above 20 ms at the median, tails beyond 100 ms).
fn wifi() -> Vec<(Duration, Conditions)> {
    let mut random = Random(0x51f1);
    let at = |index: u64, random: &mut Random| {
        let busy = random.share() < 0.2;
        let conditions = Conditions {
            delay: ms(5),
            jitter: ms(if busy { 60 } else { 8 }),
            loss: Loss::Bursts { begin: if busy { 0.01 } else { 0.001 }, end: 0.4 },
            rate_kbit_s: Some(if busy { 4000 } else { 15_000 } + (random.share() * 5000.0) as u32),
            queue_bytes: 128 * 1024,
            ..Conditions::GOOD
        };
        (ms(500 * index), conditions)
    };
    (0..80).map(|index| at(index, &mut random)).collect()
}

/// The same: a rate that goes up and down by an order of magnitude within seconds, a round trip of about 50 ms and a deep queue at the mast
/// (van der Hooft et al., HTTP/2-Based Adaptive Streaming of HEVC Video over 4G/LTE Networks, IEEE Communications Letters 2016:
/// from nothing to 95 Mbit/s, 30 on average; here a tenth of that, as in a cell that many share).
fn mobile() -> Vec<(Duration, Conditions)> {
    let mut random = Random(0x4c7e);
    let mut rate: f64 = 4000.0;
    let at = |index: u64, random: &mut Random, rate: &mut f64| {
        *rate = (*rate * (0.5 + random.share() * 1.3)).clamp(800.0, 10_000.0);
        let conditions = Conditions {
            delay: ms(25),
            jitter: ms(10),
            loss: Loss::Random(0.002),
            rate_kbit_s: Some(*rate as u32),
            queue_bytes: 256 * 1024,
            ..Conditions::GOOD
        };
        (ms(1000 * index), conditions)
    };
    (0..40).map(|index| at(index, &mut random, &mut rate)).collect()
}
