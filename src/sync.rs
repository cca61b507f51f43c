//! Small things that threads share: the clock, wake-ups, named threads.

mod event;
mod sys;

pub use event::Event;
pub use sys::Claim;

use crate::messages;
use crate::text::IoCause;
use std::thread::JoinHandle;
use std::time::Duration;

messages! {
    /// Why a thread does not start.
    pub enum SpawnError in spawn {
        refused => Refused { thread: &'static str, cause: IoCause },
    }
}

/// Where code is told the time that runs on its own: [`now`], or a test's.
pub type Clock = fn() -> Duration;

/// The monotonic clock, the same for all processes of the machine.
pub fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
}

/// What the processor has worked for this thread: what others do meanwhile does not count.
pub fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
}

/// Sleeps until the monotonic clock shows `deadline`; absolute, so that being late once does not add up.
pub fn sleep_until(deadline: Duration) {
    let time =
        rustix::time::Timespec { tv_sec: deadline.as_secs().cast_signed(), tv_nsec: deadline.subsec_nanos().into() };
    while rustix::thread::clock_nanosleep_absolute(rustix::time::ClockId::Monotonic, &time)
        == Err(rustix::io::Errno::INTR)
    {}
}

/// Starts a thread with a name that shows in debuggers and `top -H` (15 bytes at most are shown).
pub fn spawn<T: Send + 'static>(
    name: &'static str,
    body: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, SpawnError> {
    let started = std::thread::Builder::new().name(name.into()).spawn(body);
    started.map_err(|error| SpawnError::Refused { thread: name, cause: error.into() })
}

/// Asks the kernel to wake this thread on time: by default it may be 50 µs late to save power.
pub fn wake_precisely() {
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
}

/// The same, and asks to go before others: inputs first, then the game's pace, which need not wait until an encoder has had
/// its turn, up to a millisecond; then the encoder, before other programs' work. What comes first takes the shortest.
pub fn wake_before_others(claim: Claim) {
    wake_precisely();
    sys::claim(claim);
}
