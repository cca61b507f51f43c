//! H.264 by libx264: the safe wrapper.
//!
//! The parameters are libx264's own struct, bound at build time against the installed header, so its size is always the
//! library's. One encoder is opened for the frame in hand and closed when the size changes.
#![allow(unsafe_code)]

use super::convert::Planes;
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr;
use x264_sys as sys;

/// What an encoder is opened for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Luma plane, even.
    pub width: u32,
    /// Luma plane, even.
    pub height: u32,
    /// Frames a second: rate control is wrong without it (libx264 assumes 25).
    pub fps: f64,
    /// The most the encoder may use, in kbit/s.
    pub max_kbit_s: u32,
}

/// Quality aimed at where the bitrate allows it: libx264's constant rate factor, lower is better.
const QUALITY: f32 = 21.0;

/// The buffer of the rate limit, in milliseconds of the maximum rate. Room for a keyframe that is worth looking at,
/// short enough that a scene change does not sit in the network for long.
const BUFFER_MS: u32 = 120;

/// An open encoder.
pub struct Encoder {
    x264: ptr::NonNull<sys::x264_t>,
    params: Box<sys::x264_param_t>,
    settings: Settings,
    pts: i64,
}

/// One encoded frame, borrowed from the encoder until the next one.
pub struct Encoded<'a> {
    /// All NAL units in order, Annex B.
    pub data: &'a [u8],
    /// It can be decoded without anything before it.
    pub keyframe: bool,
}

impl Encoder {
    /// Opens libx264: preset superfast, tune zerolatency, baseline profile, no periodic keyframes.
    pub fn open(settings: Settings) -> Result<Encoder, String> {
        let failed =
            |what: &str| format!("{what} failed for {}x{} at {:.2} Hz", settings.width, settings.height, settings.fps);
        let mut params = Box::new(MaybeUninit::<sys::x264_param_t>::zeroed());
        // SAFETY: x264_param_default_preset fills the whole struct; zeroed is valid for this plain C struct anyway.
        let mut params = unsafe {
            let preset =
                sys::x264_param_default_preset(params.as_mut_ptr(), c"superfast".as_ptr(), c"zerolatency".as_ptr());
            if preset < 0 {
                return Err(failed("x264_param_default_preset"));
            }
            Box::from_raw(Box::into_raw(params).cast::<sys::x264_param_t>())
        };
        params.i_width = settings.width as i32;
        params.i_height = settings.height as i32;
        params.i_csp = sys::X264_CSP_I420 as i32;
        // One thread: slices cost quality, frame threads cost a frame of delay, and the core wants the other processor.
        params.i_threads = 1;
        params.b_sliced_threads = 0;
        params.i_fps_num = (settings.fps * 1000.0).round() as u32;
        params.i_fps_den = 1000;
        params.b_vfr_input = 0;
        params.i_keyint_max = sys::X264_KEYINT_MAX_INFINITE as i32;
        params.i_scenecut_threshold = 0;
        // A peer that joins, or lost something, gets the headers with its keyframe.
        params.b_repeat_headers = 1;
        params.b_annexb = 1;
        params.i_log_level = sys::X264_LOG_ERROR as i32;
        params.rc.i_rc_method = sys::X264_RC_CRF as i32;
        params.rc.f_rf_constant = QUALITY;
        limit_rate(&mut params, settings.max_kbit_s);
        // BT.709, limited range: what `convert` makes.
        params.vui.b_fullrange = 0;
        params.vui.i_colorprim = 1;
        params.vui.i_transfer = 1;
        params.vui.i_colmatrix = 1;
        // SAFETY: a filled struct and a constant string.
        if unsafe { sys::x264_param_apply_profile(&mut *params, c"baseline".as_ptr()) } < 0 {
            return Err(failed("x264_param_apply_profile"));
        }
        // SAFETY: a filled struct; libx264 copies it.
        let x264 = unsafe { sys::x264_encoder_open(&mut *params) };
        let x264 = ptr::NonNull::new(x264).ok_or_else(|| failed("x264_encoder_open"))?;
        Ok(Encoder { x264, params, settings, pts: 0 })
    }

    /// What it was opened for, and its present rate.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// A new rate limit, without reopening.
    pub fn set_max_kbit_s(&mut self, max_kbit_s: u32) -> Result<(), String> {
        if max_kbit_s == self.settings.max_kbit_s {
            return Ok(());
        }
        limit_rate(&mut self.params, max_kbit_s);
        // SAFETY: the open encoder and the struct it was opened with.
        let code = unsafe { sys::x264_encoder_reconfig(self.x264.as_ptr(), &mut *self.params) };
        if code < 0 {
            return Err(format!("x264_encoder_reconfig failed for {max_kbit_s} kbit/s: code {code}"));
        }
        self.settings.max_kbit_s = max_kbit_s;
        Ok(())
    }

    /// Encodes one frame. `planes` must have the size the encoder was opened for.
    pub fn encode(&mut self, planes: &Planes, keyframe: bool) -> Result<Encoded<'_>, String> {
        let Settings { width, height, .. } = self.settings;
        let (w, h) = (width as usize, height as usize);
        let fits = (planes.width, planes.height) == (width, height)
            && planes.y.len() >= w * h
            && planes.u.len() >= w * h / 4
            && planes.v.len() >= w * h / 4;
        if !fits {
            return Err(format!("a frame of {}x{} for an encoder of {width}x{height}", planes.width, planes.height));
        }
        let mut picture = MaybeUninit::<sys::x264_picture_t>::zeroed();
        let mut output = MaybeUninit::<sys::x264_picture_t>::zeroed();
        let mut nals = ptr::null_mut();
        let mut nal_count = 0;
        // SAFETY: x264_picture_init fills the struct. The plane pointers are only read, stay valid during the call (there
        // is no lookahead to keep them longer: libx264 copies the frame), and their lengths were checked above.
        let size = unsafe {
            sys::x264_picture_init(picture.as_mut_ptr());
            let picture = picture.assume_init_mut();
            picture.i_type = if keyframe { sys::X264_TYPE_IDR } else { sys::X264_TYPE_AUTO } as i32;
            picture.i_pts = self.pts;
            picture.img.i_csp = sys::X264_CSP_I420 as i32;
            picture.img.i_plane = 3;
            for (index, (plane, stride)) in
                [(&planes.y, w), (&planes.u, w / 2), (&planes.v, w / 2)].into_iter().enumerate()
            {
                picture.img.plane[index] = plane.as_ptr().cast_mut();
                picture.img.i_stride[index] = stride as i32;
            }
            sys::x264_encoder_encode(self.x264.as_ptr(), &mut nals, &mut nal_count, picture, output.as_mut_ptr())
        };
        self.pts += 1;
        if size <= 0 || nals.is_null() || nal_count <= 0 {
            return Err(format!("x264_encoder_encode failed for {width}x{height}: code {size}"));
        }
        // SAFETY: libx264 says that the payloads of all NAL units follow each other in memory, `size` bytes in all, valid
        // until the next call with this encoder, which needs `&mut self`. `output` was filled by the successful call.
        unsafe {
            let data = std::slice::from_raw_parts((*nals).p_payload, size as usize);
            Ok(Encoded { data, keyframe: output.assume_init_ref().b_keyframe != 0 })
        }
    }
}

fn limit_rate(params: &mut sys::x264_param_t, max_kbit_s: u32) {
    params.rc.i_vbv_max_bitrate = max_kbit_s as i32;
    params.rc.i_vbv_buffer_size = (max_kbit_s * BUFFER_MS / 1000).max(1) as i32;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(width: u32, height: u32) -> Settings {
        Settings { width, height, fps: 60.0988, max_kbit_s: 6000 }
    }

    fn planes(width: u32, height: u32, seed: u32) -> Planes {
        let noise = |len: usize, salt: u32| {
            (0..len as u32).map(|i| ((i ^ salt).wrapping_mul(2_654_435_761) >> 26) as u8 + 90).collect()
        };
        let pixels = (width * height) as usize;
        Planes { width, height, y: noise(pixels, seed), u: noise(pixels / 4, seed + 1), v: noise(pixels / 4, seed + 2) }
    }

    #[test]
    fn the_first_frame_and_each_wanted_one_is_a_keyframe_and_no_other() {
        let mut encoder = Encoder::open(settings(320, 240)).expect("open");
        for frame in 0..300 {
            let wanted = frame % 100 == 57;
            let encoded = encoder.encode(&planes(320, 240, frame), wanted).expect("encode");
            assert_eq!(encoded.keyframe, wanted || frame == 0, "frame {frame}");
            assert!(encoded.data.starts_with(&[0, 0, 0, 1]) || encoded.data.starts_with(&[0, 0, 1]));
        }
    }

    #[test]
    fn the_smallest_and_odd_shaped_sizes_encode() {
        for (width, height) in [(16, 16), (16, 4096), (4096, 16), (18, 34), (1002, 778)] {
            let mut encoder = Encoder::open(settings(width, height)).expect("open");
            encoder.encode(&planes(width, height, 1), false).expect("encode");
        }
    }

    #[test]
    fn a_frame_of_another_size_is_an_error_and_nothing_worse() {
        let mut encoder = Encoder::open(settings(320, 240)).expect("open");
        assert!(encoder.encode(&planes(640, 480, 1), false).is_err());
        assert!(encoder.encode(&planes(320, 240, 1), false).is_ok());
    }

    #[test]
    fn the_rate_limit_holds_and_changes_without_reopening() {
        let mut encoder = Encoder::open(settings(320, 240)).expect("open");
        let bytes = |encoder: &mut Encoder| -> usize {
            (0..120)
                .map(|frame| encoder.encode(&planes(320, 240, frame * 7919), false).expect("encode").data.len())
                .sum()
        };
        let fast = bytes(&mut encoder);
        encoder.set_max_kbit_s(1500).expect("reconfig");
        let _settle = bytes(&mut encoder);
        let slow = bytes(&mut encoder);
        assert!(slow * 2 < fast, "{fast} bytes at 6000 kbit/s, {slow} at 1500");
    }
}
