//! What the core draws into, and how a picture gets out of it.
//!
//! Cores keep OpenGL's state from one frame to the next, so everything that is changed here is put back. Reading waits until
//! the picture is drawn: reading a frame later would show every frame a frame later.
#![allow(unsafe_code)]

use super::request::Request;
use super::rows;
use crate::frame::MAX_SIDE;
use crate::link::message::HardwareProblem;
use glow::{Context, HasContext, NativeFramebuffer, NativeRenderbuffer, NativeTexture, PixelPackData, PixelUnpackData};

/// What can be done with this kind of context.
#[derive(Debug, Clone, Copy)]
struct Abilities {
    /// Reading and drawing have a framebuffer each; pixels are read with gaps, from a chosen attachment, into buffers.
    modern: bool,
    embedded: bool,
    /// Blue comes first when asked for.
    bgra: bool,
    /// Depth of 24 bits, and together with stencil.
    deep: bool,
    packed: bool,
}

impl Abilities {
    fn of(gl: &Context) -> Abilities {
        let (version, extensions) = (gl.version(), gl.supported_extensions());
        let (embedded, modern) = (version.is_embedded, version.major >= 3);
        let has = |name: &str| extensions.contains(name);
        Abilities {
            modern: modern || !embedded,
            embedded,
            bgra: !embedded || has("GL_EXT_read_format_bgra"),
            deep: modern || !embedded || has("GL_OES_depth24"),
            packed: modern || !embedded || has("GL_OES_packed_depth_stencil"),
        }
    }
}

/// A framebuffer object with a texture to draw on. It goes with its context.
pub struct Framebuffer {
    object: NativeFramebuffer,
    colour: NativeTexture,
    depth: Option<(NativeRenderbuffer, u32)>,
    size: (u32, u32),
    most: u32,
    can: Abilities,
}

/// What reading needs of how pixels are laid out in memory: rows without gaps from the first byte on.
const PACKING: [(u32, i32); 6] = [
    (glow::PACK_ALIGNMENT, 4),
    (glow::PACK_ROW_LENGTH, 0),
    (glow::PACK_SKIP_ROWS, 0),
    (glow::PACK_SKIP_PIXELS, 0),
    // From here on not in OpenGL ES.
    (glow::PACK_SWAP_BYTES, 0),
    (glow::PACK_LSB_FIRST, 0),
];

impl Framebuffer {
    /// Makes one of this size, or as large as the card can, and leaves it bound. The context is new and current.
    pub fn new(gl: &Context, request: &Request, size: (u32, u32)) -> Result<Framebuffer, HardwareProblem> {
        let can = Abilities::of(gl);
        // SAFETY: the context is current, and has the functions of its version.
        let most = unsafe {
            let of = |what| u32::try_from(gl.get_parameter_i32(what)).unwrap_or_default();
            of(glow::MAX_TEXTURE_SIZE).min(of(glow::MAX_RENDERBUFFER_SIZE)).clamp(1, MAX_SIDE)
        };
        let size = (size.0.clamp(1, most), size.1.clamp(1, most));
        let failed = |_| HardwareProblem::NoFramebuffer { width: size.0, height: size.1 };
        // SAFETY: as above; nothing of the core's is there yet.
        unsafe {
            let object = gl.create_framebuffer().map_err(failed)?;
            gl.bind_framebuffer(glow::FRAMEBUFFER, Some(object));
            let colour = texture(gl, can, size).map_err(failed)?;
            gl.framebuffer_texture_2d(glow::FRAMEBUFFER, glow::COLOR_ATTACHMENT0, glow::TEXTURE_2D, Some(colour), 0);
            let depth = match depth_format(request, can) {
                None => None,
                Some((format, attachments)) => {
                    let buffer = gl.create_renderbuffer().map_err(failed)?;
                    gl.bind_renderbuffer(glow::RENDERBUFFER, Some(buffer));
                    gl.renderbuffer_storage(glow::RENDERBUFFER, format, size.0.cast_signed(), size.1.cast_signed());
                    for attachment in attachments {
                        let target = glow::FRAMEBUFFER;
                        gl.framebuffer_renderbuffer(target, *attachment, glow::RENDERBUFFER, Some(buffer));
                    }
                    gl.bind_renderbuffer(glow::RENDERBUFFER, None);
                    Some((buffer, format))
                }
            };
            gl.bind_texture(glow::TEXTURE_2D, None);
            if gl.check_framebuffer_status(glow::FRAMEBUFFER) != glow::FRAMEBUFFER_COMPLETE {
                return Err(failed(String::new()));
            }
            gl.clear(glow::COLOR_BUFFER_BIT | glow::DEPTH_BUFFER_BIT | glow::STENCIL_BUFFER_BIT);
            // A context without a window has both empty.
            gl.viewport(0, 0, size.0.cast_signed(), size.1.cast_signed());
            gl.scissor(0, 0, size.0.cast_signed(), size.1.cast_signed());
            Ok(Framebuffer { object, colour, depth, size, most, can })
        }
    }

    /// OpenGL's name for it.
    pub fn name(&self) -> usize {
        self.object.0.get() as usize
    }

    /// The largest side that it can be made, in pixels.
    pub fn most(&self) -> u32 {
        self.most
    }

    /// Whether a picture of this size fits.
    pub fn holds(&self, width: u32, height: u32) -> bool {
        width <= self.size.0 && height <= self.size.1
    }

    /// Makes room for a picture of this size, as far as the card can; what was drawn stays. The name stays too. The context
    /// is current.
    pub fn grow_to(&mut self, gl: &Context, width: u32, height: u32) {
        let size = (width.clamp(self.size.0, self.most), height.clamp(self.size.1, self.most));
        if size == self.size {
            return;
        }
        // SAFETY: the context is current, and has the functions of its version; what is bound is put back.
        unsafe {
            let target = self.read_target();
            let bound = gl.get_parameter_framebuffer(self.read_binding());
            let bound_texture = gl.get_parameter_texture(glow::TEXTURE_BINDING_2D);
            let unpack = self.can.modern.then(|| gl.get_parameter_buffer(glow::PIXEL_UNPACK_BUFFER_BINDING));
            gl.bind_framebuffer(target, Some(self.object));
            if unpack.flatten().is_some() {
                gl.bind_buffer(glow::PIXEL_UNPACK_BUFFER, None);
            }
            if let Ok(larger) = texture(gl, self.can, size) {
                let (width, height) = (self.size.0.cast_signed(), self.size.1.cast_signed());
                gl.copy_tex_sub_image_2d(glow::TEXTURE_2D, 0, 0, 0, 0, 0, width, height);
                gl.framebuffer_texture_2d(target, glow::COLOR_ATTACHMENT0, glow::TEXTURE_2D, Some(larger), 0);
                gl.delete_texture(std::mem::replace(&mut self.colour, larger));
                if let Some((buffer, format)) = self.depth {
                    let bound = gl.get_parameter_renderbuffer(glow::RENDERBUFFER_BINDING);
                    gl.bind_renderbuffer(glow::RENDERBUFFER, Some(buffer));
                    gl.renderbuffer_storage(glow::RENDERBUFFER, format, size.0.cast_signed(), size.1.cast_signed());
                    gl.bind_renderbuffer(glow::RENDERBUFFER, bound);
                }
                self.size = size;
            }
            if let Some(Some(buffer)) = unpack {
                gl.bind_buffer(glow::PIXEL_UNPACK_BUFFER, Some(buffer));
            }
            gl.bind_texture(glow::TEXTURE_2D, bound_texture);
            gl.bind_framebuffer(target, bound);
        }
    }

    /// Reads the picture into `pixels`, `width * height * 4` bytes: blue first, rows in the order that they have here. It must
    /// fit. Waits until it is drawn; the context is current.
    pub fn read(&self, gl: &Context, width: u32, height: u32, pixels: &mut [u8]) {
        assert!(self.holds(width, height) && pixels.len() == width as usize * height as usize * 4);
        let packing = match (self.can.modern, self.can.embedded) {
            (false, _) => &PACKING[..1],
            (true, true) => &PACKING[..4],
            (true, false) => &PACKING[..],
        };
        // SAFETY: the context is current, and has the functions of its version; `pixels` has room for what is read, as was
        // looked at above; all that is changed is put back.
        unsafe {
            let target = self.read_target();
            let bound = gl.get_parameter_framebuffer(self.read_binding());
            gl.bind_framebuffer(target, Some(self.object));
            let mut pack_buffer = None;
            let mut read_buffer = glow::COLOR_ATTACHMENT0;
            if self.can.modern {
                pack_buffer = gl.get_parameter_buffer(glow::PIXEL_PACK_BUFFER_BINDING);
                if pack_buffer.is_some() {
                    gl.bind_buffer(glow::PIXEL_PACK_BUFFER, None);
                }
                read_buffer = gl.get_parameter_i32(glow::READ_BUFFER).cast_unsigned();
                if read_buffer != glow::COLOR_ATTACHMENT0 {
                    gl.read_buffer(glow::COLOR_ATTACHMENT0);
                }
            }
            let mut kept = [0; PACKING.len()];
            for ((name, value), kept) in packing.iter().zip(&mut kept) {
                *kept = gl.get_parameter_i32(*name);
                if kept != value {
                    gl.pixel_store_i32(*name, *value);
                }
            }
            let (order, kind) = match (self.can.bgra, self.can.embedded) {
                (true, false) => (glow::BGRA, glow::UNSIGNED_INT_8_8_8_8_REV),
                (true, true) => (glow::BGRA, glow::UNSIGNED_BYTE),
                (false, _) => (glow::RGBA, glow::UNSIGNED_BYTE),
            };
            let into = PixelPackData::Slice(Some(pixels));
            gl.read_pixels(0, 0, width.cast_signed(), height.cast_signed(), order, kind, into);
            for ((name, value), kept) in packing.iter().zip(&kept) {
                if kept != value {
                    gl.pixel_store_i32(*name, *kept);
                }
            }
            if read_buffer != glow::COLOR_ATTACHMENT0 {
                gl.read_buffer(read_buffer);
            }
            if pack_buffer.is_some() {
                gl.bind_buffer(glow::PIXEL_PACK_BUFFER, pack_buffer);
            }
            gl.bind_framebuffer(target, bound);
        }
        if !self.can.bgra {
            rows::swap_red_and_blue(pixels);
        }
    }

    fn read_target(&self) -> u32 {
        if self.can.modern { glow::READ_FRAMEBUFFER } else { glow::FRAMEBUFFER }
    }

    fn read_binding(&self) -> u32 {
        if self.can.modern { glow::READ_FRAMEBUFFER_BINDING } else { glow::FRAMEBUFFER_BINDING }
    }
}

/// How depth is kept, and where it is attached; none where it was not asked for.
fn depth_format(request: &Request, can: Abilities) -> Option<(u32, &'static [u32])> {
    const BOTH: &[u32] = &[glow::DEPTH_ATTACHMENT, glow::STENCIL_ATTACHMENT];
    const DEPTH: &[u32] = &[glow::DEPTH_ATTACHMENT];
    match (request.depth, request.stencil && can.packed, can.deep) {
        (false, ..) => None,
        (true, true, _) => Some((glow::DEPTH24_STENCIL8, BOTH)),
        (true, false, true) => Some((glow::DEPTH_COMPONENT24, DEPTH)),
        (true, false, false) => Some((glow::DEPTH_COMPONENT16, DEPTH)),
    }
}

/// A texture of this size, left bound.
///
/// # Safety
/// The context is current, and no buffer is bound for unpacking pixels.
unsafe fn texture(gl: &Context, can: Abilities, size: (u32, u32)) -> Result<NativeTexture, String> {
    let internal = if can.modern { glow::RGBA8 } else { glow::RGBA };
    // SAFETY: the caller's promise; no pixels are read.
    unsafe {
        let texture = gl.create_texture()?;
        gl.bind_texture(glow::TEXTURE_2D, Some(texture));
        for filter in [glow::TEXTURE_MIN_FILTER, glow::TEXTURE_MAG_FILTER] {
            gl.tex_parameter_i32(glow::TEXTURE_2D, filter, glow::NEAREST.cast_signed());
        }
        gl.tex_image_2d(
            glow::TEXTURE_2D,
            0,
            internal.cast_signed(),
            size.0.cast_signed(),
            size.1.cast_signed(),
            0,
            glow::RGBA,
            glow::UNSIGNED_BYTE,
            PixelUnpackData::Slice(None),
        );
        Ok(texture)
    }
}
