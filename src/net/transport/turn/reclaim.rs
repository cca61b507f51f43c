//! Taking back an allocation that the server still has for this socket (RFC 8656, 7.1: 437), such as from before the network
//! was away for a minute, or of a host that crashed: without that there is none for half an hour.

use super::super::super::relay::Account;
use std::time::{Duration, Instant};
use stun_types::attribute::{ErrorCode, Nonce, Realm, Username};
use stun_types::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageType, MessageWriteVec, StunWriteError,
    TransactionId,
};
use stun_types::prelude::{MessageWrite, MessageWriteExt};
use turn_client_proto::types::attribute::Lifetime;
use turn_client_proto::types::message::REFRESH;

/// The first wait for an answer; each next one is twice as long.
const RTO: Duration = Duration::from_millis(500);
/// Requests that are sent of each kind. The server has just answered: more are of no use.
const REQUESTS: u32 = 4;

/// The requests: one that brings what the second one is signed with, and that one.
pub(super) struct Reclaim {
    account: Account,
    /// What the server told to sign with: its realm and its nonce.
    signed_with: Option<(String, String)>,
    asked: Option<TransactionId>,
    sent: u32,
    next: Instant,
    ended: bool,
}

impl Reclaim {
    /// `account` is the one that the allocation was made by: no other may end it.
    pub fn new(account: Account, now: Instant) -> Reclaim {
        Reclaim { account, signed_with: None, asked: None, sent: 0, next: now, ended: false }
    }

    /// Whether nothing more is to be done.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    pub fn poll_timeout(&self) -> Instant {
        self.next
    }

    /// A request to be sent now.
    pub fn poll(&mut self, now: Instant) -> Option<Vec<u8>> {
        if self.ended || now < self.next {
            return None;
        }
        if self.sent == REQUESTS {
            self.ended = true;
            return None;
        }
        let id = *self.asked.get_or_insert_with(TransactionId::generate);
        self.next = now + RTO * 2u32.pow(self.sent);
        self.sent += 1;
        let request = self.request(id).ok();
        self.ended = request.is_none();
        request
    }

    /// An allocation for no time is none.
    fn request(&self, id: TransactionId) -> Result<Vec<u8>, StunWriteError> {
        let kind = MessageType::from_class_method(MessageClass::Request, REFRESH);
        let mut message = Message::builder(kind, id, MessageWriteVec::new());
        message.add_attribute(&Lifetime::new(0))?;
        if let Some((realm, nonce)) = &self.signed_with {
            let Account { username, password } = &self.account;
            message.add_attribute(&Username::new(username)?)?;
            message.add_attribute(&Realm::new(realm)?)?;
            message.add_attribute(&Nonce::new(nonce)?)?;
            let key = LongTermKeyCredentials::new(username.clone(), password.clone(), realm.clone());
            message.add_message_integrity(&key.into(), IntegrityAlgorithm::Sha1)?;
        }
        Ok(message.finish())
    }

    /// True if this answers a request of ours.
    pub fn handle(&mut self, message: &Message<'_>, now: Instant) -> bool {
        let ours = self.asked == Some(message.transaction_id()) && message.is_response() && message.method() == REFRESH;
        if !ours || self.ended {
            return false;
        }
        let code = message.attribute::<ErrorCode>().map(|error| error.code());
        let told = message.attribute::<Realm>().ok().zip(message.attribute::<Nonce>().ok());
        match (code, told) {
            (Ok(ErrorCode::UNAUTHORIZED), Some((realm, nonce))) if self.signed_with.is_none() => {
                self.signed_with = Some((realm.realm().to_owned(), nonce.nonce().to_owned()));
                (self.asked, self.sent, self.next) = (None, 0, now);
            }
            // It is taken back, or was gone, or is not ours: the next allocation shows.
            _ => self.ended = true,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stun_types::message::MessageIntegrityCredentials;

    fn reclaim(now: Instant) -> Reclaim {
        Reclaim::new(Account { username: "ann".into(), password: "north".into() }, now)
    }

    fn refusal(request: &[u8], code: u16) -> Vec<u8> {
        let request = Message::from_bytes(request).expect("a request");
        let mut answer = Message::builder_error(&request, MessageWriteVec::new());
        answer.add_attribute(&ErrorCode::builder(code).build().expect("a code")).expect("room");
        answer.add_attribute(&Realm::new("relay.example").expect("a realm")).expect("room");
        answer.add_attribute(&Nonce::new("n0").expect("a nonce")).expect("room");
        answer.finish()
    }

    fn handle(reclaim: &mut Reclaim, data: &[u8], now: Instant) -> bool {
        reclaim.handle(&Message::from_bytes(data).expect("a message"), now)
    }

    #[test]
    fn what_the_server_still_has_is_ended_by_a_signed_refresh_for_no_time() {
        let now = Instant::now();
        let mut reclaim = reclaim(now);
        let first = reclaim.poll(now).expect("a request");
        assert!(handle(&mut reclaim, &refusal(&first, 401), now));
        let second = reclaim.poll(now).expect("another, at once");
        let message = Message::from_bytes(&second).expect("a message");
        assert_eq!(message.attribute::<Lifetime>().map(|it| it.seconds()), Ok(0));
        let key = LongTermKeyCredentials::new("ann".into(), "north".into(), "relay.example".into());
        assert!(message.validate_integrity(&MessageIntegrityCredentials::from(key)).is_ok());
        let done = Message::builder_success(&message, MessageWriteVec::new()).finish();
        assert!(handle(&mut reclaim, &done, now) && reclaim.has_ended());
        assert!(reclaim.poll(now + Duration::from_secs(60)).is_none() && !handle(&mut reclaim, &done, now));
    }

    #[test]
    fn a_server_that_refuses_again_or_says_nothing_ends_it() {
        let now = Instant::now();
        let mut refused = reclaim(now);
        for _ in 0..2 {
            let request = refused.poll(now).expect("a request");
            assert!(handle(&mut refused, &refusal(&request, 401), now));
        }
        assert!(refused.has_ended());
        let mut silent = reclaim(now);
        let (mut sent, mut at) = (0, now);
        while !silent.has_ended() {
            sent += u32::from(silent.poll(at).is_some());
            at = silent.poll_timeout();
        }
        assert_eq!(sent, REQUESTS);
    }

    #[test]
    fn an_answer_to_another_question_changes_nothing() {
        let now = Instant::now();
        let mut reclaim = reclaim(now);
        let request = reclaim.poll(now).expect("a request");
        let mut other = refusal(&request, 401);
        other[19] ^= 1;
        assert!(!handle(&mut reclaim, &other, now) && !handle(&mut reclaim, &request, now));
        assert!(handle(&mut reclaim, &refusal(&request, 401), now));
    }
}
