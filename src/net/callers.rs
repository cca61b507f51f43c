//! Pages that wait on their WebSockets for an answer.

use crate::session::protocol::ToPage;
use crate::session::{JoinId, Reply};
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// The ways back to them.
#[derive(Default)]
pub(super) struct Callers {
    open: BTreeMap<JoinId, mpsc::Sender<Reply>>,
    last: u64,
}

impl Callers {
    /// One more.
    pub fn add(&mut self, reply: mpsc::Sender<Reply>) -> JoinId {
        self.last += 1;
        let id = JoinId(self.last);
        self.open.insert(id, reply);
        id
    }

    /// Says something to a page; anything but that it has to wait is the last word.
    pub fn reply(&mut self, id: JoinId, reply: Reply) {
        let is_last = reply.message != ToPage::Waiting;
        if let Some(sender) = self.open.get(&id) {
            // Full or closed: the page is gone, or never reads.
            let _ = sender.try_send(reply);
        }
        if is_last {
            self.open.remove(&id);
        }
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
