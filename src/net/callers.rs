//! Pages on their carriers, who wait for an answer or are in.

use crate::session::{JoinId, Reply};
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// The ways back to them.
#[derive(Default)]
pub(super) struct Callers {
    open: BTreeMap<JoinId, mpsc::Sender<Reply>>,
}

impl Callers {
    /// One more.
    pub fn add(&mut self, id: JoinId, reply: mpsc::Sender<Reply>) {
        self.open.insert(id, reply);
    }

    /// Says something to a page.
    pub fn reply(&mut self, id: JoinId, reply: Reply) {
        let is_last = reply.message.is_last();
        if let Some(sender) = self.open.get(&id) {
            // Full or closed: the page is gone, or never reads.
            let _ = sender.try_send(reply);
        }
        if is_last {
            self.open.remove(&id);
        }
    }

    /// Nothing more is said to it.
    pub fn forget(&mut self, id: JoinId) {
        self.open.remove(&id);
    }

    /// Takes those out that hung up.
    pub fn hung_up(&mut self) -> Vec<JoinId> {
        let gone: Vec<JoinId> = self.open.iter().filter(|(_, it)| it.is_closed()).map(|(&id, _)| id).collect();
        gone.iter().for_each(|id| {
            self.open.remove(id);
        });
        gone
    }
}
