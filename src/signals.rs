//! Signals of the system, or of a terminal, that ask the program to end.

use crate::messages;
use crate::sync::{SpawnError, spawn};
use crate::text::IoCause;
use std::sync::mpsc::sync_channel;

messages! {
    /// Why signals are not listened to.
    pub enum SignalError in signals {
        runtime => Runtime { cause: IoCause },
        thread => Thread { cause: SpawnError },
        refused => Refused,
    }
}

/// Calls `stop` on SIGTERM, SIGINT or SIGHUP, so that saves are written and guests are told. The second signal ends the
/// process at once.
pub fn on_end(stop: impl Fn() + Send + 'static) -> Result<(), SignalError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| SignalError::Runtime { cause: error.into() })?;
    let (ready, is_ready) = sync_channel(1);
    spawn("signals", move || {
        runtime.block_on(async move {
            use tokio::signal::unix::{SignalKind, signal};
            let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
            let [Ok(mut term), Ok(mut int), Ok(mut hup)] = kinds.map(signal) else { return };
            let _ = ready.send(());
            for times in 0.. {
                tokio::select! { _ = term.recv() => {}, _ = int.recv() => {}, _ = hup.recv() => {} }
                if times > 0 {
                    std::process::exit(1);
                }
                stop();
            }
        });
    })
    .map_err(|cause| SignalError::Thread { cause })?;
    is_ready.recv().map_err(|_| SignalError::Refused)
}
