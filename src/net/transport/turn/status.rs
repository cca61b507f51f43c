//! What is known of the relays that this host uses itself.

use super::super::binding::BindingFailure;
use crate::messages;
use crate::text::IoCause;
use std::net::SocketAddr;

messages! {
    /// Why a relay is of no use now. Each is tried again.
    pub enum TurnProblem in turn_problem {
        no_answer => NoAnswer,
        credentials => Credentials,
        refused => Refused { code: u16 },
        /// It answers something that is no answer.
        nonsense => Nonsense,
        unreachable => Unreachable { cause: IoCause },
        certificate => Certificate,
        closed => Closed,
        /// The allocation ended, or too many addresses were sent to by it.
        ended => Ended,
    }
}

impl From<BindingFailure> for TurnProblem {
    fn from(failure: BindingFailure) -> TurnProblem {
        match failure {
            BindingFailure::NoAnswer => TurnProblem::NoAnswer,
            BindingFailure::Refused(code) => TurnProblem::Refused { code },
            BindingFailure::Nonsense => TurnProblem::Nonsense,
        }
    }
}

/// How it is with one relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnOutcome {
    Asking,
    /// It relays from there.
    Relaying(SocketAddr),
    Failed(TurnProblem),
}

/// Each relay's URL, and how it is with it.
pub type TurnStatus = Vec<(String, TurnOutcome)>;
