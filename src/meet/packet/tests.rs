use super::*;
use proptest::prelude::*;
use rumqttc::{Connect as TheirConnect, LastWill, Publish, QoS, Subscribe, Unsubscribe};

/// What the other implementation, that of hosts, makes of a packet.
macro_rules! written {
    ($packet:expr) => {{
        let mut buffer = Bytes::from(vec![0; 1]).try_into_mut().expect("ours alone");
        buffer.clear();
        $packet.write(&mut buffer).expect("written");
        buffer.to_vec()
    }};
}

/// What it reads.
fn read_by_them(bytes: &Bytes) -> rumqttc::Packet {
    let mut buffer = Bytes::from(bytes.to_vec()).try_into_mut().expect("ours alone");
    let packet = rumqttc::Packet::read(&mut buffer, 100_000).expect("a packet");
    assert!(buffer.is_empty(), "nothing is left over");
    packet
}

fn whole(bytes: &[u8]) -> Packet<'_> {
    let (packet, len) = decode(bytes).expect("no error").expect("a whole packet");
    assert_eq!(len, bytes.len());
    packet
}

fn theirs() -> Vec<Vec<u8>> {
    let mut connect = TheirConnect::new("h-name");
    (connect.keep_alive, connect.clean_session) = (30, true);
    connect.set_credentials("user", "password");
    let mut subscribe = Subscribe::new("hotseat/1/x", QoS::AtLeastOnce);
    subscribe.pkid = 7;
    subscribe.add("hotseat/1/y".into(), QoS::AtMostOnce);
    let mut unsubscribe = Unsubscribe::new("hotseat/1/x");
    unsubscribe.pkid = 9;
    let mut publish = Publish::new("hotseat/1/x", QoS::AtLeastOnce, vec![1; 300]);
    publish.pkid = 8;
    vec![
        written!(connect),
        written!(subscribe),
        written!(unsubscribe),
        written!(publish),
        written!(Publish::new("hotseat/1/x", QoS::AtMostOnce, b"once".to_vec())),
        written!(rumqttc::PubAck::new(5)),
        vec![0xc0, 0],
        vec![0xe0, 0],
    ]
}

#[test]
fn what_hosts_write_is_read() {
    let packets = theirs();
    let connect = Connect { name: "h-name", keep_alive_s: 30, wants_more: false };
    let payload = [1; 300];
    let topic = "hotseat/1/x";
    let read = [
        Packet::Connect(connect),
        Packet::Subscribe { id: 7, topics: vec![topic, "hotseat/1/y"] },
        Packet::Unsubscribe { id: 9, topics: vec![topic] },
        Packet::Publish { topic, id: Some(8), payload: &payload },
        Packet::Publish { topic, id: None, payload: b"once" },
        Packet::PubAck,
        Packet::PingReq,
        Packet::Disconnect,
    ];
    for (bytes, packet) in packets.iter().zip(read) {
        assert_eq!(whole(bytes), packet);
    }
}

#[test]
fn what_is_written_is_read_by_hosts() {
    use rumqttc::{ConnectReturnCode, Packet as Theirs, SubscribeReasonCode};
    let Theirs::ConnAck(connack) = read_by_them(&connack(ConnectCode::Accepted)) else { panic!("CONNACK") };
    assert!(connack.code == ConnectReturnCode::Success && !connack.session_present);
    let Theirs::SubAck(suback) = read_by_them(&suback(3, &[0, REFUSED])) else { panic!("SUBACK") };
    assert_eq!(suback.return_codes, [SubscribeReasonCode::Success(QoS::AtMostOnce), SubscribeReasonCode::Failure]);
    assert!(matches!(read_by_them(&puback(0x1234)), Theirs::PubAck(ack) if ack.pkid == 0x1234));
    assert!(matches!(read_by_them(&unsuback(4)), Theirs::UnsubAck(ack) if ack.pkid == 4));
    assert!(matches!(read_by_them(&pingresp()), Theirs::PingResp));
    // At the edges of each length of the length.
    for len in [0, 110, 111, 112, 113, 114, 115, 16_369, 16_370, 16_371, 16_372, 65_600] {
        let payload = vec![9; len];
        let Theirs::Publish(publish) = read_by_them(&message("hotseat/1/abc", &payload)) else { panic!("PUBLISH") };
        assert_eq!((&publish.topic[..], publish.qos), (&b"hotseat/1/abc"[..], QoS::AtMostOnce));
        assert!(publish.payload == payload && !publish.retain);
    }
}

#[test]
fn a_packet_is_waited_for_until_it_is_whole_and_what_follows_is_left_alone() {
    for mut bytes in theirs() {
        for len in 0..bytes.len() {
            assert_eq!(decode(&bytes[..len]), Ok(None), "{len} bytes of {bytes:x?}");
        }
        let len = bytes.len();
        bytes.extend([0xff; 20]);
        assert_eq!(decode(&bytes).expect("no error").expect("whole").1, len);
    }
}

#[test]
fn a_shorter_length_than_the_content_is_an_error() {
    // All of these have a length of one byte.
    for bytes in theirs().into_iter().filter(|it| it.len() < 128 && it.len() > 2) {
        for len in 0..bytes.len() - 2 {
            let mut short = bytes[..2 + len].to_vec();
            short[1] = len as u8;
            let read = decode(&short);
            // A message may be shorter, and so may lists.
            let may_be = matches!(bytes[0] >> 4, 3 | 8 | 10);
            assert!(read == Err(PacketError::Malformed) || may_be && matches!(read, Ok(Some(_))), "{short:x?}");
        }
    }
}

#[test]
fn what_has_no_place_here_is_refused_with_the_reason() {
    use PacketError::{Malformed, QoS2, TooLong, Version};
    let connect = |protocol: &str, level: u8, flags: u8, rest: &[u8]| {
        let mut body = vec![0, protocol.len() as u8];
        body.extend(protocol.as_bytes());
        body.extend([level, flags, 0, 60]);
        body.extend(rest);
        [&[0x10, body.len() as u8], &body[..]].concat()
    };
    let name = &[0, 1, b'x'];
    assert!(matches!(whole(&connect("MQTT", 4, 2, name)), Packet::Connect(it) if !it.wants_more));
    assert!(matches!(whole(&connect("MQTT", 4, 0, name)), Packet::Connect(it) if it.wants_more));
    for (bytes, error) in [
        (connect("MQTT", 5, 2, name), Version),
        (connect("MQIsdp", 3, 2, name), Version),
        (connect("HTTP", 4, 2, name), Malformed),
        // A reserved bit, a will's QoS without a will, or QoS 3, a password without a user.
        (connect("MQTT", 4, 3, name), Malformed),
        (connect("MQTT", 4, 0b0000_1010, name), Malformed),
        (connect("MQTT", 4, 0b0001_1110, name), Malformed),
        (connect("MQTT", 4, 0b0100_0010, name), Malformed),
        // What the flags promise is not there; there is more than they do.
        (connect("MQTT", 4, 0b1000_0010, name), Malformed),
        (connect("MQTT", 4, 2, &[0, 1, b'x', 0]), Malformed),
        (connect("MQTT", 4, 2, &[0, 1, 0]), Malformed),
        (connect("MQTT", 4, 2, &[0, 1, 0xff]), Malformed),
        // QoS 2 and 3, a repeat of what is not acknowledged, no number, no topic.
        (vec![0x34, 5, 0, 1, b'x', 0, 1], QoS2),
        (vec![0x36, 5, 0, 1, b'x', 0, 1], Malformed),
        (vec![0x38, 3, 0, 1, b'x'], Malformed),
        (vec![0x32, 5, 0, 1, b'x', 0, 0], Malformed),
        (vec![0x30, 0], Malformed),
        // Flags that the standard fixes, kinds that only brokers send or that there are not.
        (vec![0x80, 6, 0, 1, 0, 1, b'x', 0], Malformed),
        (vec![0x82, 6, 0, 1, 0, 1, b'x', 3], Malformed),
        (vec![0x82, 2, 0, 1], Malformed),
        (vec![0xa2, 2, 0, 1], Malformed),
        (vec![0xc1, 0], Malformed),
        (vec![0xc0, 1, 0], Malformed),
        (vec![0x20, 2, 0, 0], Malformed),
        (vec![0x50, 2, 0, 1], Malformed),
        (vec![0x00], Malformed),
        (vec![0xf0], Malformed),
        // Lengths: too long, before any of it is there; more bytes than a length has.
        (vec![0x30, 0xf1, 0xa2, 0x04], TooLong),
        (vec![0x30, 0xff, 0xff, 0xff, 0x7f], TooLong),
        (vec![0x30, 0x80, 0x80, 0x80, 0x80], Malformed),
    ] {
        assert_eq!(decode(&bytes), Err(error), "{bytes:x?}");
    }
    // The longest that is taken.
    assert_eq!(decode(&[0x30, 0xf0, 0xa2, 0x04]), Ok(None));
    let many: Vec<u8> = (0..=MOST_TOPICS).flat_map(|_| [0, 1, b'x']).collect();
    let many =
        [&[0xa2, 0x80 | ((many.len() + 2) & 0x7f) as u8, ((many.len() + 2) >> 7) as u8, 0, 1], &many[..]].concat();
    assert_eq!(decode(&many), Err(Malformed));
}

#[test]
fn a_will_and_a_session_that_is_kept_are_more_than_there_is() {
    let mut connect = TheirConnect::new("x");
    connect.clean_session = true;
    let read = |connect: &TheirConnect| {
        let bytes = written!(connect);
        matches!(whole(&bytes), Packet::Connect(it) if it.wants_more)
    };
    assert!(!read(&connect));
    connect.last_will = Some(LastWill::new("hotseat/1/x", "gone", QoS::AtLeastOnce, true));
    assert!(read(&connect));
    (connect.last_will, connect.clean_session) = (None, false);
    assert!(read(&connect));
}

proptest! {
    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(Some((_, len))) = decode(&bytes) {
            prop_assert!(len >= 2 && len <= bytes.len());
        }
    }

    #[test]
    fn a_changed_byte_is_read_or_refused(which in 0..8usize, place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = theirs().swap_remove(which);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(Some((_, len))) = decode(&bytes) {
            prop_assert!(len >= 2 && len <= bytes.len());
        }
    }
}
