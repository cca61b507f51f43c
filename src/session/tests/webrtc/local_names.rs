//! A page hides its address behind a name, and the host's firewall lets in only answers: the host has to ask first.

use super::*;
use crate::session::LocalName;
use crate::session::protocol::FromPage;

const NAME: &str = "3f2c1a9e-7b64-4d0c-9a51-0e8d7c6b5a43.local";

fn hidden(name: &str) -> FromPage {
    FromPage::Candidate { candidate: format!("candidate:1 1 udp 2113937151 {name} 5000 typ host generation 0") }
}

impl Simulation {
    fn walled() -> Simulation {
        let mut it = Simulation::new(1, 1);
        it.walled = Some(BTreeSet::new());
        it
    }

    /// A page says something on its carrier.
    fn say(&mut self, page: usize, message: FromPage) {
        self.session.handle_page(JoinId(page as u64), message, self.now());
        self.drive_host();
    }

    /// Names that the network is to be asked for.
    fn asked(&mut self) -> Vec<(PeerId, LocalName)> {
        let asked = self.actions.extract_if(.., |it| matches!(it, Action::Resolve(..)));
        asked.filter_map(|it| if let Action::Resolve(peer, name) = it { Some((peer, name)) } else { None }).collect()
    }
}

#[test]
fn a_page_behind_a_name_is_reached_once_its_address_is_known() {
    let mut it = Simulation::walled();
    let ann = it.join("Ann", None);
    let (peer, address) = (it.pages[ann].peer, it.pages[ann].address);
    it.say(ann, hidden(NAME));
    let name = LocalName::parse(NAME).expect("a name");
    assert_eq!(it.asked(), [(peer, name)]);
    it.run(ms(1000));
    assert!(it.pages[ann].control.is_none() && it.walled.as_ref().is_some_and(BTreeSet::is_empty), "nobody found her");

    // Others' names and others' answers change nothing.
    let other = LocalName::parse(&NAME.replace("43.", "44.")).expect("a name");
    it.session.handle_resolved(peer, other, address.ip(), it.now());
    it.session.handle_resolved(PeerId(99), name, address.ip(), it.now());
    it.run(ms(500));
    assert!(it.walled.as_ref().is_some_and(BTreeSet::is_empty));

    it.session.handle_resolved(peer, name, address.ip(), it.now());
    it.wait(5000, |it| it.pages[ann].seats().is_some());
    assert_eq!(it.walled, Some(BTreeSet::from([address])), "nobody else was looked for");
}

#[test]
fn a_page_asks_for_its_names_up_to_a_limit_and_takes_them_along() {
    let mut it = Simulation::walled();
    let ann = it.join("Ann", None);
    let peer = it.pages[ann].peer;
    for name in ["printer.local", "example.org", "3f2c1a9e-7b64-1d0c-9a51-0e8d7c6b5a43.local"] {
        it.say(ann, hidden(name));
    }
    assert_eq!(it.asked(), []);
    for number in 0..40 {
        it.say(ann, hidden(&NAME.replace("0e8d7c6b5a43", &format!("{number:012x}"))));
    }
    assert_eq!(it.asked().len(), 16);
    it.say(ann, FromPage::Bye);
    assert!(it.actions.iter().any(|it| matches!(it, Action::StopResolving(id) if *id == peer)));
    it.session.handle_resolved(peer, LocalName::parse(NAME).expect("a name"), [10, 0, 1, 0].into(), it.now());
    it.run(ms(500));

    // Whoever has no names is not said to take any along.
    let bea = it.join("Bea", None);
    it.actions.clear();
    it.say(bea, FromPage::Bye);
    assert!(!it.actions.iter().any(|it| matches!(it, Action::StopResolving(_))));
}

#[test]
fn an_offer_that_names_names_is_an_offer() {
    let mut rtc = Rtc::builder().clear_codecs().enable_vp8(true).build(Instant::now());
    let mut api = rtc.sdp_api();
    api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
    let offer = api.apply().expect("an offer").0.to_sdp_string();
    let FromPage::Candidate { candidate } = hidden(NAME) else { panic!("a candidate") };
    assert!(crate::session::webrtc::answers_offer(&format!("{offer}a={candidate}\r\n"), Instant::now()));
}
