//! H.264 by libx264: the safe wrapper.
//!
//! The parameters are libx264's own struct, bound at build time against the installed header, so its size is always the
//! library's. One encoder is opened for the frame in hand and closed when the size changes.
#![allow(unsafe_code)]

use super::encoder::{self, EncodeMode, FrameType, Tuning, copy_rows};
use super::error::{EncodeError, FailedCall};
use super::planes::{PlaneShape, Planes};
use crate::packet::{Chroma, Codec};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr;
use x264_sys as sys;

/// Quality aimed at where the bitrate allows it: libx264's constant rate factor, lower is better. Pictures in 4:4:4 are not
/// enlarged, so that one sample stands for what four stand for in 4:2:0: these two give about the same.
const QUALITY: (f32, f32) = (21.0, 15.0);

/// What is added to it by [`Tuning::speed`]: there is no faster search than that of the preset, but there is less to write.
const COARSER: [f32; encoder::SPEEDS] = [0.0, 5.0, 10.0];

/// libx264's presets that are fast enough for a game. Slower ones than the first differ by the loop filter and by more
/// block sizes, and on pixel art both give a worse picture at the same bitrate: `hotseat bench encode` is the judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// What is used.
    #[default]
    Ultrafast,
    /// To be compared.
    Superfast,
    /// To be compared.
    Veryfast,
}

impl Preset {
    /// All of them, the fastest first.
    pub const ALL: [Preset; 3] = [Preset::Ultrafast, Preset::Superfast, Preset::Veryfast];

    /// libx264's name for it.
    pub fn name(self) -> &'static CStr {
        match self {
            Preset::Ultrafast => c"ultrafast",
            Preset::Superfast => c"superfast",
            Preset::Veryfast => c"veryfast",
        }
    }
}

/// H.264's coarsest quantizer.
const QP_MAX: i32 = 51;

/// An open encoder.
pub struct Encoder {
    x264: ptr::NonNull<sys::x264_t>,
    params: Box<sys::x264_param_t>,
    shape: PlaneShape,
    tuning: Tuning,
    opened_fps: f64,
    pts: i64,
    /// The last encoded picture; its planes are libx264's own.
    output: Option<sys::x264_picture_t>,
}

fn failed(function: &'static str, code: Option<i32>) -> FailedCall {
    FailedCall { function, code, meaning: "" }
}

fn on(call: FailedCall, PlaneShape { width, height, .. }: PlaneShape) -> EncodeError {
    EncodeError::Call { call, codec: Codec::H264, width, height }
}

/// A whole parameter struct, tuned for no delay at all.
fn defaults(preset: Preset) -> Result<Box<sys::x264_param_t>, FailedCall> {
    let name = preset.name();
    let mut params = Box::new(MaybeUninit::<sys::x264_param_t>::zeroed());
    // SAFETY: x264_param_default_preset fills the whole struct; zeroed is valid for this plain C struct anyway.
    unsafe {
        let code = sys::x264_param_default_preset(params.as_mut_ptr(), name.as_ptr(), c"zerolatency".as_ptr());
        if code < 0 {
            return Err(failed("x264_param_default_preset", Some(code)));
        }
        Ok(params.assume_init())
    }
}

impl Encoder {
    /// Opens libx264: zerolatency, constrained baseline (or High 4:4:4 Predictive), no periodic keyframes.
    pub fn open(shape: PlaneShape, tuning: Tuning, preset: Preset) -> Result<Encoder, EncodeError> {
        tuning.check(Codec::H264)?;
        let mut params = defaults(preset).map_err(|call| on(call, shape))?;
        params.i_width = shape.width as i32;
        params.i_height = shape.height as i32;
        let (csp, profile) = match shape.chroma {
            Chroma::C420 => (sys::X264_CSP_I420, c"baseline"),
            Chroma::C444 => (sys::X264_CSP_I444, c"high444"),
        };
        params.i_csp = csp as i32;
        // One thread: slices cost quality, frame threads cost a frame of delay, and the core wants the other processor.
        params.i_threads = 1;
        params.b_sliced_threads = 0;
        params.i_fps_num = (tuning.fps * 1000.0).round() as u32;
        params.i_fps_den = 1000;
        params.b_vfr_input = 0;
        params.i_keyint_max = sys::X264_KEYINT_MAX_INFINITE as i32;
        params.i_scenecut_threshold = 0;
        // A peer that joins, or lost something, gets the headers with its keyframe.
        params.b_repeat_headers = 1;
        params.b_annexb = 1;
        params.i_log_level = sys::X264_LOG_ERROR as i32;
        params.rc.i_rc_method = sys::X264_RC_CRF as i32;
        set(&mut params, tuning, tuning.fps);
        // What `convert` makes: limited range; the colours themselves are those of sRGB and BT.709.
        params.vui.b_fullrange = 0;
        params.vui.i_colorprim = 1;
        params.vui.i_transfer = 1;
        // ITU-T H.264 table E-5: BT.601.
        params.vui.i_colmatrix = 6;
        // SAFETY: a filled struct and a constant string.
        let code = unsafe { sys::x264_param_apply_profile(&mut *params, profile.as_ptr()) };
        if code < 0 {
            return Err(on(failed("x264_param_apply_profile", Some(code)), shape));
        }
        // SAFETY: a filled struct; libx264 copies it.
        let x264 = unsafe { sys::x264_encoder_open(&mut *params) };
        let x264 = ptr::NonNull::new(x264).ok_or_else(|| on(failed("x264_encoder_open", None), shape))?;
        Ok(Encoder { x264, params, shape, tuning, opened_fps: tuning.fps, pts: 0, output: None })
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
        set(&mut self.params, tuning, self.opened_fps);
        // SAFETY: the open encoder and the struct it was opened with.
        let code = unsafe { sys::x264_encoder_reconfig(self.x264.as_ptr(), &mut *self.params) };
        if code < 0 {
            return Err(on(failed("x264_encoder_reconfig", Some(code)), self.shape));
        }
        self.tuning = tuning;
        Ok(())
    }

    fn encode(&mut self, planes: &Planes, mode: EncodeMode, out: &mut Vec<u8>) -> Result<FrameType, EncodeError> {
        let PlaneShape { width, height, .. } = self.shape;
        planes.check(self.shape)?;
        let chroma_width = self.shape.chroma_size().0;
        let mut picture = MaybeUninit::<sys::x264_picture_t>::zeroed();
        let mut output = MaybeUninit::<sys::x264_picture_t>::zeroed();
        let mut nals = ptr::null_mut();
        let mut nal_count = 0;
        self.output = None;
        // SAFETY: x264_picture_init fills the struct. The plane pointers are only read, stay valid during the call (there
        // is no lookahead to keep them longer: libx264 copies the frame), and their lengths were checked above.
        let size = unsafe {
            sys::x264_picture_init(picture.as_mut_ptr());
            let picture = picture.assume_init_mut();
            picture.i_type = if mode == EncodeMode::Keyframe { sys::X264_TYPE_IDR } else { sys::X264_TYPE_AUTO } as i32;
            if mode == EncodeMode::Skip {
                // The coarsest quantizer leaves nothing to repair: every block is skipped.
                picture.i_qpplus1 = QP_MAX + 1;
            }
            picture.i_pts = self.pts;
            picture.img.i_csp = self.params.i_csp;
            picture.img.i_plane = 3;
            let strides = [width, chroma_width, chroma_width];
            for (index, (plane, stride)) in [&planes.y, &planes.u, &planes.v].into_iter().zip(strides).enumerate() {
                picture.img.plane[index] = plane.as_ptr().cast_mut();
                picture.img.i_stride[index] = stride as i32;
            }
            sys::x264_encoder_encode(self.x264.as_ptr(), &mut nals, &mut nal_count, picture, output.as_mut_ptr())
        };
        self.pts += 1;
        if size < 0 {
            return Err(on(failed("x264_encoder_encode", Some(size)), self.shape));
        }
        if size == 0 || nals.is_null() || nal_count <= 0 {
            return Err(EncodeError::NoFrame { codec: Codec::H264, width, height });
        }
        // SAFETY: libx264 says that the payloads of all NAL units follow each other in memory, `size` bytes in all, valid
        // until the next call with this encoder. `output` was filled by the successful call.
        let (data, output) =
            unsafe { (std::slice::from_raw_parts((*nals).p_payload, size as usize), output.assume_init()) };
        out.extend_from_slice(data);
        self.output = Some(output);
        Ok(FrameType::of_key(output.b_keyframe != 0))
    }

    fn decoded(&mut self, planes: &mut Planes) -> bool {
        let Some(output) = &self.output else { return false };
        let PlaneShape { width, height, chroma, .. } = self.shape;
        let (width, height) = (width as usize, height as usize);
        let plane = |index: usize, width: usize, height: usize| {
            let stride = output.img.i_stride[index] as usize;
            // SAFETY: libx264 points `x264_picture_t.img` of its output at the reconstructed frame, which stays until
            // the next call with this encoder; a plane of `height` rows ends `width` bytes into its last row.
            (stride, unsafe { std::slice::from_raw_parts(output.img.plane[index], stride * (height - 1) + width) })
        };
        planes.shape = self.shape;
        let (stride, y) = plane(0, width, height);
        copy_rows(y, stride, width, 1, 0, &mut planes.y);
        if chroma == Chroma::C444 {
            for (index, out) in [(1, &mut planes.u), (2, &mut planes.v)] {
                let (stride, rows) = plane(index, width, height);
                copy_rows(rows, stride, width, 1, 0, out);
            }
        } else {
            // Inside libx264, U and V of 4:2:0 share one plane, sample by sample.
            let (stride, uv) = plane(1, width, height / 2);
            copy_rows(uv, stride, width / 2, 2, 0, &mut planes.u);
            copy_rows(uv, stride, width / 2, 2, 1, &mut planes.v);
        }
        true
    }
}

/// Writes a tuning into the parameters. libx264 cannot be told another frame rate, but all that the rate matters for is
/// how much a frame may take out of the buffer: a slower game gets the same bits a second in larger frames.
fn set(params: &mut sys::x264_param_t, tuning: Tuning, opened_fps: f64) {
    let kbit_s = f64::from(tuning.max_kbit_s) * opened_fps / tuning.fps;
    params.rc.i_vbv_max_bitrate = kbit_s.clamp(1.0, 2e6) as i32;
    let buffer = f64::from(tuning.max_kbit_s) * tuning.buffer_ms() / 1000.0;
    params.rc.i_vbv_buffer_size = buffer.clamp(1.0, 2e6) as i32;
    let quality = if params.i_csp == sys::X264_CSP_I444 as i32 { QUALITY.1 } else { QUALITY.0 };
    params.rc.f_rf_constant = quality + COARSER[tuning.speed.min(encoder::SPEEDS - 1)];
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: opened by us, closed once.
        unsafe { sys::x264_encoder_close(self.x264.as_ptr()) };
    }
}

/// The library's version, for `--version` and reports.
pub fn version() -> String {
    // SAFETY: a constant of the bindings that ends with a NUL.
    let text = CStr::from_bytes_with_nul(sys::X264_POINTVER).map(CStr::to_string_lossy);
    text.map(Into::into).unwrap_or_default()
}
