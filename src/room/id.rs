//! Numbers of the room's things, each of a type of its own, none ever used twice.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$about:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $name(pub u32);

            impl fmt::Display for $name {
                fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(to)
                }
            }
        )*
    };
}

ids! {
    /// One connection of a person.
    PeerId,
    /// The holder of one token, over all their connections.
    PersonId,
    InviteId,
    /// A request to be let in.
    RequestId,
}
