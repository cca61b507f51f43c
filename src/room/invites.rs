//! The links that let people in: what each grants, how long, how often, and the codes that stand for them on the phone.

use super::id::{InviteId, PersonId};
use super::permissions::{Permissions, SeatGrant};
use super::secret::{Digits, Secret};
use std::time::Duration;

/// The most links alive at once.
pub const MAX_INVITES: usize = 32;
/// How long a code can be read aloud.
pub const CODE_ALIVE: Duration = Duration::from_secs(600);
/// Wrong codes that end every code there is: no one can tell which was meant.
pub const CODE_TRIES: u32 = 5;

/// What a link is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InviteTerms {
    /// Where its bearer may sit.
    pub grant: SeatGrant,
    /// What else they may do.
    pub permissions: Permissions,
    /// The host is asked about each who brings it.
    pub approval: bool,
    /// It lets this many people in; none for any number.
    pub uses: Option<u32>,
    /// It ends this long after that was said; none for never.
    pub lasts: Option<Duration>,
}

/// One link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Its number.
    pub id: InviteId,
    /// What stands behind the `#`.
    pub secret: Secret,
    /// What it grants.
    pub terms: InviteTerms,
    /// The guest who made it; none for the host.
    pub maker: Option<PersonId>,
    /// How many it let in.
    pub used: u32,
    /// When it ends.
    pub ends: Option<Duration>,
    /// Digits that stand for it, and when they end.
    pub code: Option<(Digits, Duration)>,
    /// Of those it let in, how many have not arrived yet, and perhaps never do.
    coming: u32,
}

impl Invite {
    fn lasts(&self, now: Duration) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }

    fn has_uses(&self) -> bool {
        self.terms.uses.is_none_or(|uses| self.used < uses)
    }

    fn lives(&self, now: Duration) -> bool {
        self.lasts(now) && self.has_uses()
    }
}

/// All links of a room.
#[derive(Debug)]
pub struct Invites {
    /// Also those that are used up by a guest who has not arrived yet; those are hidden.
    list: Vec<Invite>,
    next: u32,
    wrong_codes: u32,
}

impl Default for Invites {
    fn default() -> Self {
        Invites { list: Vec::new(), next: 1, wrong_codes: 0 }
    }
}

impl Invites {
    /// Makes a link. None when there are too many.
    pub fn add(&mut self, secret: Secret, terms: InviteTerms, now: Duration) -> Option<InviteId> {
        self.tick(now);
        if self.list.len() >= MAX_INVITES {
            return None;
        }
        let id = InviteId(self.next);
        self.next += 1;
        let ends = terms.lasts.map(|lasts| now.saturating_add(lasts));
        self.list.push(Invite { id, secret, terms, maker: None, used: 0, ends, code: None, coming: 0 });
        Some(id)
    }

    /// The same for a guest.
    pub(super) fn add_by(
        &mut self,
        maker: PersonId,
        secret: Secret,
        terms: InviteTerms,
        now: Duration,
    ) -> Option<InviteId> {
        let id = self.add(secret, terms, now)?;
        self.list.last_mut()?.maker = Some(maker);
        Some(id)
    }

    /// The links that a guest has made.
    pub(super) fn made_by(&self, maker: PersonId) -> Vec<InviteId> {
        self.list.iter().filter(|invite| invite.maker == Some(maker)).map(|invite| invite.id).collect()
    }

    /// Takes a link back.
    pub fn revoke(&mut self, id: InviteId) -> bool {
        let before = self.list.len();
        self.list.retain(|invite| invite.id != id);
        self.list.len() != before
    }

    /// What a link grants from now on; its uses stay, and its end unless another time is given.
    pub fn change(&mut self, id: InviteId, terms: InviteTerms, now: Duration) -> bool {
        let Some(invite) = self.get_mut(id) else { return false };
        if terms.lasts != invite.terms.lasts {
            invite.ends = terms.lasts.map(|lasts| now.saturating_add(lasts));
        }
        invite.terms = terms;
        true
    }

    /// Gives a link digits to be read aloud, or takes them away.
    pub fn set_code(&mut self, id: InviteId, digits: Option<Digits>, now: Duration) -> bool {
        if self.get(id).is_none() {
            return false;
        }
        // Two links with the same digits: the older one's are gone.
        if let Some(digits) = &digits {
            for invite in &mut self.list {
                invite.code.take_if(|(other, _)| other == digits);
            }
            self.wrong_codes = 0;
        }
        let Some(invite) = self.get_mut(id) else { return false };
        invite.code = digits.map(|digits| (digits, now.saturating_add(CODE_ALIVE)));
        true
    }

    /// The living link with this secret.
    pub fn by_secret(&self, secret: &str, now: Duration) -> Option<&Invite> {
        // All are compared, so that the time tells nothing of where the right one lies.
        let mut found = None;
        for invite in &self.list {
            if invite.secret.is(secret) {
                found = Some(invite);
            }
        }
        found.filter(|invite| invite.lives(now))
    }

    /// The living link that these digits stand for. A wrong guess is counted, and too many end every code.
    pub fn by_code(&mut self, digits: &str, now: Duration) -> Option<&Invite> {
        let stands_for = |invite: &Invite| {
            invite.lives(now) && invite.code.as_ref().is_some_and(|(code, until)| now < *until && code.is(digits))
        };
        let found = self.list.iter().position(stands_for);
        if found.is_none() && self.iter().any(|invite| invite.code.is_some()) {
            self.wrong_codes += 1;
            if self.wrong_codes >= CODE_TRIES {
                self.list.iter_mut().for_each(|invite| invite.code = None);
            }
        }
        found.map(|index| &self.list[index])
    }

    /// The link of this number.
    pub fn get(&self, id: InviteId) -> Option<&Invite> {
        self.iter().find(|invite| invite.id == id)
    }

    fn get_mut(&mut self, id: InviteId) -> Option<&mut Invite> {
        self.list.iter_mut().find(|invite| invite.id == id && invite.has_uses())
    }

    /// A guest was let in by it and is still to arrive.
    pub fn used(&mut self, id: InviteId) {
        if let Some(invite) = self.get_mut(id) {
            invite.used = invite.used.saturating_add(1);
            invite.coming = invite.coming.saturating_add(1);
        }
    }

    /// One of those has arrived.
    pub(super) fn arrived(&mut self, id: InviteId) {
        if let Some(invite) = self.list.iter_mut().find(|invite| invite.id == id) {
            invite.coming = invite.coming.saturating_sub(1);
        }
    }

    /// One of those never did, so that another may come. False when the link has ended.
    pub(super) fn never_arrived(&mut self, id: InviteId) -> bool {
        let Some(invite) = self.list.iter_mut().find(|invite| invite.id == id) else { return false };
        invite.coming = invite.coming.saturating_sub(1);
        invite.used = invite.used.saturating_sub(1);
        true
    }

    /// Every link, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Invite> {
        self.list.iter().filter(|invite| invite.has_uses())
    }

    /// Drops what has ended. True when anything changed.
    pub fn tick(&mut self, now: Duration) -> bool {
        let before = self.iter().count();
        self.list.retain(|invite| invite.lasts(now) && (invite.has_uses() || invite.coming > 0));
        let mut changed = self.iter().count() != before;
        for invite in &mut self.list {
            changed |= invite.code.take_if(|(_, until)| now >= *until).is_some();
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Duration = Duration::ZERO;

    fn secret(n: u8) -> Secret {
        Secret::new([n; 16])
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_link_ends_with_its_time_and_its_uses() {
        let mut invites = Invites::default();
        let timed = InviteTerms { lasts: Some(seconds(60)), ..InviteTerms::default() };
        invites.add(secret(1), timed, T0);
        let once = InviteTerms { uses: Some(1), ..InviteTerms::default() };
        let id = invites.add(secret(2), once, T0).expect("a link");
        assert!(invites.by_secret(secret(1).as_str(), seconds(59)).is_some());
        assert!(invites.by_secret(secret(1).as_str(), seconds(60)).is_none());
        invites.used(id);
        assert!(invites.by_secret(secret(2).as_str(), T0).is_none());
        assert!(invites.tick(seconds(60)) && invites.iter().count() == 0);
    }

    #[test]
    fn a_use_comes_back_when_a_guest_who_was_let_in_never_arrives() {
        let mut invites = Invites::default();
        let twice = InviteTerms { uses: Some(2), lasts: Some(seconds(60)), ..InviteTerms::default() };
        let id = invites.add(secret(1), twice, T0).expect("a link");
        invites.used(id);
        invites.used(id);
        invites.tick(T0);
        assert!(invites.get(id).is_none() && invites.by_secret(secret(1).as_str(), T0).is_none(), "it is used up");
        invites.arrived(id);
        assert!(invites.never_arrived(id));
        assert_eq!(invites.get(id).map(|invite| invite.used), Some(1));
        invites.used(id);
        invites.arrived(id);
        invites.tick(T0);
        assert!(!invites.never_arrived(id), "all have arrived: it has ended");
        let id = invites.add(secret(2), twice, T0).expect("a link");
        invites.used(id);
        invites.used(id);
        invites.tick(seconds(60));
        assert!(!invites.never_arrived(id), "its time is over");
    }

    #[test]
    fn a_change_of_something_else_gives_no_more_time() {
        let mut invites = Invites::default();
        let timed = InviteTerms { lasts: Some(seconds(60)), ..InviteTerms::default() };
        let id = invites.add(secret(1), timed, T0).expect("a link");
        assert!(invites.change(id, InviteTerms { approval: true, ..timed }, seconds(50)));
        assert!(invites.by_secret(secret(1).as_str(), seconds(60)).is_none());
        let id = invites.add(secret(2), timed, T0).expect("a link");
        assert!(invites.change(id, InviteTerms { lasts: Some(seconds(20)), ..timed }, seconds(50)));
        assert!(invites.by_secret(secret(2).as_str(), seconds(69)).is_some());
    }

    #[test]
    fn a_code_lives_ten_minutes_and_dies_of_five_wrong_ones() {
        let mut invites = Invites::default();
        let id = invites.add(secret(1), InviteTerms::default(), T0).expect("a link");
        let digits = Digits::new([0, 0, 0, 0, 0, 1, 0, 0]);
        let code = digits.as_str().to_owned();
        invites.set_code(id, Some(digits.clone()), T0);
        assert!(invites.by_code(&code, seconds(599)).is_some());
        assert!(invites.by_code(&code, seconds(600)).is_none());
        invites.set_code(id, Some(digits), T0);
        for _ in 0..4 {
            assert!(invites.by_code("000000", T0).is_none());
        }
        assert!(invites.by_code(&code, T0).is_some(), "four wrong ones are not enough");
        assert!(invites.by_code("000000", T0).is_none());
        assert!(invites.by_code(&code, T0).is_none(), "the fifth was");
    }

    #[test]
    fn there_are_not_endlessly_many() {
        let mut invites = Invites::default();
        for n in 0..MAX_INVITES {
            assert!(invites.add(secret(n as u8), InviteTerms::default(), T0).is_some());
        }
        assert!(invites.add(secret(200), InviteTerms::default(), T0).is_none());
        assert!(invites.revoke(InviteId(1)) && !invites.revoke(InviteId(1)));
        assert!(invites.add(secret(200), InviteTerms::default(), T0).is_some());
    }
}
