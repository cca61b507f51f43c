//! Friends elsewhere, in real browsers behind routers, in network namespaces: link to first picture by a message broker, back in
//! play after a change of address, and what an idle host sends. `make bench` runs it; prints each figure beside its budget.
//!
//! Way to the broker and way between the two take 40 ms there and back.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/nat/mod.rs"]
mod nat;

use common::host::Host;
use common::network::{again, bytes_passed};
use common::{Browser, LONG, pass, until};
use nat::Kind;
use nat::calls::{Friend, Seen, export_page, host};
use nat::servers::Servers;
use nat::sites::{Internet, Site};
use nat::theory::{Options, Path};
use std::time::{Duration, Instant};

/// Each way of each of three slow cables: host, guest and servers, of which every connection passes two.
const SLOW: Duration = Duration::from_millis(10);
const JOINS: usize = 10;
const MOVES: usize = 5;
const IDLE: Duration = Duration::from_secs(120);

fn main() {
    if !again(&[]) {
        return;
    }
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!("{processors} processors, which browser, routers and servers share with what is measured");
    println!("{:<66} {:>9} {:>9}  unit", "", "measured", "budget");
    let internet = Internet::new();
    let servers = Servers::start();
    internet.slow_servers(SLOW);
    let options = Options { stun: true, ..Options::default() };
    export_page(&servers, options);
    let home = internet.plug("h", Kind::PortRestricted);
    internet.slow(&home, SLOW);
    let host = host(&home, &servers, options);
    idle(&home);
    let away = internet.plug("g", Kind::PortRestricted);
    internet.slow(&away, SLOW);
    let friend = Friend::open(away.clone(), &host.url_for("Ann"));
    assert_eq!(friend.outcome(), Seen::Played(Path::Punched));
    joins(&friend, &host);
    moves("guest", &internet, &away, &friend);
    moves("host", &internet, &home, &friend);
}

fn row(name: &str, mut values: Vec<f64>, budget: f64, unit: &str) {
    values.sort_by(f64::total_cmp);
    let (Some(middle), Some(worst)) = (values.get(values.len() / 2), values.last()) else {
        println!("{name:<66} {:>9} {budget:>9.2}  {unit}", "-");
        return;
    };
    let verdict = if *middle > budget { "  MISSED" } else { "" };
    let worst = if values.len() > 1 { format!(", worst of {} {worst:.2}", values.len()) } else { String::new() };
    println!("{name:<66} {middle:>9.2} {budget:>9.2}  {unit}{worst}{verdict}");
}

/// A host at the broker, with nobody there.
fn idle(home: &Site) {
    // The start is not what is measured.
    pass(Duration::from_secs(10));
    let passed = || home.run(|| bytes_passed("eth0"));
    let (before, begin) = (passed(), Instant::now());
    pass(IDLE);
    let bits = (passed() - before) as f64 * 8.0;
    let rate = bits / begin.elapsed().as_secs_f64() / 1000.0;
    row("an idle host on a broker, all it sends and receives", vec![rate], 1.0, "kbit/s");
}

/// From the start of the navigation to the first frame shown, the browser being open already.
fn joins(friend: &Friend, host: &Host) {
    let link = host.url_for("Ann");
    let join = |browser: &Browser| {
        browser.goto("about:blank");
        browser.goto(&link);
        until("a picture", LONG, || browser.sights().first().map(|sight| sight.at_ms)) / 1000.0
    };
    let times = (0..JOINS).map(|_| friend.see(join)).collect();
    row("link opened to first picture in Chromium, by a broker", times, 1.2, "s");
}

/// From the moment when the new network is there to the first frame that came by it.
fn moves(who: &str, internet: &Internet, site: &Site, friend: &Friend) {
    let clock = || friend.see(|browser| browser.eval("return performance.now()").as_f64().expect("the page's clock"));
    let mut times = Vec::new();
    for turn in 0..MOVES {
        let other = internet.plug(&format!("{who}{turn}"), Kind::PortRestricted);
        internet.slow(&other, SLOW);
        pass(Duration::from_secs(5));
        friend.see(|browser: &Browser| browser.sights());
        site.unplug();
        // What was on its way has arrived, and is not the new way's.
        pass(Duration::from_millis(500));
        friend.see(|browser: &Browser| browser.sights());
        site.plug_into(&other);
        let there = clock();
        let first = friend
            .see(|browser| until("the picture again", LONG, || browser.sights().first().map(|sight| sight.at_ms)));
        times.push((first - there) / 1000.0);
    }
    row(&format!("the {who} in another network, to the picture again"), times, 2.0, "s");
}
