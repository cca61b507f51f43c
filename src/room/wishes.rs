//! What a guest may wish for, and what comes of it: every message is decided here.

use super::talk::Emoji;
use super::{Grant, PeerId, Person, Right, Room, Secret, Want, clean_name, clean_text};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Something about the running game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Game {
    /// Pause it.
    Pause,
    /// Go on.
    Resume,
    /// The console's reset button.
    Reset,
    /// Write a save state.
    Save,
    /// Put one back.
    Load,
}

impl Game {
    /// The right that it takes.
    pub fn right(self) -> Right {
        match self {
            Game::Pause | Game::Resume | Game::Reset => Right::Pause,
            Game::Save | Game::Load => Right::States,
        }
    }
}

/// What a guest asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// To sit on this seat, or any.
    Ask(Option<usize>),
    /// Not any longer.
    Unask,
    /// To give a seat up.
    Stand(usize),
    /// To put somebody on a seat, or take them off.
    Sit {
        /// Whom.
        peer: PeerId,
        /// Where.
        seat: usize,
        /// On, or off.
        on: bool,
    },
    /// Something about the game; the slot is for states.
    Do(Game, u8),
    /// A link for others.
    Invite(Grant),
    /// To say something.
    Chat(String),
    /// To show something.
    React(Emoji),
    /// To be called something.
    Rename(String),
}

impl Wish {
    /// Its type, as pages call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Wish::Ask(_) => "ask",
            Wish::Unask => "unask",
            Wish::Stand(_) => "stand",
            Wish::Sit { .. } => "sit",
            Wish::Do(..) => "do",
            Wish::Invite(_) => "invite",
            Wish::Chat(_) => "chat",
            Wish::React(_) => "react",
            Wish::Rename(_) => "rename",
        }
    }
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Nothing more: the room has changed, or has not.
    Nothing,
    /// Something about the game.
    Do(Game, u8),
    /// Here is the link's secret.
    Invited(Secret),
    /// Everyone is to read this.
    Say(String),
    /// Everyone is to see this.
    Show(Emoji),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum No {
    /// They have no right to it.
    Right,
    /// There is no such thing, or no longer.
    Gone,
    /// Too many in too short a time.
    Slow,
    /// They were silenced.
    Muted,
}

impl Room {
    /// A peer wishes for something. `fresh` gives a secret that nobody knows.
    pub fn wish(
        &mut self,
        peer: PeerId,
        wish: Wish,
        fresh: impl FnOnce() -> Option<Secret>,
        now: Duration,
    ) -> Result<Deed, No> {
        let id = self.person_of(peer).ok_or(No::Gone)?;
        let may = |room: &Room, right| if room.has(peer, right) { Ok(()) } else { Err(No::Right) };
        match wish {
            Wish::Ask(seat) => {
                self.afford(id, |person| person.wishes.take(now))?;
                if seat.is_some_and(|seat| seat >= self.seats.len()) {
                    return Err(No::Gone);
                }
                if seat.is_some_and(|seat| self.seats[seat].contains(&id)) {
                    return Ok(Deed::Nothing);
                }
                let want = seat.map_or(Want::Any, Want::Seat);
                if self.people.get(&id).is_some_and(|person| person.wants == Some(want)) {
                    return Ok(Deed::Nothing);
                }
                self.change(peer, |person| person.wants = Some(want));
                // A free one is theirs at once where their link allows it; else the host sees the wish.
                self.fill_seats();
            }
            Wish::Unask => {
                self.afford(id, |person| person.wishes.take(now))?;
                if self.people.get(&id).is_some_and(|person| person.wants.is_some()) {
                    self.change(peer, |person| person.wants = None);
                }
            }
            Wish::Stand(seat) => {
                self.afford(id, |person| person.wishes.take(now))?;
                if !self.stand(id, seat) {
                    return Err(No::Gone);
                }
            }
            Wish::Sit { peer: other, seat, on } => {
                may(self, Right::Seats)?;
                self.afford(id, |person| person.wishes.take(now))?;
                // Whoever takes themselves off a seat has stood up.
                let stands = !on && self.known(other) == Some(id);
                if !(if stands { self.stand(id, seat) } else { self.sit(other, seat, on) }) {
                    return Err(No::Gone);
                }
            }
            Wish::Do(game, slot) => {
                may(self, game.right())?;
                if slot > 9 {
                    return Err(No::Gone);
                }
                self.afford(id, |person| person.states.take(now))?;
                return Ok(Deed::Do(game, slot));
            }
            Wish::Invite(grant) => {
                may(self, Right::Invite)?;
                self.afford(id, |person| person.wishes.take(now))?;
                if let Grant::Seat(seat) = grant
                    && seat >= self.seats.len()
                {
                    return Err(No::Gone);
                }
                let covers = self.people.get(&id).is_some_and(|person| person.passes_on().covers(grant));
                if !covers {
                    return Err(No::Right);
                }
                let secret = fresh().and_then(|secret| self.invite_by(id, grant, secret, now));
                return secret.map(Deed::Invited).ok_or(No::Slow);
            }
            Wish::Chat(text) => {
                self.speak(id, |person| person.chat.take(now))?;
                return clean_text(&text).map(Deed::Say).ok_or(No::Gone);
            }
            Wish::React(emoji) => {
                self.speak(id, |person| person.reactions.take(now))?;
                return Ok(Deed::Show(emoji));
            }
            Wish::Rename(name) => {
                let name = clean_name(&name).ok_or(No::Gone)?;
                if self.people.get(&id).is_some_and(|person| person.name == name) {
                    return Ok(Deed::Nothing);
                }
                // A name is read by everybody, as chat is: whoever was silenced writes nothing by it either.
                self.speak(id, |person| person.names.take(now))?;
                self.rename(peer, &name);
            }
        }
        Ok(Deed::Nothing)
    }

    /// Whatever everybody is told about, or costs the host work, can be had only so often.
    fn afford(&mut self, id: u32, take: impl FnOnce(&mut Person) -> bool) -> Result<(), No> {
        let person = self.people.get_mut(&id).ok_or(No::Gone)?;
        if take(person) { Ok(()) } else { Err(No::Slow) }
    }

    fn speak(&mut self, id: u32, take: impl FnOnce(&mut Person) -> bool) -> Result<(), No> {
        if self.people.get(&id).is_some_and(|person| person.muted) {
            return Err(No::Muted);
        }
        self.afford(id, take)
    }
}
