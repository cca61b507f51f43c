//! Keeps the screen saver and the system's sleep away while a game is played.
//!
//! [`wanted`] decides, a thread of its own asks the desktop: nothing here makes the engine or the window wait. What cannot be had
//! is a line in the log, and the game is played all the same.

#[cfg(target_os = "linux")]
mod linux;

use crate::sync::{SpawnError, spawn};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// A change that follows another one soon, such as a pause of a moment, is none.
const SETTLES: Duration = Duration::from_millis(300);
/// How long the end of the program waits for a desktop to hear of it. It hears in any case when the connection is gone.
const LAST_WORD: Duration = Duration::from_millis(500);

/// What counts for whether somebody plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The game runs, or is on its way to: a crash that is recovered from is no end.
    pub runs: bool,
    /// There is a window, and it is not minimised.
    pub window_shown: bool,
    pub guests: usize,
}

/// Whether the system is to stay awake.
pub fn wanted(moment: Moment) -> bool {
    moment.runs && (moment.window_shown || moment.guests > 0)
}

/// What a desktop's own library says; only for the log.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the desktop does not do it.
#[derive(Debug, thiserror::Error)]
enum InhibitError {
    #[error("no {bus} bus: {cause}")]
    NoBus { bus: &'static str, cause: Cause },
    #[error("neither portal nor screen saver take it: {0}")]
    Screen(Cause),
    #[error("logind does not take it: {0}")]
    Sleep(Cause),
    #[error("{screen}; {sleep}")]
    Both { screen: Box<InhibitError>, sleep: Box<InhibitError> },
    #[cfg(any(test, not(target_os = "linux")))]
    #[error("there is no way to yet on this system")]
    NoWay,
}

/// The desktop's means, which may be slow or missing.
trait Inhibitor: Send {
    /// Asks for it.
    fn hold(&mut self) -> Result<(), InhibitError>;
    fn release(&mut self);
}

/// A system without any.
#[cfg(not(target_os = "linux"))]
struct Nothing;

#[cfg(not(target_os = "linux"))]
impl Inhibitor for Nothing {
    fn hold(&mut self) -> Result<(), InhibitError> {
        Err(InhibitError::NoWay)
    }

    fn release(&mut self) {}
}

/// The thread that speaks to the desktop. Dropping it lets the system sleep again.
pub struct Awake {
    wishes: Option<SyncSender<bool>>,
    wished: bool,
    ended: Receiver<()>,
}

impl Awake {
    pub fn start() -> Result<Awake, SpawnError> {
        #[cfg(target_os = "linux")]
        let inhibitor = linux::Desktop::default();
        #[cfg(not(target_os = "linux"))]
        let inhibitor = Nothing;
        Awake::with(inhibitor)
    }

    fn with(mut inhibitor: impl Inhibitor + 'static) -> Result<Awake, SpawnError> {
        // Full, a wish is made again with the next look.
        let (wishes, inbox) = sync_channel(4);
        let (end, ended) = sync_channel(1);
        spawn("awake", move || {
            run(&mut inhibitor, &inbox);
            let _ = end.try_send(());
        })?;
        Ok(Awake { wishes: Some(wishes), wished: false, ended })
    }

    /// Called with every look at the game; tells the thread what changed and never waits.
    pub fn look(&mut self, moment: Moment) {
        let wish = wanted(moment);
        if wish != self.wished && self.wishes.as_ref().is_some_and(|wishes| wishes.try_send(wish).is_ok()) {
            self.wished = wish;
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.wishes = None;
        let _ = self.ended.recv_timeout(LAST_WORD);
    }
}

/// Asks for a moment whether the desktop would do it. Waits for its answer.
pub fn try_it() -> bool {
    #[cfg(target_os = "linux")]
    let mut inhibitor = linux::Desktop::default();
    #[cfg(not(target_os = "linux"))]
    let mut inhibitor = Nothing;
    let works = inhibitor.hold().inspect_err(|why| tracing::info!("screen saver: {why}")).is_ok();
    inhibitor.release();
    works
}

fn run(inhibitor: &mut impl Inhibitor, inbox: &Receiver<bool>) {
    let mut held = false;
    while let Ok(mut wish) = inbox.recv() {
        let over = loop {
            match inbox.recv_timeout(SETTLES) {
                Ok(newer) => wish = newer,
                Err(RecvTimeoutError::Timeout) => break false,
                Err(RecvTimeoutError::Disconnected) => break true,
            }
        };
        if over {
            break;
        }
        if wish && !held {
            match inhibitor.hold() {
                Ok(()) => held = true,
                Err(why) => tracing::info!("the screen saver may come while the game runs: {why}"),
            }
        } else if !wish && held {
            inhibitor.release();
            held = false;
        }
    }
    if held {
        inhibitor.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Sender;

    #[test]
    fn the_system_stays_awake_while_somebody_plays() {
        let moment = |runs, window_shown, guests| wanted(Moment { runs, window_shown, guests });
        assert!(moment(true, true, 0) && moment(true, false, 1));
        for asleep in [moment(true, false, 0), moment(false, true, 0), moment(false, true, 3), moment(false, false, 1)]
        {
            assert!(!asleep);
        }
    }

    struct Told {
        to: Sender<&'static str>,
        works: bool,
    }

    impl Inhibitor for Told {
        fn hold(&mut self) -> Result<(), InhibitError> {
            let _ = self.to.send("hold");
            if self.works { Ok(()) } else { Err(InhibitError::NoWay) }
        }

        fn release(&mut self) {
            let _ = self.to.send("release");
        }
    }

    /// Each look at the game with what the desktop is told of it, and what it is told in the end.
    fn told(works: bool, looks: &[(bool, Option<&'static str>)]) -> Vec<&'static str> {
        let (to, out) = std::sync::mpsc::channel();
        let mut awake = Awake::with(Told { to, works }).unwrap();
        for (runs, expected) in looks {
            awake.look(Moment { runs: *runs, window_shown: true, guests: 0 });
            if let Some(expected) = expected {
                assert_eq!(out.recv_timeout(Duration::from_secs(30)), Ok(*expected));
            }
        }
        drop(awake);
        out.into_iter().collect()
    }

    #[test]
    fn the_desktop_is_told_of_each_change_once_and_at_the_end() {
        let (hold, release) = (Some("hold"), Some("release"));
        let looks = [(false, None), (true, hold), (true, None), (false, release), (true, hold)];
        assert_eq!(told(true, &looks), ["release"]);
        let nothing: [&str; 0] = [];
        assert_eq!(told(false, &[(true, hold), (false, None)]), nothing, "what was not given is not given back");
    }

    #[test]
    fn a_pause_of_a_moment_is_none() {
        let (to, out) = std::sync::mpsc::channel();
        let mut awake = Awake::with(Told { to, works: true }).unwrap();
        for runs in [true, false, true] {
            awake.look(Moment { runs, window_shown: true, guests: 0 });
        }
        assert_eq!(out.recv_timeout(Duration::from_secs(30)), Ok("hold"));
        drop(awake);
        assert_eq!(out.into_iter().collect::<Vec<_>>(), ["release"]);
    }
}
