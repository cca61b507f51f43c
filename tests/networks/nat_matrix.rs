//! Every kind of network for the host with every kind for a guest: which way the picture takes, in a real browser, beside
//! what theory says. `HOTSEAT_HOST=IPv6` picks rows. Takes most of an hour: `make test-net`.

use crate::common::network::inside;
use crate::common::{self, LONG, until};
use crate::nat::Kind;
use crate::nat::calls::{Friend, Seen, export_page, host, is_as_expected};
use crate::nat::servers::{PortMapping, Servers};
use crate::nat::sites::{Internet, Site};
use crate::nat::theory::{Options, Path, expected_in_chromium};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Guests that join at the same time: they wait most of the time, but for starting their browsers.
const AT_ONCE: usize = 3;

/// What each of them sees of this link, in their order, and what theory expects.
fn outcomes(guests: &[Site], link: &str, expected: impl Fn(&Site) -> Path + Sync) -> Vec<(Seen, Path)> {
    let next = AtomicUsize::new(0);
    let join = || {
        let mut all = Vec::new();
        while let Some((at, guest)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, guests.get(at)?)))
        {
            let expected = expected(guest);
            all.push((at, (Friend::open(guest.clone(), link).settled(expected), expected)));
        }
        all
    };
    let mut all: Vec<(usize, (Seen, Path))> = std::thread::scope(|scope| {
        let joining: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(join)).collect();
        joining.into_iter().flat_map(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, seen)| seen).collect()
}

/// One table: hosts down, guests across.
fn table(options: Options) {
    let _alone = common::alone();
    let internet = Internet::new();
    let servers = Servers::start();
    export_page(&servers, options);
    let guests = Kind::ALL.map(|kind| internet.plug("g", kind));
    let mut wrong = Vec::new();
    println!("\n{options}: host down, guest across");
    println!("{:<15} {}", "", Kind::ALL.map(|kind| format!("{:<14}", kind.to_string())).join(" "));
    let only = std::env::var("HOTSEAT_HOST").unwrap_or_default();
    for kind in Kind::ALL.into_iter().filter(|kind| kind.to_string().contains(&only)) {
        let home = internet.plug("h", kind);
        let router = if options.mapping { PortMapping::start(&home) } else { None };
        let mut host = host(&home, &servers, options);
        let link = host.url_for("Ann");
        if let (Some(router), 1) = (&router, kind.routers().len()) {
            until("both ports are open", LONG, || (router.ports().len() == 2).then_some(()));
        }
        let mut row = Vec::new();
        let all = outcomes(&guests, &link, |guest| expected_in_chromium(kind, guest.kind, options));
        for (guest, (seen, expected)) in guests.iter().zip(all) {
            let fits = is_as_expected(&seen, expected);
            let cell = match &seen {
                Seen::Played(path) => path.to_string(),
                Seen::Told(_) => "says why not".into(),
            };
            row.push(format!("{:<14}", if fits { cell } else { format!("{cell} !") }));
            if !fits {
                wrong.push(format!("{options}, {kind} to {}: {seen:?} instead of {expected}", guest.kind));
            }
        }
        println!("{:<15} {}", kind.to_string(), row.join(" "));
        host.assert_alive();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! tables {
    ($($name:ident: $mapping:expr, $stun:expr, $turn:expr;)*) => {
        $(#[test]
        #[ignore = "takes minutes: make test-net"]
        fn $name() {
            if inside(module_path!(), stringify!($name)) {
                table(Options { mapping: $mapping, stun: $stun, turn: $turn });
            }
        })*
    };
}

tables! {
    without_any_help: false, false, false;
    with_stun: false, true, false;
    with_a_relay_alone: false, false, true;
    with_stun_and_a_relay: false, true, true;
    with_open_ports_alone: true, false, false;
    with_open_ports_and_stun: true, true, false;
    with_open_ports_and_a_relay: true, false, true;
    with_everything: true, true, true;
}
