//! The packets of MQTT 3.1.1 (OASIS standard, 29 October 2014) that host and page speak. Pure, and nothing is copied.

use axum::body::Bytes;

/// The longest packet that is taken, its first two fields not counted: an envelope, its topic and what is around them.
pub const LONGEST: usize = 70_000;
/// Topics in one SUBSCRIBE or UNSUBSCRIBE.
const MOST_TOPICS: usize = 64;
/// The longest name of a client, in bytes.
const LONGEST_NAME: usize = 128;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet<'a> {
    Connect(Connect<'a>),
    Publish {
        topic: &'a str,
        /// None at QoS 0.
        id: Option<u16>,
        payload: &'a [u8],
    },
    /// An answer to what was published at QoS 1.
    PubAck,
    Subscribe {
        id: u16,
        topics: Vec<&'a str>,
    },
    Unsubscribe {
        id: u16,
        topics: Vec<&'a str>,
    },
    PingReq,
    Disconnect,
}

/// How a client introduces itself. Its name and password are read and not looked at: the invite's secret is what counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect<'a> {
    pub name: &'a str,
    pub keep_alive_s: u16,
    /// What we do not keep: a session beyond the connection, or a last will.
    pub wants_more: bool,
}

/// Why bytes are no packet. The connection is then closed, as the standard has it (4.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketError {
    TooLong,
    Malformed,
    /// Another version of the protocol; it is told so.
    Version,
    /// Delivery exactly once.
    QoS2,
}

/// The first packet in `bytes`, and its length. None while it is not whole.
pub fn decode(bytes: &[u8]) -> Result<Option<(Packet<'_>, usize)>, PacketError> {
    let Some((&first, rest)) = bytes.split_first() else { return Ok(None) };
    let (kind, flags) = (first >> 4, first & 0x0f);
    // What can never become a packet is refused before the rest of it is waited for.
    let expected = match kind {
        3 => flags,
        8 | 10 => 2,
        1 | 4 | 12 | 14 => 0,
        _ => return Err(PacketError::Malformed),
    };
    if flags != expected {
        return Err(PacketError::Malformed);
    }
    let Some((len, len_bytes)) = remaining_length(rest)? else { return Ok(None) };
    if len > LONGEST {
        return Err(PacketError::TooLong);
    }
    let Some(body) = rest.get(len_bytes..len_bytes + len) else { return Ok(None) };
    let mut body = Body(body);
    let packet = match kind {
        1 => Packet::Connect(connect(&mut body)?),
        3 => publish(&mut body, flags)?,
        4 => {
            body.id()?;
            Packet::PubAck
        }
        8 => Packet::Subscribe { id: body.id()?, topics: topics(&mut body, true)? },
        10 => Packet::Unsubscribe { id: body.id()?, topics: topics(&mut body, false)? },
        12 => Packet::PingReq,
        _ => Packet::Disconnect,
    };
    if !body.0.is_empty() {
        return Err(PacketError::Malformed);
    }
    Ok(Some((packet, 1 + len_bytes + len)))
}

/// Seven bits a byte, the lowest first, in at most four (2.2.3); with how many there are.
fn remaining_length(bytes: &[u8]) -> Result<Option<(usize, usize)>, PacketError> {
    let mut len = 0;
    for place in 0..4 {
        let Some(&byte) = bytes.get(place) else { return Ok(None) };
        len |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(Some((len, place + 1)));
        }
    }
    Err(PacketError::Malformed)
}

/// What is left of a packet.
struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], PacketError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(PacketError::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, PacketError> {
        self.take(1).map(|it| it[0])
    }

    fn number(&mut self) -> Result<u16, PacketError> {
        self.take(2).map(|it| u16::from_be_bytes([it[0], it[1]]))
    }

    /// Of a packet; never 0 (2.3.1).
    fn id(&mut self) -> Result<u16, PacketError> {
        Some(self.number()?).filter(|&id| id > 0).ok_or(PacketError::Malformed)
    }

    fn data(&mut self) -> Result<&'a [u8], PacketError> {
        let len = self.number()?;
        self.take(len.into())
    }

    /// UTF-8 without U+0000 (1.5.3).
    fn text(&mut self) -> Result<&'a str, PacketError> {
        let text = std::str::from_utf8(self.data()?).map_err(|_| PacketError::Malformed)?;
        if text.contains('\0') { Err(PacketError::Malformed) } else { Ok(text) }
    }
}

fn connect<'a>(body: &mut Body<'a>) -> Result<Connect<'a>, PacketError> {
    let (protocol, level) = (body.data()?, body.byte()?);
    if protocol != b"MQTT" || level != 4 {
        // 3.1 was called otherwise; what is not even that is no MQTT.
        let is_mqtt = [&b"MQTT"[..], b"MQIsdp"].contains(&protocol);
        return Err(if is_mqtt { PacketError::Version } else { PacketError::Malformed });
    }
    let flags = body.byte()?;
    let has = |bit: u8| flags & (1 << bit) != 0;
    let (will, will_qos, has_user, has_password) = (has(2), flags >> 3 & 3, has(7), has(6));
    let fits = !has(0) && will_qos < 3 && (will || (will_qos == 0 && !has(5))) && (has_user || !has_password);
    if !fits {
        return Err(PacketError::Malformed);
    }
    let keep_alive_s = body.number()?;
    let name = body.text()?;
    if name.len() > LONGEST_NAME {
        return Err(PacketError::Malformed);
    }
    if will {
        body.text()?;
        body.data()?;
    }
    if has_user {
        body.text()?;
    }
    if has_password {
        body.data()?;
    }
    Ok(Connect { name, keep_alive_s, wants_more: will || !has(1) })
}

fn publish<'a>(body: &mut Body<'a>, flags: u8) -> Result<Packet<'a>, PacketError> {
    let qos = flags >> 1 & 3;
    match qos {
        0 if flags & 8 != 0 => return Err(PacketError::Malformed),
        2 => return Err(PacketError::QoS2),
        3 => return Err(PacketError::Malformed),
        _ => {}
    }
    let topic = body.text()?;
    let id = if qos == 1 { Some(body.id()?) } else { None };
    let payload = std::mem::take(&mut body.0);
    Ok(Packet::Publish { topic, id, payload })
}

fn topics<'a>(body: &mut Body<'a>, with_qos: bool) -> Result<Vec<&'a str>, PacketError> {
    let mut topics = Vec::new();
    while !body.0.is_empty() {
        topics.push(body.text()?);
        if with_qos && body.byte()? > 2 || topics.len() > MOST_TOPICS {
            return Err(PacketError::Malformed);
        }
    }
    if topics.is_empty() { Err(PacketError::Malformed) } else { Ok(topics) }
}

/// What CONNECT is answered with (3.2.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ConnectCode {
    Accepted = 0,
    Version = 1,
    Unavailable = 3,
}

/// The answer to CONNECT; there is never a session from before.
pub fn connack(code: ConnectCode) -> Bytes {
    vec![0x20, 2, 0, code as u8].into()
}

/// The answer to a message at QoS 1.
pub fn puback(id: u16) -> Bytes {
    numbered(0x40, id, &[])
}

/// The answer to SUBSCRIBE: for each topic the QoS that is granted, or [`REFUSED`].
pub fn suback(id: u16, codes: &[u8]) -> Bytes {
    numbered(0x90, id, codes)
}

/// That a topic is not to be had.
pub const REFUSED: u8 = 0x80;

/// The answer to UNSUBSCRIBE.
pub fn unsuback(id: u16) -> Bytes {
    numbered(0xb0, id, &[])
}

/// The answer to PINGREQ.
pub fn pingresp() -> Bytes {
    Bytes::from_static(&[0xd0, 0])
}

/// A packet that begins with a number. There are at most [`MOST_TOPICS`] bytes after it: its length fits in one.
fn numbered(first: u8, id: u16, rest: &[u8]) -> Bytes {
    let mut packet = vec![first, 2 + rest.len() as u8];
    packet.extend(id.to_be_bytes());
    packet.extend(rest);
    packet.into()
}

/// A message for subscribers, at QoS 0.
pub fn message(topic: &str, payload: &[u8]) -> Bytes {
    let mut len = 2 + topic.len() + payload.len();
    let mut packet = Vec::with_capacity(len + 5);
    packet.push(0x30);
    loop {
        let more = len > 0x7f;
        packet.push((len & 0x7f) as u8 | if more { 0x80 } else { 0 });
        len >>= 7;
        if !more {
            break;
        }
    }
    packet.extend((topic.len() as u16).to_be_bytes());
    packet.extend(topic.as_bytes());
    packet.extend(payload);
    packet.into()
}

#[cfg(test)]
mod tests;
