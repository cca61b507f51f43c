//! What a core asks for when it wants to draw with the graphics card.

use crate::libretro::sys;

/// A graphics API, as EGL makes contexts of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// OpenGL with all that was ever in it; a version of (0, 0) is any.
    Compatibility { major: u32, minor: u32 },
    /// OpenGL without what was deprecated.
    Core { major: u32, minor: u32 },
    /// OpenGL ES.
    Embedded { major: u32, minor: u32 },
}

/// Profiles came with this version of OpenGL: a core that asks for none gets it.
pub const FIRST_CORE: (u32, u32) = (3, 2);

/// Framebuffer objects, which pictures are drawn into, came with this one.
const FIRST_WITH_FRAMEBUFFERS: (u32, u32) = (3, 0);

impl Api {
    /// None for an API that is none of OpenGL's.
    pub fn of(wanted: &sys::retro_hw_render_callback) -> Option<Api> {
        let (major, minor) = (wanted.version_major, wanted.version_minor);
        Some(match wanted.context_type {
            sys::RETRO_HW_CONTEXT_OPENGL => Api::Compatibility { major, minor },
            sys::RETRO_HW_CONTEXT_OPENGL_CORE => {
                // None stated is the first that has the profile; an older one that is stated is had without it.
                let (major, minor) = if major == 0 { FIRST_CORE } else { (major, minor).max(FIRST_WITH_FRAMEBUFFERS) };
                Api::Core { major, minor }
            }
            sys::RETRO_HW_CONTEXT_OPENGLES2 => Api::Embedded { major: 2, minor: 0 },
            sys::RETRO_HW_CONTEXT_OPENGLES3 => Api::Embedded { major: 3, minor: 0 },
            sys::RETRO_HW_CONTEXT_OPENGLES_VERSION => {
                let (major, minor) = (major, minor).max((2, 0));
                Api::Embedded { major, minor }
            }
            _ => return None,
        })
    }

    /// Whether a context of this version and kind will do: it has all that was asked for.
    pub fn is_met_by(self, embedded: bool, version: (u32, u32)) -> bool {
        match self {
            Api::Compatibility { major, minor } | Api::Core { major, minor } => {
                !embedded && version >= (major, minor).max(FIRST_WITH_FRAMEBUFFERS)
            }
            Api::Embedded { major, minor } => embedded && version >= (major, minor),
        }
    }
}

/// All that a core says of the context it wants.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub api: Api,
    /// Called when the context is there.
    pub reset: sys::retro_hw_context_reset_t,
    /// Called before it goes.
    pub destroy: sys::retro_hw_context_reset_t,
    pub depth: bool,
    /// Only together with depth, as libretro.h has it.
    pub stencil: bool,
    /// The first row in memory is the lowest one of the picture.
    pub bottom_left_origin: bool,
    /// The core would rather keep its context than get a new one with a new size.
    pub cache_context: bool,
    pub debug: bool,
}

impl Request {
    /// None for an API that is none of OpenGL's.
    pub fn of(wanted: &sys::retro_hw_render_callback) -> Option<Request> {
        Some(Request {
            api: Api::of(wanted)?,
            reset: wanted.context_reset,
            destroy: wanted.context_destroy,
            depth: wanted.depth != 0,
            stencil: wanted.depth != 0 && wanted.stencil != 0,
            bottom_left_origin: wanted.bottom_left_origin != 0,
            cache_context: wanted.cache_context != 0,
            debug: wanted.debug_context != 0,
        })
    }
}

/// The graphics API that a core asks for, as its makers write it, with the version where it states one.
pub fn api_name(wanted: &sys::retro_hw_render_callback) -> String {
    let name = match wanted.context_type {
        sys::RETRO_HW_CONTEXT_OPENGL => "OpenGL",
        sys::RETRO_HW_CONTEXT_OPENGL_CORE => "OpenGL (core profile)",
        sys::RETRO_HW_CONTEXT_OPENGLES2 => return "OpenGL ES 2".to_owned(),
        sys::RETRO_HW_CONTEXT_OPENGLES3 => return "OpenGL ES 3".to_owned(),
        sys::RETRO_HW_CONTEXT_OPENGLES_VERSION => "OpenGL ES",
        sys::RETRO_HW_CONTEXT_VULKAN => return "Vulkan".to_owned(),
        sys::RETRO_HW_CONTEXT_D3D9
        | sys::RETRO_HW_CONTEXT_D3D10
        | sys::RETRO_HW_CONTEXT_D3D11
        | sys::RETRO_HW_CONTEXT_D3D12 => return "Direct3D".to_owned(),
        other => return format!("graphics API {other}"),
    };
    match (wanted.version_major, wanted.version_minor) {
        (0, _) => name.to_owned(),
        (major, minor) => format!("{name} {major}.{minor}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(context_type: u32, version_major: u32, version_minor: u32) -> sys::retro_hw_render_callback {
        sys::retro_hw_render_callback { context_type, version_major, version_minor, ..Default::default() }
    }

    #[test]
    fn each_kind_of_opengl_is_known_with_the_least_version_that_will_do() {
        let cases = [
            (wanted(sys::RETRO_HW_CONTEXT_OPENGL, 0, 0), Api::Compatibility { major: 0, minor: 0 }),
            (wanted(sys::RETRO_HW_CONTEXT_OPENGL, 2, 1), Api::Compatibility { major: 2, minor: 1 }),
            (wanted(sys::RETRO_HW_CONTEXT_OPENGL_CORE, 0, 0), Api::Core { major: 3, minor: 2 }),
            (wanted(sys::RETRO_HW_CONTEXT_OPENGL_CORE, 3, 1), Api::Core { major: 3, minor: 1 }),
            (wanted(sys::RETRO_HW_CONTEXT_OPENGL_CORE, 1, 0), Api::Core { major: 3, minor: 0 }),
            (wanted(sys::RETRO_HW_CONTEXT_OPENGL_CORE, 4, 3), Api::Core { major: 4, minor: 3 }),
            // Versions count for the last one alone.
            (wanted(sys::RETRO_HW_CONTEXT_OPENGLES2, 3, 0), Api::Embedded { major: 2, minor: 0 }),
            (wanted(sys::RETRO_HW_CONTEXT_OPENGLES3, 0, 0), Api::Embedded { major: 3, minor: 0 }),
            (wanted(sys::RETRO_HW_CONTEXT_OPENGLES_VERSION, 3, 1), Api::Embedded { major: 3, minor: 1 }),
        ];
        for (wanted, api) in cases {
            assert_eq!(Api::of(&wanted), Some(api));
        }
        for other in [sys::RETRO_HW_CONTEXT_VULKAN, sys::RETRO_HW_CONTEXT_D3D11, sys::RETRO_HW_CONTEXT_NONE, 77] {
            assert_eq!(Api::of(&wanted(other, 4, 6)), None);
        }
    }

    #[test]
    fn a_context_of_a_higher_version_will_do_and_one_of_another_family_will_not() {
        let core = Api::Core { major: 3, minor: 3 };
        assert!(core.is_met_by(false, (3, 3)) && core.is_met_by(false, (4, 0)));
        assert!(!core.is_met_by(false, (3, 2)) && !core.is_met_by(true, (4, 0)));
        let any = Api::Compatibility { major: 0, minor: 0 };
        assert!(any.is_met_by(false, (3, 0)) && !any.is_met_by(false, (2, 1)));
        let embedded = Api::Embedded { major: 2, minor: 0 };
        assert!(embedded.is_met_by(true, (3, 2)) && !embedded.is_met_by(false, (4, 5)));
    }

    #[test]
    fn stencil_without_depth_is_left_out() {
        let both = sys::retro_hw_render_callback { depth: 255, stencil: 2, ..wanted(1, 0, 0) };
        let alone = sys::retro_hw_render_callback { depth: 0, ..both };
        assert!(Request::of(&both).is_some_and(|request| request.depth && request.stencil));
        assert!(Request::of(&alone).is_some_and(|request| !request.depth && !request.stencil));
    }
}
