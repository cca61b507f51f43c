//! Drawing with the graphics card, for cores that do.
//!
//! A core has one context at a time, and the thread that runs it has that context from the first frame on. The core draws into
//! a framebuffer of ours, whose picture is read into the frame ring. Nothing in here is locked while the core is called, nor
//! is the front end while the card draws: a driver may call the core back to tell what it thinks of it.

mod framebuffer;
mod gpus;
mod probe;
mod request;
mod rows;
mod sys;

pub use probe::main as probe;
pub use request::{Request, api_name};
pub use sys::{is_there, proc_address};

use crate::link::message::{HardwareProblem, HardwareSeen};
use framebuffer::Framebuffer;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use sys::Context;

/// What the core draws with.
struct Canvas {
    request: Request,
    /// The API in words.
    api: String,
    context: Context,
    /// From the first frame on.
    framebuffer: Option<Framebuffer>,
    /// The largest size that the core stated when this context was made.
    stated: (u32, u32),
    /// It stated another on a thread that does not have the context.
    restated: Option<(u32, u32)>,
    /// How often there was a new context.
    contexts: u32,
    /// Pictures that were read.
    pictures: u64,
}

static CANVAS: Mutex<Option<Canvas>> = Mutex::new(None);

/// OpenGL's name of the framebuffer, for a core that asks while the canvas is in use.
static FRAMEBUFFER: AtomicUsize = AtomicUsize::new(0);

fn canvas() -> MutexGuard<'static, Option<Canvas>> {
    CANVAS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a context such as the core asks for, in place of one that it asked for before. It is nobody's until [`begin`]. While
/// the game runs the core may ask again for what it has, and is told by other functions from then on.
pub fn ask(request: Request, api: String) -> Result<(), HardwareProblem> {
    let mut canvas = canvas();
    if let Some(it) = canvas.as_mut().filter(|it| it.framebuffer.is_some()) {
        if it.request.api != request.api {
            return Err(HardwareProblem::NoContext { api, egl: format!("it has {}", it.api) });
        }
        it.request = request;
        return Ok(());
    }
    *canvas = None;
    let context = Context::create(&request, &api)?;
    context.release();
    let nothing = (0, 0);
    *canvas = Some(Canvas {
        request,
        api,
        context,
        framebuffer: None,
        stated: nothing,
        restated: None,
        contexts: 0,
        pictures: 0,
    });
    Ok(())
}

/// The core draws in memory after all. False: its game runs, with the context that it has.
pub fn withdraw() -> bool {
    let mut canvas = canvas();
    let runs = canvas.as_ref().is_some_and(|it| it.framebuffer.is_some());
    if !runs {
        *canvas = None;
    }
    !runs
}

/// The core is gone.
pub fn give_up() {
    FRAMEBUFFER.store(0, Relaxed);
    *canvas() = None;
}

/// The game is loaded, and this thread runs it: gives it the context, with a framebuffer for its largest picture, and tells
/// the core. Nothing happens if none was asked for.
pub fn begin(largest: (u32, u32)) -> Result<(), HardwareProblem> {
    let mut canvas = canvas();
    let Some(it) = &mut *canvas else { return Ok(()) };
    let begun = it.begin(largest);
    let reset = it.request.reset;
    if begun.is_err() {
        *canvas = None;
    }
    drop(canvas);
    begun?;
    crate::libretro::sys::call_context(reset);
    // It may have made contexts of its own.
    hold();
    Ok(())
}

/// Tells the core that its context goes, while it still has it.
pub fn end() {
    let destroy = canvas().as_ref().filter(|it| it.framebuffer.is_some()).map(|it| it.request.destroy);
    hold();
    if let Some(destroy) = destroy {
        crate::libretro::sys::call_context(destroy);
    }
}

/// Sees to it that this thread has the context whenever the core is called next: one with contexts of its own may have left
/// another there.
pub fn hold() {
    if let Some(canvas) = &*canvas()
        && canvas.framebuffer.is_some()
        && !canvas.context.is_current()
    {
        canvas.context.make_current();
    }
}

/// The core stated its largest picture anew. Like other front ends, this gives it a new context if it is another size, unless
/// the core would rather keep the one it has.
pub fn restate(largest: (u32, u32)) -> Result<(), HardwareProblem> {
    let mut canvas = canvas();
    let Some(it) = canvas.as_mut().filter(|it| it.framebuffer.is_some() && it.stated != largest) else {
        return Ok(());
    };
    if !it.context.is_current() {
        it.restated = Some(largest);
        return Ok(());
    }
    if it.request.cache_context {
        it.stated = largest;
        it.make_room(largest.0, largest.1);
        return Ok(());
    }
    let destroy = it.request.destroy;
    drop(canvas);
    crate::libretro::sys::call_context(destroy);
    renew(largest)
}

/// What was stated on a thread without the context, now that this one has it.
pub fn catch_up() -> Result<(), HardwareProblem> {
    let restated = canvas().as_mut().and_then(|canvas| canvas.restated.take());
    restated.map_or(Ok(()), restate)
}

/// Another context in place of the one that the core has just been told to leave.
fn renew(largest: (u32, u32)) -> Result<(), HardwareProblem> {
    let mut canvas = canvas();
    let Some(mut it) = canvas.take() else { return Ok(()) };
    FRAMEBUFFER.store(0, Relaxed);
    it.framebuffer = None;
    let Canvas { request, api, context, contexts, pictures, .. } = it;
    drop(context);
    let context = Context::create(&request, &api)?;
    let mut it =
        Canvas { request, api, context, framebuffer: None, stated: largest, restated: None, contexts, pictures };
    it.begin(largest)?;
    *canvas = Some(it);
    drop(canvas);
    crate::libretro::sys::call_context(request.reset);
    hold();
    Ok(())
}

/// The core will draw a picture of this size: makes room for it where there is none yet.
pub fn make_room(width: u32, height: u32) {
    if let Some(canvas) = &mut *canvas() {
        canvas.make_room(width, height);
    }
}

/// The largest side of a picture that can be drawn, in pixels; none for a core that does not draw with the card.
pub fn most() -> Option<u32> {
    canvas().as_ref().and_then(|canvas| canvas.framebuffer.as_ref()).map(Framebuffer::most)
}

/// The name of the framebuffer to draw into.
pub fn framebuffer() -> usize {
    FRAMEBUFFER.load(Relaxed)
}

/// Reads what was drawn into `pixels`, `width * height * 4` bytes: the highest row first, blue first. False: there is no context on this thread to read with,
/// or the picture is larger than the card can draw.
pub fn read(width: u32, height: u32, pixels: &mut [u8]) -> bool {
    canvas().as_mut().is_some_and(|canvas| canvas.read(width, height, pixels))
}

/// What was drawn with, for reports.
pub fn seen() -> Option<HardwareSeen> {
    canvas().as_ref().map(|canvas| HardwareSeen {
        api: canvas.api.clone(),
        version: canvas.context.version.clone(),
        renderer: canvas.context.renderer.clone(),
        contexts: canvas.contexts,
        pictures: canvas.pictures,
    })
}

impl Canvas {
    fn begin(&mut self, largest: (u32, u32)) -> Result<(), HardwareProblem> {
        if !self.context.is_current() && !self.context.make_current() {
            let egl = "it is another thread's".to_owned();
            return Err(HardwareProblem::NoContext { api: self.api.clone(), egl });
        }
        let framebuffer = Framebuffer::new(self.context.gl(), &self.request, largest)?;
        FRAMEBUFFER.store(framebuffer.name(), Relaxed);
        self.framebuffer = Some(framebuffer);
        self.stated = largest;
        self.contexts += 1;
        Ok(())
    }

    fn make_room(&mut self, width: u32, height: u32) {
        if let Some(framebuffer) = &mut self.framebuffer
            && !framebuffer.holds(width, height)
            && self.context.is_current()
        {
            framebuffer.grow_to(self.context.gl(), width, height);
        }
    }

    fn read(&mut self, width: u32, height: u32, pixels: &mut [u8]) -> bool {
        let Some(framebuffer) = &mut self.framebuffer else { return false };
        let (gl, bottom_left_origin) = (self.context.gl(), self.request.bottom_left_origin);
        let mut read = || {
            if !framebuffer.holds(width, height) {
                framebuffer.grow_to(gl, width, height);
            }
            let holds = framebuffer.holds(width, height);
            if holds {
                framebuffer.read(gl, width, height, pixels);
                if bottom_left_origin {
                    rows::flip(pixels, width as usize * 4);
                }
            }
            holds
        };
        // A core with contexts of its own may show a picture with one of them current.
        let done = if self.context.is_current() { read() } else { self.context.borrow(read).unwrap_or(false) };
        self.pictures += u64::from(done);
        done
    }
}
