//! VP8 and VP9 by libvpx: the safe wrapper.
//!
//! The structs are libvpx's own, bound at build time against the installed header, whose version number the library
//! compares with its own when an encoder is opened. One encoder is opened for the frame in hand and closed when the size
//! changes: libvpx can change size by itself, but not to a larger one, and not all of its versions without errors.
#![allow(unsafe_code)]

use super::encoder::{self, EncodeMode, FrameType, Tuning, copy_rows};
use super::error::{EncodeError, FailedCall};
use super::planes::{PlaneShape, Planes};
use super::vpx_sys as sys;
use crate::packet::{Chroma, Codec, Format};
use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;
use std::ptr;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Vp8,
    Vp9,
}

impl Kind {
    /// `VP8E_SET_CPUUSED` by [`Tuning::speed`]. For VP8 a negative number is a fixed speed, a positive one would let
    /// libvpx measure time by itself.
    pub fn cpu_used(self, speed: usize) -> c_int {
        let speeds: [c_int; encoder::SPEEDS] = match self {
            Kind::Vp8 => [-8, -12, -16],
            Kind::Vp9 => [7, 8, 9],
        };
        speeds[speed.min(encoder::SPEEDS - 1)]
    }

    /// The best quantizer it may use (0 to 63): quality is capped there, so that simple pictures cost few bits.
    fn min_quantizer(self) -> u32 {
        match self {
            Kind::Vp8 => 16,
            Kind::Vp9 => 14,
        }
    }

    /// The same for a picture that does not change and is only repaired, which ends by itself.
    const REFINE_QUANTIZER: u32 = 4;

    fn codec(self) -> Codec {
        match self {
            Kind::Vp8 => Codec::Vp8,
            Kind::Vp9 => Codec::Vp9,
        }
    }

    /// An error for every code but one.
    fn check(
        self,
        PlaneShape { width, height, .. }: PlaneShape,
        function: &'static str,
        code: sys::vpx_codec_err_t,
    ) -> Result<(), EncodeError> {
        if code == sys::vpx_codec_err_t::VPX_CODEC_OK {
            return Ok(());
        }
        let call = FailedCall { function, code: Some(code as i32), meaning: describe(code) };
        Err(EncodeError::Call { call, codec: self.codec(), width, height })
    }
}

/// Blocks of 16x16 whose squared errors add up to less are not repaired: about half a level a sample, which cannot be seen.
const STILL_BLOCK: c_int = 100;

/// The speed of keyframes.
const FIRST: usize = encoder::SPEEDS - 1;

/// Time stamps are in RTP's unit.
const TIMEBASE: i32 = 90_000;

/// An open encoder.
pub struct Encoder {
    // libvpx keeps pointers into it while an encoder is open, so it does not move.
    context: Box<sys::vpx_codec_ctx_t>,
    config: sys::vpx_codec_enc_cfg_t,
    kind: Kind,
    shape: PlaneShape,
    tuning: Tuning,
    pts: i64,
    /// The speed it was told last.
    speed: Option<usize>,
    /// No block is looked at.
    resting: bool,
    /// One byte a macroblock: whether it is looked at. Only for the call that hands it over.
    map: Vec<u8>,
}

impl Encoder {
    /// Opens libvpx: real time, no lookahead, no frames dropped, no periodic keyframes.
    pub fn open(kind: Kind, shape: PlaneShape, tuning: Tuning) -> Result<Encoder, EncodeError> {
        if kind == Kind::Vp8 && shape.chroma == Chroma::C444 {
            return Err(EncodeError::Chroma { format: Format { codec: Codec::Vp8, chroma: Chroma::C420 }, shape });
        }
        tuning.check(kind.codec())?;
        // SAFETY: these two return the address of a constant.
        let interface = unsafe {
            match kind {
                Kind::Vp8 => sys::vpx_codec_vp8_cx(),
                Kind::Vp9 => sys::vpx_codec_vp9_cx(),
            }
        };
        let mut config = MaybeUninit::<sys::vpx_codec_enc_cfg_t>::zeroed();
        // SAFETY: fills the struct, or says that it did not.
        let code = unsafe { sys::vpx_codec_enc_config_default(interface, config.as_mut_ptr(), 0) };
        kind.check(shape, "vpx_codec_enc_config_default", code)?;
        // SAFETY: filled by the successful call.
        let mut config = unsafe { config.assume_init() };
        config.g_w = shape.width;
        config.g_h = shape.height;
        config.g_profile = u32::from(shape.chroma == Chroma::C444);
        config.g_timebase = sys::vpx_rational { num: 1, den: TIMEBASE };
        config.g_threads = 1;
        config.g_lag_in_frames = 0;
        config.g_error_resilient = 0;
        config.rc_end_usage = sys::vpx_rc_mode::VPX_CBR;
        config.rc_dropframe_thresh = 0;
        config.rc_resize_allowed = 0;
        config.rc_min_quantizer = kind.min_quantizer();
        config.rc_max_quantizer = 63;
        config.rc_undershoot_pct = 100;
        config.rc_overshoot_pct = 15;
        config.kf_mode = sys::vpx_kf_mode::VPX_KF_FIXED;
        config.kf_min_dist = 0;
        config.kf_max_dist = i32::MAX.cast_unsigned();
        set(&mut config, tuning);
        // All zeros is what libvpx wants before it fills it.
        // SAFETY: a plain C struct of pointers and integers, and enums that have a variant 0.
        let mut context: Box<sys::vpx_codec_ctx_t> = unsafe { Box::new(MaybeUninit::zeroed().assume_init()) };
        // SAFETY: all filled; libvpx copies the configuration, and refuses a header that is not its own.
        let code = unsafe {
            sys::vpx_codec_enc_init_ver(&mut *context, interface, &config, 0, sys::VPX_ENCODER_ABI_VERSION as c_int)
        };
        kind.check(shape, "vpx_codec_enc_init_ver", code)?;
        // The memory is taken here: later there is no time for it.
        let (cols, rows) = macroblocks(shape);
        let map = vec![1; cols as usize * rows as usize];
        let mut encoder = Encoder { context, config, kind, shape, tuning, pts: 0, speed: None, resting: false, map };
        encoder.set_up()?;
        Ok(encoder)
    }

    fn set_up(&mut self) -> Result<(), EncodeError> {
        use sys::vp8e_enc_control_id as id;
        use sys::vpx_color_range::VPX_CR_STUDIO_RANGE;
        use sys::vpx_color_space::VPX_CS_BT_601;
        self.set_speed(FIRST)?;
        // Blocks that did not change are not looked at twice. VP9 would then leave flat colours several levels off.
        if self.kind == Kind::Vp8 {
            self.control(id::VP8E_SET_STATIC_THRESHOLD, STILL_BLOCK)?;
        }
        match self.kind {
            Kind::Vp8 => {
                self.control(id::VP8E_SET_SCREEN_CONTENT_MODE, 1)?;
                self.control(id::VP8E_SET_NOISE_SENSITIVITY, 0)?;
                self.control(id::VP8E_SET_TOKEN_PARTITIONS, 0)?;
            }
            Kind::Vp9 => {
                self.control(id::VP9E_SET_TUNE_CONTENT, 1)?;
                // Cyclic refresh: repairs what stands still, which VP9 else leaves as coarse as it first came.
                self.control(id::VP9E_SET_AQ_MODE, 3)?;
                self.control(id::VP9E_SET_NOISE_SENSITIVITY, 0)?;
                self.control(id::VP9E_SET_FRAME_PARALLEL_DECODING, 0)?;
                self.control(id::VP9E_SET_COLOR_SPACE, VPX_CS_BT_601 as c_int)?;
                self.control(id::VP9E_SET_COLOR_RANGE, VPX_CR_STUDIO_RANGE as c_int)?;
            }
        }
        self.limit_intra()
    }

    fn configure(&mut self) -> Result<(), EncodeError> {
        // SAFETY: the open encoder and a whole configuration.
        let code = unsafe { sys::vpx_codec_enc_config_set(&mut *self.context, &self.config) };
        self.check("vpx_codec_enc_config_set", code)
    }

    fn set_speed(&mut self, speed: usize) -> Result<(), EncodeError> {
        if self.speed != Some(speed) {
            self.control(sys::vp8e_enc_control_id::VP8E_SET_CPUUSED, self.kind.cpu_used(speed))?;
            self.speed = Some(speed);
        }
        Ok(())
    }

    /// One control with an integer argument, which all that are used here have.
    fn control(&mut self, id: sys::vp8e_enc_control_id, value: c_int) -> Result<(), EncodeError> {
        // SAFETY: the open encoder; every id used takes one `int` or `unsigned`, per vpx/vp8cx.h.
        let code = unsafe { sys::vpx_codec_control_(&mut *self.context, id as c_int, value) };
        self.check("vpx_codec_control_", code)
    }

    /// Takes all blocks out of what is looked at, or puts them back.
    fn rest(&mut self, rest: bool) -> Result<(), EncodeError> {
        if rest == self.resting {
            return Ok(());
        }
        let (cols, rows) = macroblocks(self.shape);
        self.map.fill(u8::from(!rest));
        let mut map = sys::vpx_active_map { active_map: self.map.as_mut_ptr(), rows, cols };
        let id = sys::vp8e_enc_control_id::VP8E_SET_ACTIVEMAP as c_int;
        // SAFETY: the open encoder; the map has one byte for each macroblock, and libvpx copies it.
        let code = unsafe { sys::vpx_codec_control_(&mut *self.context, id, &raw mut map) };
        self.check("vpx_codec_control_", code)?;
        self.resting = rest;
        Ok(())
    }

    /// A keyframe is not to be larger than the buffer of the rate limit.
    fn limit_intra(&mut self) -> Result<(), EncodeError> {
        let percent = (encoder::BUFFER_FRAMES * 100.0) as c_int;
        self.control(sys::vp8e_enc_control_id::VP8E_SET_MAX_INTRA_BITRATE_PCT, percent)
    }

    fn check(&self, function: &'static str, code: sys::vpx_codec_err_t) -> Result<(), EncodeError> {
        self.kind.check(self.shape, function, code)
    }
}

impl encoder::Encoder for Encoder {
    fn shape(&self) -> PlaneShape {
        self.shape
    }

    fn tune(&mut self, tuning: Tuning) -> Result<(), EncodeError> {
        if tuning == self.tuning {
            return Ok(());
        }
        set(&mut self.config, tuning);
        self.configure()?;
        self.tuning = tuning;
        Ok(())
    }

    fn encode(&mut self, planes: &Planes, mode: EncodeMode, out: &mut Vec<u8>) -> Result<FrameType, EncodeError> {
        planes.check(self.shape)?;
        let image = image(planes);
        let duration = (f64::from(TIMEBASE) / self.tuning.fps).round() as i64;
        self.rest(mode == EncodeMode::Skip)?;
        let min_quantizer = if mode == EncodeMode::Refine { Kind::REFINE_QUANTIZER } else { self.kind.min_quantizer() };
        if self.config.rc_min_quantizer != min_quantizer {
            self.config.rc_min_quantizer = min_quantizer;
            self.configure()?;
        }
        // A whole new picture takes several times as long as one that moved, and a newcomer waits for it.
        let whole = mode == EncodeMode::Keyframe || self.pts == 0;
        self.set_speed(if whole { FIRST } else { self.tuning.speed })?;
        let flags = if mode == EncodeMode::Keyframe { i64::from(sys::VPX_EFLAG_FORCE_KF) } else { 0 };
        // SAFETY: the open encoder; the image's planes are only read, during the call, and their lengths were checked.
        let code = unsafe {
            sys::vpx_codec_encode(
                &mut *self.context,
                &image,
                self.pts,
                duration as std::ffi::c_ulong,
                flags,
                std::ffi::c_ulong::from(sys::VPX_DL_REALTIME),
            )
        };
        self.check("vpx_codec_encode", code)?;
        self.pts += duration;
        let before = out.len();
        let mut is_keyframe = false;
        let mut iterator = ptr::null();
        loop {
            // SAFETY: the open encoder; packets stay valid until the next call to encode.
            let packet = unsafe { sys::vpx_codec_get_cx_data(&mut *self.context, &mut iterator).as_ref() };
            let Some(packet) = packet else { break };
            if packet.kind != sys::vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                continue;
            }
            // SAFETY: a frame packet has this member of the union, and its buffer has `sz` bytes.
            let (data, flags) = unsafe {
                let frame = packet.data.frame;
                (std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz), frame.flags)
            };
            out.extend_from_slice(data);
            is_keyframe |= flags & sys::VPX_FRAME_IS_KEY != 0;
        }
        if out.len() == before {
            let PlaneShape { width, height, .. } = self.shape;
            return Err(EncodeError::NoFrame { codec: self.kind.codec(), width, height });
        }
        Ok(FrameType::of_key(is_keyframe))
    }

    fn decoded(&mut self, planes: &mut Planes) -> bool {
        // SAFETY: the open encoder; the image stays valid until the next call.
        let Some(image) = (unsafe { sys::vpx_codec_get_preview_frame(&mut *self.context).as_ref() }) else {
            return false;
        };
        planes.shape = self.shape;
        let (chroma_width, chroma_height) = self.shape.chroma_size();
        let sizes = [
            (self.shape.width, self.shape.height, &mut planes.y),
            (chroma_width, chroma_height, &mut planes.u),
            (chroma_width, chroma_height, &mut planes.v),
        ];
        for (index, (width, height, out)) in sizes.into_iter().enumerate() {
            let stride = image.stride[index] as usize;
            let (width, height) = (width as usize, height as usize);
            // SAFETY: the preview has the encoder's size; a plane of `height` rows ends `width` bytes into its last row.
            let rows = unsafe { std::slice::from_raw_parts(image.planes[index], stride * (height - 1) + width) };
            copy_rows(rows, stride, width, 1, 0, out);
        }
        true
    }
}

/// How many blocks of 16x16 lie side by side and below each other.
fn macroblocks(shape: PlaneShape) -> (u32, u32) {
    (shape.width.div_ceil(16), shape.height.div_ceil(16))
}

/// libvpx's description of planes that stay ours.
fn image(planes: &Planes) -> sys::vpx_image_t {
    let PlaneShape { width, height, chroma, .. } = planes.shape;
    // SAFETY: a plain C struct of pointers and integers, and enums that have a variant 0.
    let mut image: sys::vpx_image_t = unsafe { MaybeUninit::zeroed().assume_init() };
    let (format, shift, bits) = match chroma {
        Chroma::C420 => (sys::vpx_img_fmt::VPX_IMG_FMT_I420, 1, 12),
        Chroma::C444 => (sys::vpx_img_fmt::VPX_IMG_FMT_I444, 0, 24),
    };
    image.fmt = format;
    (image.w, image.h, image.d_w, image.d_h) = (width, height, width, height);
    image.bit_depth = 8;
    image.bps = bits;
    (image.x_chroma_shift, image.y_chroma_shift) = (shift, shift);
    let chroma_width = planes.shape.chroma_size().0;
    for (index, (plane, stride)) in
        [(&planes.y, width), (&planes.u, chroma_width), (&planes.v, chroma_width)].into_iter().enumerate()
    {
        image.planes[index] = plane.as_ptr().cast_mut();
        image.stride[index] = stride as c_int;
    }
    image
}

fn set(config: &mut sys::vpx_codec_enc_cfg_t, tuning: Tuning) {
    config.rc_target_bitrate = tuning.max_kbit_s.clamp(1, 1_000_000);
    let buffer = tuning.buffer_ms().round().max(1.0) as u32;
    // libvpx steers by the middle of the buffer; it needs some frames of it to steer at all.
    config.rc_buf_sz = buffer * 4;
    config.rc_buf_initial_sz = buffer * 2;
    config.rc_buf_optimal_sz = buffer * 2;
}

fn describe(code: sys::vpx_codec_err_t) -> &'static str {
    // SAFETY: a constant string of libvpx, whatever the code.
    unsafe { CStr::from_ptr(sys::vpx_codec_err_to_string(code)) }.to_str().unwrap_or_default()
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: opened by us, closed once; an error would only say that it was not open.
        let _ = unsafe { sys::vpx_codec_destroy(&mut *self.context) };
    }
}

/// The library's version, for `--version` and reports.
pub fn version() -> String {
    // SAFETY: a constant string of libvpx.
    unsafe { CStr::from_ptr(sys::vpx_codec_version_str()) }.to_string_lossy().into_owned()
}
