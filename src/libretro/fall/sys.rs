//! The signal handler. What it calls takes no lock and no memory, or is given up on after two seconds.
#![allow(unsafe_code)]

use crate::link::Link;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, OnceLock};

/// Ends by which a core shows that something is wrong with it.
const SIGNALS: [c_int; 7] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP, libc::SIGSYS];
/// For the unwinder, on threads whose own stack may be what is broken.
const STACK_BYTES: usize = 128 << 10;
/// In seconds: the unwinder may wait for a lock that the fallen thread holds.
const LIMIT: libc::c_uint = 2;

static LINK: OnceLock<Arc<Link>> = OnceLock::new();
static MAP: AtomicI32 = AtomicI32::new(-1);

unsafe extern "C" {
    /// Calls back for each frame of the stack, from the compiler's own library, which Rust's is linked with.
    fn _Unwind_Backtrace(
        callback: unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIP(context: *mut c_void) -> usize;
}

/// `map` is the open map of this process, or -1.
pub fn install(link: Arc<Link>, map: c_int) {
    if LINK.set(link).is_err() {
        return;
    }
    MAP.store(map, Ordering::Release);
    let stack = Box::leak(vec![0u8; STACK_BYTES].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: STACK_BYTES };
    // SAFETY: the stack lives as long as the process.
    unsafe { libc::sigaltstack(&raw const stack, std::ptr::null_mut()) };
    for signal in SIGNALS {
        // SAFETY: zeroes are a valid value of this plain struct.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = on_signal as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        // SAFETY: the handler has the type that SA_SIGINFO asks for and keeps to what handlers may do.
        unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
    }
}

unsafe extern "C" fn on_signal(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // The thread that fell first.
    static FALLING: AtomicI32 = AtomicI32::new(0);
    // SAFETY: no arguments.
    let own = unsafe { libc::gettid() };
    let first = FALLING.compare_exchange(0, own, Ordering::AcqRel, Ordering::Acquire);
    if first.is_err_and(|other| other != own) {
        // Others fall as well where memory that they share is gone: the first is noted, and its end or the alarm is theirs.
        loop {
            // SAFETY: no arguments.
            unsafe { libc::pause() };
        }
    }
    if let (Ok(_), Some(link)) = (first, LINK.get()) {
        // SAFETY: the kernel hands both to a handler of this kind, valid while it runs.
        let (code, address, at) = unsafe { ((*info).si_code, (*info).si_addr() as u64, place(context)) };
        link.note_fall(signal, code, address, at);
        // SAFETY: sets a timer whose signal ends the process, also where a core has another use for it.
        unsafe {
            libc::signal(libc::SIGALRM, libc::SIG_DFL);
            let mut alarm: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut alarm);
            libc::sigaddset(&raw mut alarm, libc::SIGALRM);
            libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const alarm, std::ptr::null_mut());
            libc::alarm(LIMIT);
        }
        note_map(link);
        // SAFETY: the callback keeps to its type; LINK outlives the call.
        unsafe { _Unwind_Backtrace(note_frame, std::ptr::null_mut()) };
    }
    // One that was sent from outside would not come again by itself. It waits until this handler is left, and its action is
    // the usual one then: also where a core's own handler called this one, which would be called again otherwise.
    // SAFETY: plain numbers.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::syscall(libc::SYS_tgkill, libc::getpid(), own, signal);
    }
}

unsafe extern "C" fn note_frame(context: *mut c_void, _: *mut c_void) -> c_int {
    /// `_URC_NO_REASON` goes on, `_URC_NORMAL_STOP` stops.
    const ON: c_int = 0;
    const STOP: c_int = 4;
    // SAFETY: the unwinder's own context, valid during the callback.
    let address = unsafe { _Unwind_GetIP(context) };
    match LINK.get().is_some_and(|link| link.note_frame(address as u64)) {
        true => ON,
        false => STOP,
    }
}

/// Copies the map of this process into the shared memory.
fn note_map(link: &Link) {
    let file = MAP.load(Ordering::Acquire);
    loop {
        let (place, left) = link.map_place();
        // SAFETY: `left` bytes of the shared memory, which only this handler writes.
        let read = unsafe { libc::read(file, place.cast(), left) };
        match usize::try_from(read) {
            Ok(read) if read > 0 => link.note_map(read),
            _ => return,
        }
    }
}

/// Where the program was.
///
/// # Safety
/// `context` is what the kernel handed to a handler.
unsafe fn place(context: *mut c_void) -> u64 {
    let context = context.cast::<libc::ucontext_t>();
    #[cfg(target_arch = "x86_64")]
    // SAFETY: handed to the caller.
    let at = unsafe { (*context).uc_mcontext.gregs[libc::REG_RIP as usize] } as u64;
    #[cfg(target_arch = "aarch64")]
    // SAFETY: handed to the caller.
    let at = unsafe { (*context).uc_mcontext.pc };
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let at = {
        let _ = context;
        0
    };
    at
}
