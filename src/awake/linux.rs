//! Linux desktops by D-Bus: the portal, which knows every desktop's own way, or else the screen saver; and logind for the sleep.
//!
//! Interfaces: `org.freedesktop.portal.Inhibit`, `org.freedesktop.ScreenSaver`, `org.freedesktop.login1.Manager`. Each forgets what
//! it was asked for when the connection that asked is closed, so a host that is killed keeps nothing awake.

use super::{InhibitError, Inhibitor};
use std::collections::HashMap;
use std::time::Duration;
use zbus::blocking::{Connection, connection};
use zbus::zvariant::{OwnedFd, OwnedObjectPath, Value};

/// A service that does not answer in this time is passed over.
const ANSWER: Duration = Duration::from_secs(3);
/// Of the portal: neither suspend (4) nor become idle (8).
const SUSPEND_AND_IDLE: u32 = 4 | 8;
const NAME: &str = "Hotseat";
const REASON: &str = "A game is being played";

/// What was given, until it is given back.
#[derive(Default)]
pub(super) struct Desktop {
    session: Option<Connection>,
    system: Option<Connection>,
    screen: Option<Screen>,
    /// Closing it lets the system sleep.
    sleep: Option<OwnedFd>,
}

enum Screen {
    Portal(OwnedObjectPath),
    Saver(u32),
}

impl Inhibitor for Desktop {
    fn hold(&mut self) -> Result<(), InhibitError> {
        // A connection that failed may be one that is gone.
        let screen = self.hold_screen().inspect_err(|_| self.session = None);
        let sleep = self.hold_sleep().inspect_err(|_| self.system = None);
        match (screen, sleep) {
            // One is better than none.
            (Err(screen), Err(sleep)) => Err(InhibitError::Both { screen: Box::new(screen), sleep: Box::new(sleep) }),
            (Err(why), Ok(())) | (Ok(()), Err(why)) => {
                tracing::debug!("{why}");
                Ok(())
            }
            (Ok(()), Ok(())) => Ok(()),
        }
    }

    fn release(&mut self) {
        self.sleep = None;
        let (Some(session), Some(screen)) = (&self.session, self.screen.take()) else { return };
        let released = match &screen {
            Screen::Portal(handle) => {
                let (to, interface) = ("org.freedesktop.portal.Desktop", "org.freedesktop.portal.Request");
                session.call_method(Some(to), handle, Some(interface), "Close", &())
            }
            Screen::Saver(cookie) => {
                let (to, path) = ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver");
                session.call_method(Some(to), path, Some(to), "UnInhibit", cookie)
            }
        };
        if let Err(error) = released {
            tracing::debug!("the screen saver was not told of the end: {error}");
            // It is told by this.
            self.session = None;
        }
    }
}

impl Desktop {
    fn hold_screen(&mut self) -> Result<(), InhibitError> {
        let session = connected(&mut self.session, connection::Builder::session, "session")?;
        let portal = by_portal(session).map(Screen::Portal);
        let screen = portal.or_else(|error| {
            tracing::debug!("the portal does not keep the screen on: {error}");
            by_screen_saver(session).map(Screen::Saver)
        });
        self.screen = Some(screen.map_err(|error| InhibitError::Screen(error.into()))?);
        Ok(())
    }

    fn hold_sleep(&mut self) -> Result<(), InhibitError> {
        let system = connected(&mut self.system, connection::Builder::system, "system")?;
        let (to, path) = ("org.freedesktop.login1", "/org/freedesktop/login1");
        let words = ("idle:sleep", NAME, REASON, "block");
        let answer = system.call_method(Some(to), path, Some("org.freedesktop.login1.Manager"), "Inhibit", &words);
        let fd = answer.and_then(|answer| answer.body().deserialize::<OwnedFd>());
        self.sleep = Some(fd.map_err(|error| InhibitError::Sleep(error.into()))?);
        Ok(())
    }
}

fn by_portal(session: &Connection) -> zbus::Result<OwnedObjectPath> {
    let options = HashMap::from([("reason", Value::from(REASON))]);
    let (to, path) = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop");
    let words = ("", SUSPEND_AND_IDLE, options);
    let answer = session.call_method(Some(to), path, Some("org.freedesktop.portal.Inhibit"), "Inhibit", &words)?;
    answer.body().deserialize()
}

fn by_screen_saver(session: &Connection) -> zbus::Result<u32> {
    let (to, path) = ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver");
    session.call_method(Some(to), path, Some(to), "Inhibit", &(NAME, REASON))?.body().deserialize()
}

/// The connection from before, or a new one.
fn connected<'a>(
    known: &'a mut Option<Connection>,
    open: impl FnOnce() -> zbus::Result<connection::Builder<'static>>,
    bus: &'static str,
) -> Result<&'a Connection, InhibitError> {
    match known {
        Some(connection) => Ok(connection),
        None => {
            let connection = open().and_then(|builder| builder.method_timeout(ANSWER).build());
            let connection = connection.map_err(|error| InhibitError::NoBus { bus, cause: error.into() })?;
            Ok(known.insert(connection))
        }
    }
}
