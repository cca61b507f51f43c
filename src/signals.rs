//! The wish of the system, or of a terminal, that the program end.

use crate::sync::spawn;
use std::sync::mpsc::sync_channel;

/// Calls `wish` on SIGTERM, SIGINT or SIGHUP, so that saves are written and friends are told. The second one ends the
/// process at once.
pub fn on_end(wish: impl Fn() + Send + 'static) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("Signals cannot be listened to: {error}.");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
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
                wish();
            }
        });
    })?;
    is_ready.recv().map_err(|_| "Signals cannot be listened to.".to_owned())
}
