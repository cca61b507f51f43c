//! How friends who are elsewhere get in: what is started for that, and ended when the host wants none of it.

use super::thread::Message;
use crate::net::NetHandle;
use crate::net::meeting::{Meeting, MeetingConfig, MeetingStatus};
use crate::sync::SpawnError;
use std::sync::mpsc::SyncSender;

/// What may be used to reach friends beyond the local network; nothing by default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Internet {
    /// Where host and pages meet when neither can be reached.
    pub meeting: Option<MeetingConfig>,
}

/// How it is with each of that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InternetStatus {
    /// Each broker, and how it is with it.
    pub brokers: MeetingStatus,
}

/// What runs of that.
pub(super) struct Reach {
    config: Internet,
    net: NetHandle,
    messages: SyncSender<Message>,
    meeting: Option<Meeting>,
    /// Of the links that there are.
    secrets: Vec<String>,
}

impl Reach {
    pub(super) fn new(net: NetHandle, messages: SyncSender<Message>) -> Reach {
        Reach { config: Internet::default(), net, messages, meeting: None, secrets: Vec::new() }
    }

    /// Starts what is wanted now, and ends what is not any more.
    pub(super) fn apply(&mut self, config: Internet) -> Result<(), SpawnError> {
        if self.config.meeting != config.meeting {
            self.meeting = None;
            if let Some(meeting) = &config.meeting {
                let messages = self.messages.clone();
                let on_status = move |status| {
                    // Full: the next news says how it is, too.
                    let _ = messages.try_send(Message::Brokers(status));
                };
                let meeting = Meeting::start(meeting, self.net.clone(), on_status)?;
                meeting.set_invites(self.secrets.clone());
                self.meeting = Some(meeting);
            }
        }
        self.config = config;
        Ok(())
    }

    /// The page by which friends anywhere meet the host.
    pub(super) fn page(&self) -> Option<String> {
        self.config.meeting.as_ref().map(|meeting| meeting.page.to_string())
    }

    /// The links that there are now.
    pub(super) fn set_invites(&mut self, secrets: Vec<String>) {
        if self.secrets != secrets {
            if let Some(meeting) = &self.meeting {
                meeting.set_invites(secrets.clone());
            }
            self.secrets = secrets;
        }
    }

    /// The addresses of this machine changed.
    pub(super) fn network_changed(&self) {
        if let Some(meeting) = &self.meeting {
            meeting.network_changed();
        }
    }
}
