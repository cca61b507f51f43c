//! EGL, loaded when a core asks for it: displays without a screen, and contexts on them.
//!
//! A machine without EGL runs every other core. What is found first is taken: a graphics card, by the device it is; what Mesa
//! takes without any surface, which draws with the processor where there is no card; whatever the system has.
#![allow(unsafe_code)]

use super::gpus::{self, Gpu, Way};
use super::request::{Api, FIRST_CORE, Request};
use crate::libretro::sys;
use crate::link::message::HardwareProblem;
use glow::HasContext;
use khronos_egl as egl;
use std::ffi::{CStr, c_char, c_void};
use std::sync::OnceLock;

/// What names the card to draw with: its file, such as `/dev/dri/renderD129`, or `software`.
const GPU_VARIABLE: &str = "HOTSEAT_GPU";

const LIBRARY: &str = "libEGL.so.1";

type Instance = egl::DynamicInstance<egl::EGL1_4>;
type GetPlatformDisplay = unsafe extern "system" fn(egl::Enum, *mut c_void, *const egl::Int) -> egl::EGLDisplay;
type QueryDevices = unsafe extern "system" fn(egl::Int, *mut *mut c_void, *mut egl::Int) -> egl::Boolean;
type QueryDeviceString = unsafe extern "system" fn(*mut c_void, egl::Int) -> *const c_char;

// Of extensions, which the crate does not have: names and values from Khronos' eglext.h.
const PLATFORM_DEVICE_EXT: egl::Enum = 0x313F;
const PLATFORM_SURFACELESS_MESA: egl::Enum = 0x31DD;
const DRM_DEVICE_FILE_EXT: egl::Int = 0x3233;
const DRM_RENDER_NODE_FILE_EXT: egl::Int = 0x3377;
const CONTEXT_FLAGS_KHR: egl::Int = 0x30FC;
const CONTEXT_DEBUG_BIT_KHR: egl::Int = 1;

/// The most devices that are looked at.
const MAX_DEVICES: usize = 16;

/// The library, once it was asked for.
fn library() -> Result<&'static Instance, HardwareProblem> {
    static LOADED: OnceLock<Result<Instance, String>> = OnceLock::new();
    let loaded = LOADED.get_or_init(|| {
        // SAFETY: runs the library's initialisers: foreign code, like that of cores, in the process that is there for it.
        unsafe { Instance::load_required_from_filename(LIBRARY) }.map_err(|error| {
            let error: &dyn std::error::Error = &error;
            error.source().map_or_else(|| error.to_string(), ToString::to_string)
        })
    });
    loaded.as_ref().map_err(|linker| HardwareProblem::NoLibrary { linker: linker.clone() })
}

/// Whether the library is there; whether it has a display is seen when one is asked for.
pub fn is_there() -> bool {
    library().is_ok()
}

/// A function of OpenGL or EGL by its name, for whichever context is current when it is called.
pub fn proc_address(name: &CStr) -> sys::retro_proc_address_t {
    let function = library().ok()?.get_proc_address(name.to_str().ok()?)?;
    // SAFETY: two types for "some function", which the core casts to what it is.
    Some(unsafe { std::mem::transmute::<extern "system" fn(), unsafe extern "C" fn()>(function) })
}

/// A display and what can be said of it.
#[derive(Clone, Copy)]
struct Display(egl::Display);

impl Display {
    fn has(self, library: &Instance, extension: &str) -> bool {
        has(library, Some(self.0), extension)
    }
}

fn has(library: &Instance, display: Option<egl::Display>, extension: &str) -> bool {
    let all = library.query_string(display, egl::EXTENSIONS);
    all.is_ok_and(|all| all.to_bytes().split(|byte| *byte == b' ').any(|one| one == extension.as_bytes()))
}

/// A function of an extension.
///
/// # Safety
/// `F` is the type of the function of this name.
unsafe fn extension<F: Copy>(library: &Instance, name: &str) -> Option<F> {
    let function = library.get_proc_address(name)?;
    assert_eq!(size_of::<F>(), size_of_val(&function));
    // SAFETY: both are pointers to functions; the type is the caller's promise.
    Some(unsafe { std::mem::transmute_copy::<extern "system" fn(), F>(&function) })
}

/// Graphics cards, and the processor that plays one, in the system's order.
fn find_gpus(library: &Instance) -> Vec<Gpu> {
    // SAFETY: the types that Khronos' registry gives for these names.
    let functions = unsafe {
        extension::<QueryDevices>(library, "eglQueryDevicesEXT")
            .zip(extension::<QueryDeviceString>(library, "eglQueryDeviceStringEXT"))
    };
    let enumerates = has(library, None, "EGL_EXT_device_enumeration") || has(library, None, "EGL_EXT_device_base");
    let (true, Some((query, query_string))) = (enumerates && has(library, None, "EGL_EXT_platform_device"), functions)
    else {
        return Vec::new();
    };
    let mut devices = [std::ptr::null_mut(); MAX_DEVICES];
    let mut count = 0;
    // SAFETY: there is room for as many as it is told.
    if unsafe { query(MAX_DEVICES as egl::Int, devices.as_mut_ptr(), &mut count) } != egl::TRUE {
        return Vec::new();
    }
    // SAFETY: a device that was just given out; the answer is NULL or a text that stays.
    let text = |device, what| sys::text(unsafe { query_string(device, what) });
    let devices = devices.into_iter().take(usize::try_from(count).unwrap_or_default());
    devices
        .map(|device| {
            let extensions = text(device, egl::EXTENSIONS);
            let has = |name| extensions.split(' ').any(|one| one == name);
            let file = |extension, what| if has(extension) { text(device, what) } else { String::new() };
            Gpu {
                handle: device as usize,
                software: has("EGL_MESA_device_software"),
                files: [
                    file("EGL_EXT_device_drm", DRM_DEVICE_FILE_EXT),
                    file("EGL_EXT_device_drm_render_node", DRM_RENDER_NODE_FILE_EXT),
                ],
            }
        })
        .collect()
}

/// The display that a way leads to, ready to be used.
fn open(library: &Instance, way: Way) -> Option<Display> {
    // SAFETY: the type that Khronos' registry gives for the name.
    let platform = unsafe { extension::<GetPlatformDisplay>(library, "eglGetPlatformDisplayEXT") };
    let of_platform = |kind, native| {
        let get = platform.filter(|_| has(library, None, "EGL_EXT_platform_base"))?;
        // SAFETY: `native` is what this platform takes: a device that was given out, or nothing.
        let display = unsafe { get(kind, native, std::ptr::null()) };
        // SAFETY: a display of this library.
        (!display.is_null()).then(|| unsafe { egl::Display::from_ptr(display) })
    };
    let display = match way {
        Way::Device(handle) => of_platform(PLATFORM_DEVICE_EXT, handle as *mut c_void),
        Way::Surfaceless if has(library, None, "EGL_MESA_platform_surfaceless") => {
            of_platform(PLATFORM_SURFACELESS_MESA, egl::DEFAULT_DISPLAY)
        }
        Way::Surfaceless => None,
        // SAFETY: the default display is always allowed.
        Way::Default => unsafe { library.get_display(egl::DEFAULT_DISPLAY) },
    }?;
    library.initialize(display).ok()?;
    Some(Display(display))
}

/// A context that belongs to nobody's window, with OpenGL's functions. Its objects are gone when it is dropped.
pub struct Context {
    library: &'static Instance,
    display: Display,
    context: egl::Context,
    /// Where a display needs one to make a context current at all.
    surface: Option<egl::Surface>,
    gl: glow::Context,
    /// What drew, and which version of OpenGL that is, in the driver's words.
    pub renderer: String,
    pub version: String,
}

// SAFETY: EGL's handles are names, good on every thread; which thread a context is current on, EGL itself guards.
unsafe impl Send for Context {}

impl Context {
    /// Makes a context, and looks whether it can do what is asked. It is current on this thread then.
    pub fn create(request: &Request, api: &str) -> Result<Context, HardwareProblem> {
        let library = library()?;
        let wanted = std::env::var(GPU_VARIABLE).ok();
        let mut problem = HardwareProblem::NoDriver;
        for way in gpus::ways(&find_gpus(library), wanted.as_deref()) {
            let Some(display) = open(library, way) else { continue };
            match Context::on(library, display, request, api) {
                // A card that is there decides: a core that hears no asks for less, which is better than the processor's
                // drawing in its place.
                Err(HardwareProblem::TooOld { api, offered }) => {
                    return Err(HardwareProblem::TooOld { api, offered });
                }
                Err(other) => problem = other,
                Ok(context) => return Ok(context),
            }
        }
        Err(problem)
    }

    fn on(
        library: &'static Instance,
        display: Display,
        request: &Request,
        api: &str,
    ) -> Result<Context, HardwareProblem> {
        let failed = |error: egl::Error| HardwareProblem::NoContext { api: api.to_owned(), egl: error.to_string() };
        let embedded = matches!(request.api, Api::Embedded { .. });
        library.bind_api(if embedded { egl::OPENGL_ES_API } else { egl::OPENGL_API }).map_err(failed)?;
        let config = config(library, display, embedded).map_err(failed)?;
        let attributes = attributes(request);
        let context = match library.create_context(display.0, config, None, &attributes) {
            Ok(context) => context,
            Err(egl::Error::BadMatch | egl::Error::BadAttribute) => {
                let driver = library.query_string(Some(display.0), egl::VENDOR);
                let offered = driver.map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned());
                return Err(HardwareProblem::TooOld { api: api.to_owned(), offered });
            }
            Err(error) => return Err(failed(error)),
        };
        let surface = if display.has(library, "EGL_KHR_surfaceless_context") {
            None
        } else {
            let size = [egl::WIDTH, 16, egl::HEIGHT, 16, egl::NONE];
            Some(library.create_pbuffer_surface(display.0, config, &size))
        };
        let made = surface
            .transpose()
            .and_then(|surface| library.make_current(display.0, surface, surface, Some(context)).map(|()| surface));
        let surface = made.map_err(|error| {
            let _ = library.destroy_context(display.0, context);
            failed(error)
        })?;
        // SAFETY: the context is current, and the functions are for it.
        let gl = unsafe {
            glow::Context::from_loader_function_cstr(|name| {
                proc_address(name).map_or(std::ptr::null(), |function| function as *const c_void)
            })
        };
        // SAFETY: the context is current; every context has these texts.
        let (renderer, version) =
            unsafe { (gl.get_parameter_string(glow::RENDERER), gl.get_parameter_string(glow::VERSION)) };
        let is = gl.version();
        let met = request.api.is_met_by(is.is_embedded, (is.major, is.minor));
        let context = Context { library, display, context, surface, gl, renderer, version };
        if !met {
            let offered = format!("{}, {}", context.version, context.renderer);
            return Err(HardwareProblem::TooOld { api: api.to_owned(), offered });
        }
        Ok(context)
    }

    /// OpenGL's functions, for whoever has the context current.
    pub fn gl(&self) -> &glow::Context {
        &self.gl
    }

    /// Whether this thread draws with it.
    pub fn is_current(&self) -> bool {
        self.library.get_current_context() == Some(self.context)
    }

    /// Lets this thread draw with it. False when another thread has it.
    pub fn make_current(&self) -> bool {
        self.library.make_current(self.display.0, self.surface, self.surface, Some(self.context)).is_ok()
    }

    /// Lets this thread draw with nothing.
    pub fn release(&self) {
        let _ = self.library.make_current(self.display.0, None, None, None);
    }

    /// Does something with the context on this thread, and gives the thread back the context of the core's own that it had.
    /// None: another thread has the context.
    pub fn borrow<T>(&self, do_it: impl FnOnce() -> T) -> Option<T> {
        let library = self.library;
        let before = library.get_current_context().zip(library.get_current_display());
        let surfaces = (library.get_current_surface(egl::DRAW), library.get_current_surface(egl::READ));
        if !self.make_current() {
            return None;
        }
        let done = do_it();
        match before {
            Some((context, display)) => {
                let _ = library.make_current(display, surfaces.0, surfaces.1, Some(context));
            }
            None => self.release(),
        }
        Some(done)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if self.is_current() {
            self.release();
        }
        let _ = self.library.destroy_context(self.display.0, self.context);
        if let Some(surface) = self.surface {
            let _ = self.library.destroy_surface(self.display.0, surface);
        }
    }
}

/// How contexts on this display are made. We draw into memory of our own, so any will do that has the API.
fn config(library: &Instance, display: Display, embedded: bool) -> Result<egl::Config, egl::Error> {
    let kind = if embedded { egl::OPENGL_ES2_BIT } else { egl::OPENGL_BIT };
    let with_surface = [egl::RENDERABLE_TYPE, kind, egl::SURFACE_TYPE, egl::PBUFFER_BIT, egl::NONE];
    let without = [egl::RENDERABLE_TYPE, kind, egl::SURFACE_TYPE, 0, egl::NONE];
    for wanted in [with_surface, without] {
        if let Some(config) = library.choose_first_config(display.0, &wanted)? {
            return Ok(config);
        }
    }
    Err(egl::Error::BadConfig)
}

fn attributes(request: &Request) -> Vec<egl::Int> {
    let number = |value: u32| egl::Int::try_from(value).unwrap_or(egl::Int::MAX);
    let mut attributes = Vec::new();
    let mut set = |name, value| attributes.extend([name, value]);
    match request.api {
        Api::Compatibility { major, minor } => {
            set(egl::CONTEXT_OPENGL_PROFILE_MASK, egl::CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
            if major > 0 {
                set(egl::CONTEXT_MAJOR_VERSION, number(major));
                set(egl::CONTEXT_MINOR_VERSION, number(minor));
            }
        }
        Api::Core { major, minor } => {
            if (major, minor) >= FIRST_CORE {
                set(egl::CONTEXT_OPENGL_PROFILE_MASK, egl::CONTEXT_OPENGL_CORE_PROFILE_BIT);
            }
            set(egl::CONTEXT_MAJOR_VERSION, number(major));
            set(egl::CONTEXT_MINOR_VERSION, number(minor));
        }
        Api::Embedded { major, minor } => {
            set(egl::CONTEXT_MAJOR_VERSION, number(major));
            set(egl::CONTEXT_MINOR_VERSION, number(minor));
        }
    }
    if request.debug {
        set(CONTEXT_FLAGS_KHR, CONTEXT_DEBUG_BIT_KHR);
    }
    attributes.push(egl::NONE);
    attributes
}
