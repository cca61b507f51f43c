use super::super::packet::{Connect, decode};
use super::*;
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

const NOW: Duration = Duration::from_secs(50);

/// A queue that keeps what it is given, up to a number.
#[derive(Clone, Default)]
struct Kept {
    packets: Rc<RefCell<Vec<Bytes>>>,
    closed: Rc<Cell<Option<Ended>>>,
    room: Rc<Cell<usize>>,
}

impl Queue for Kept {
    fn push(&self, packet: Bytes) -> bool {
        let there = self.room.get() > 0;
        if there {
            self.room.set(self.room.get() - 1);
            self.packets.borrow_mut().push(packet);
        }
        there
    }

    fn close(&self, why: Ended) {
        self.closed.set(Some(why));
    }
}

impl Kept {
    fn take(&self) -> Vec<Bytes> {
        std::mem::take(&mut self.packets.borrow_mut())
    }

    /// The messages among what came: topic and payload.
    fn messages(&self) -> Vec<(String, Vec<u8>)> {
        let packets = self.take();
        let messages = packets.iter().filter_map(|bytes| match decode(bytes) {
            Ok(Some((Packet::Publish { topic, payload, id: None }, _))) => Some((topic.to_owned(), payload.to_vec())),
            _ => None,
        });
        messages.collect()
    }
}

fn join_with_room(broker: &mut Broker<Kept>, name: &str, room: usize) -> (ClientId, Kept) {
    let queue = Kept::default();
    queue.room.set(room);
    let connect = Packet::Connect(Connect { name, keep_alive_s: 60, wants_more: false });
    let (id, silence) = broker.handle_connect(&connect, queue.clone(), NOW).expect("connected");
    assert_eq!(silence, Duration::from_secs(90));
    (id, queue)
}

fn join(broker: &mut Broker<Kept>, name: &str) -> (ClientId, Kept) {
    let (id, queue) = join_with_room(broker, name, usize::MAX);
    assert_eq!(queue.take(), [packet::connack(ConnectCode::Accepted)]);
    (id, queue)
}

fn topic(number: usize) -> String {
    format!("hotseat/1/{number:022}")
}

fn subscribe(broker: &mut Broker<Kept>, id: ClientId, topic: &str) -> Result<(), Ended> {
    broker.handle_packet(id, &Packet::Subscribe { id: 1, topics: vec![topic] }, NOW)
}

fn publish(broker: &mut Broker<Kept>, id: ClientId, topic: &str, payload: &[u8], now: Duration) -> Result<(), Ended> {
    broker.handle_packet(id, &Packet::Publish { topic, id: None, payload }, now)
}

#[test]
fn a_page_and_a_host_find_each_other() {
    let mut broker = Broker::default();
    let (host, to_host) = join(&mut broker, "h");
    let (page, to_page) = join(&mut broker, "p");
    let invite = topic(1);
    let session = format!("{invite}/{:022}", 2);
    subscribe(&mut broker, host, &invite).expect("subscribed");
    subscribe(&mut broker, page, &session).expect("subscribed");
    assert_eq!((to_host.take(), to_page.take()), (vec![packet::suback(1, &[0])], vec![packet::suback(1, &[0])]));
    let join = Packet::Publish { topic: &invite, id: Some(9), payload: b"join" };
    broker.handle_packet(page, &join, NOW).expect("published");
    assert_eq!(to_page.take(), [packet::puback(9)]);
    assert_eq!(to_host.messages(), [(invite, b"join".to_vec())]);
    publish(&mut broker, host, &session, b"welcome", NOW).expect("published");
    assert_eq!(to_page.messages(), [(session, b"welcome".to_vec())]);
    let figures = broker.figures();
    assert_eq!((figures.clients, figures.subscriptions, figures.messages_in, figures.messages_out), (2, 2, 2, 2));
    assert_eq!((figures.bytes_in, figures.bytes_out), (11, 11));
    broker.handle_packet(page, &Packet::PingReq, NOW).expect("answered");
    assert_eq!(to_page.take(), [packet::pingresp()]);
    assert_eq!(broker.handle_packet(page, &Packet::Disconnect, NOW), Err(Ended::ByClient));
    broker.handle_end(Some(page), Ended::ByClient);
    assert_eq!((broker.figures().clients, broker.figures().subscriptions), (1, 1));
}

#[test]
fn what_is_no_topic_of_the_meeting_is_neither_heard_nor_said() {
    let mut broker = Broker::default();
    let (client, queue) = join(&mut broker, "x");
    let topics = vec!["#", "+/1/x", "hotseat/1/#", "$SYS/#", "other"];
    broker.handle_packet(client, &Packet::Subscribe { id: 2, topics }, NOW).expect("answered");
    assert_eq!(queue.take(), [packet::suback(2, &[packet::REFUSED; 5])]);
    assert_eq!(publish(&mut broker, client, "other", b"", NOW), Err(Ended::Topic));
    assert_eq!(publish(&mut broker, client, "hotseat/1/+", b"", NOW), Err(Ended::Topic));
    assert_eq!(broker.figures().subscriptions, 0);
}

#[test]
fn a_client_listens_to_so_many_topics_and_so_many_listen_to_one() {
    let mut broker = Broker::default();
    let (client, queue) = join(&mut broker, "x");
    for number in 0..=SUBSCRIPTIONS {
        subscribe(&mut broker, client, &topic(number)).expect("answered");
    }
    // The same once more is no other.
    subscribe(&mut broker, client, &topic(0)).expect("answered");
    let codes: Vec<Bytes> = queue.take();
    let refused = codes.iter().filter(|it| **it == packet::suback(1, &[packet::REFUSED])).count();
    assert_eq!((refused, codes.len(), broker.figures().subscriptions), (1, SUBSCRIPTIONS + 2, SUBSCRIPTIONS));
    broker
        .handle_packet(client, &Packet::Unsubscribe { id: 3, topics: vec![&topic(0), "no topic"] }, NOW)
        .expect("answered");
    assert_eq!(queue.take(), [packet::unsuback(3)]);
    subscribe(&mut broker, client, &topic(99)).expect("answered");
    assert_eq!(queue.take(), [packet::suback(1, &[0])]);

    let others: Vec<_> = (0..=LISTENERS).map(|number| join(&mut broker, &format!("o{number}"))).collect();
    for (other, _) in &others {
        subscribe(&mut broker, *other, &topic(500)).expect("answered");
    }
    let heard = others.iter().filter(|(_, queue)| queue.take() == [packet::suback(1, &[0])]).count();
    assert_eq!((heard, broker.figures().refused_subscriptions), (LISTENERS, 2));
}

#[test]
fn a_newer_connection_of_a_name_takes_the_place_of_the_older() {
    let mut broker = Broker::default();
    let (old, to_old) = join(&mut broker, "host");
    subscribe(&mut broker, old, &topic(1)).expect("subscribed");
    let (new, to_new) = join(&mut broker, "host");
    assert_eq!((to_old.closed.get(), broker.figures().subscriptions), (Some(Ended::TakenOver), 0));
    assert_eq!(broker.handle_packet(old, &Packet::PingReq, NOW), Err(Ended::TakenOver));
    broker.handle_end(Some(old), Ended::TakenOver);
    subscribe(&mut broker, new, &topic(1)).expect("the end of the old one is not that of the new one");
    assert_eq!(to_new.take().len(), 1);
    // Those without a name have nothing in common.
    let (_, first) = join(&mut broker, "");
    let (_, second) = join(&mut broker, "");
    assert!(first.closed.get().is_none() && second.closed.get().is_none());
    assert_eq!(broker.figures().clients, 3);
}

#[test]
fn who_does_not_read_is_given_up_and_the_others_hear_on() {
    let mut broker = Broker::default();
    let (page, _) = join(&mut broker, "p");
    // Room for CONNACK, SUBACK and two messages.
    let (slow, to_slow) = join_with_room(&mut broker, "slow", 4);
    let (quick, to_quick) = join(&mut broker, "quick");
    for client in [slow, quick] {
        subscribe(&mut broker, client, &topic(1)).expect("subscribed");
    }
    for _ in 0..5 {
        publish(&mut broker, page, &topic(1), b"x", NOW).expect("published");
    }
    assert_eq!((to_slow.messages().len(), to_slow.closed.get()), (2, Some(Ended::Slow)));
    assert_eq!((to_quick.messages().len(), to_quick.closed.get()), (5, None));
    let figures = broker.figures();
    assert_eq!((figures.dropped_slow, figures.messages_out, figures.clients), (1, 7, 2));
    // Its answers have to be read, too; what it says to itself as well.
    let (own, queue) = join_with_room(&mut broker, "own", 1);
    assert_eq!(broker.handle_packet(own, &Packet::PingReq, NOW), Err(Ended::Slow));
    queue.room.set(1);
    subscribe(&mut broker, own, &topic(2)).expect("subscribed");
    let to_itself = Packet::Publish { topic: &topic(2), id: Some(1), payload: b"x" };
    assert_eq!(broker.handle_packet(own, &to_itself, NOW), Err(Ended::Slow));
}

#[test]
fn what_a_client_says_is_limited_by_number_and_by_length() {
    let mut broker = Broker::default();
    let (page, _) = join(&mut broker, "p");
    let (host, to_host) = join(&mut broker, "h");
    subscribe(&mut broker, host, &topic(1)).expect("subscribed");
    let burst = PUBLISHES.burst as usize;
    for _ in 0..burst + 10 {
        publish(&mut broker, page, &topic(1), b"short", NOW).expect("not ended for it");
    }
    assert_eq!((to_host.messages().len(), broker.figures().dropped_rate), (burst, 10));
    let later = NOW + PUBLISHES.period;
    for _ in 0..burst {
        publish(&mut broker, page, &topic(1), b"short", later).expect("not ended for it");
    }
    assert_eq!(to_host.messages().len(), PUBLISHES.refill as usize);
    // A long one counts as many.
    let (other, _) = join(&mut broker, "other");
    for _ in 0..burst {
        publish(&mut broker, other, &topic(1), &[0; 65_600], NOW).expect("not ended for it");
    }
    assert_eq!(to_host.messages().len(), burst / (65_600 / UNIT + 1));
}

#[test]
fn a_stranger_is_told_why_and_silence_is_limited() {
    let mut broker: Broker<Kept> = Broker::default();
    let mut connect = |name, keep_alive_s, wants_more| {
        broker.handle_connect(&Packet::Connect(Connect { name, keep_alive_s, wants_more }), Kept::default(), NOW)
    };
    let told = packet::connack(ConnectCode::Unavailable);
    assert_eq!(connect("x", 1, true).expect_err("more than there is"), (Ended::WantsMore, Some(told)));
    for (asked, silence) in [(2, 3), (60, 90), (0, 900), (65_535, 900)] {
        assert_eq!(connect("x", asked, false).expect("connected").1, Duration::from_secs(silence));
    }
    let not_first = broker.handle_connect(&Packet::PingReq, Kept::default(), NOW);
    assert_eq!(not_first.expect_err("it has not said who it is"), (Ended::Malformed, None));
    let (id, _) = join(&mut broker, "y");
    let again = Packet::Connect(Connect { name: "y", keep_alive_s: 1, wants_more: false });
    assert_eq!(broker.handle_packet(id, &again, NOW), Err(Ended::Malformed));
}

#[test]
fn in_the_end_everybody_is_told_and_nothing_is_left() {
    let mut broker = Broker::default();
    let all: Vec<_> = (0..5).map(|number| join(&mut broker, &number.to_string())).collect();
    for (client, _) in &all {
        subscribe(&mut broker, *client, &topic(1)).expect("subscribed");
    }
    broker.remove_all();
    assert!(all.iter().all(|(_, queue)| queue.closed.get() == Some(Ended::Shutdown)));
    assert_eq!((broker.figures().clients, broker.figures().subscriptions), (0, 0));
    assert!(broker.names.is_empty() && broker.listeners.is_empty());
    for (client, _) in &all {
        broker.handle_end(Some(*client), Ended::Shutdown);
    }
    assert_eq!(broker.endings(), &BTreeMap::from([(Ended::Shutdown, 5)]));
}

/// What a client of the model does.
#[derive(Debug, Clone)]
enum Step {
    Join,
    Leave(usize),
    Subscribe(usize, usize),
    Unsubscribe(usize, usize),
    Publish(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (client, topic) = (0..8usize, 0..6usize);
    prop_oneof![
        1 => Just(Step::Join),
        1 => client.clone().prop_map(Step::Leave),
        4 => (client.clone(), topic.clone()).prop_map(|(client, topic)| Step::Subscribe(client, topic)),
        2 => (client.clone(), topic.clone()).prop_map(|(client, topic)| Step::Unsubscribe(client, topic)),
        5 => (client, topic).prop_map(|(client, topic)| Step::Publish(client, topic)),
    ]
}

proptest! {
    /// The model: for each client a set of topics; a message goes to all whose set has its topic.
    #[test]
    fn messages_go_to_those_who_listen_and_to_nobody_else(steps in prop::collection::vec(step(), 0..120)) {
        let mut broker = Broker::default();
        let mut clients: Vec<(ClientId, Kept, BTreeSet<usize>)> = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Join if clients.len() < LISTENERS => {
                    let (id, queue) = join(&mut broker, &number.to_string());
                    clients.push((id, queue, BTreeSet::new()));
                }
                Step::Leave(which) if which < clients.len() => {
                    let (id, ..) = clients.swap_remove(which);
                    broker.handle_end(Some(id), Ended::ByClient);
                }
                Step::Subscribe(which, at) if which < clients.len() => {
                    let (id, _, topics) = &mut clients[which];
                    subscribe(&mut broker, *id, &topic(at)).expect("subscribed");
                    topics.insert(at);
                }
                Step::Unsubscribe(which, at) if which < clients.len() => {
                    let (id, _, topics) = &mut clients[which];
                    let gone = topic(at);
                    broker.handle_packet(*id, &Packet::Unsubscribe { id: 1, topics: vec![&gone] }, NOW).expect("unsubscribed");
                    topics.remove(&at);
                }
                Step::Publish(which, at) if which < clients.len() => {
                    clients.iter().for_each(|(_, queue, _)| drop(queue.take()));
                    let said = number.to_string().into_bytes();
                    publish(&mut broker, clients[which].0, &topic(at), &said, NOW).expect("published");
                    for (_, queue, topics) in &clients {
                        let expected = if topics.contains(&at) { vec![(topic(at), said.clone())] } else { Vec::new() };
                        prop_assert_eq!(queue.messages(), expected);
                    }
                }
                _ => {}
            }
            let subscriptions = clients.iter().map(|(.., topics)| topics.len()).sum::<usize>();
            prop_assert_eq!((broker.figures().clients, broker.figures().subscriptions), (clients.len(), subscriptions));
            prop_assert!(broker.listeners.values().all(|it| !it.is_empty()));
        }
    }
}
