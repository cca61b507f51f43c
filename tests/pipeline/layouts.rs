//! The structs that are shared with C libraries have the size, and the members the place, that the C compiler gives them.
//! A copy that did not match is what this project began with.

use std::io::Write;
use std::mem::{offset_of, size_of};
use std::process::{Command, Stdio};

/// Name in C, and what Rust thinks of it.
type Figure = (&'static str, usize);

/// Lets the C compiler check each of them against the header; nothing is linked or run.
fn compare(header: &str, figures: &[Figure]) {
    let checks: String =
        figures.iter().map(|(c, ours)| format!("_Static_assert(({c}) == {ours}, \"{c} is not {ours}\");\n")).collect();
    let text = format!("#include <stddef.h>\n#include <stdint.h>\n{header}\n{checks}");
    let mut compiler = Command::new("cc")
        .args(["-fsyntax-only", "-x", "c", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cc starts: install the package gcc");
    compiler.stdin.take().expect("its input").write_all(text.as_bytes()).expect("it reads");
    let output = compiler.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[should_panic(expected = "sizeof(int) is not 3")]
fn a_size_that_is_wrong_is_found() {
    compare("", &[("sizeof(int)", 3)]);
}

#[test]
fn x264_s_structs_are_what_its_header_says() {
    use x264_sys::{x264_nal_t, x264_param_t, x264_picture_t};
    compare(
        "#include <x264.h>",
        &[
            ("sizeof(x264_param_t)", size_of::<x264_param_t>()),
            ("offsetof(x264_param_t, i_width)", offset_of!(x264_param_t, i_width)),
            ("offsetof(x264_param_t, i_keyint_max)", offset_of!(x264_param_t, i_keyint_max)),
            ("offsetof(x264_param_t, vui)", offset_of!(x264_param_t, vui)),
            ("offsetof(x264_param_t, rc)", offset_of!(x264_param_t, rc)),
            ("offsetof(x264_param_t, i_fps_num)", offset_of!(x264_param_t, i_fps_num)),
            ("offsetof(x264_param_t, opaque)", offset_of!(x264_param_t, opaque)),
            ("sizeof(x264_picture_t)", size_of::<x264_picture_t>()),
            ("offsetof(x264_picture_t, img)", offset_of!(x264_picture_t, img)),
            ("sizeof(x264_nal_t)", size_of::<x264_nal_t>()),
            ("X264_BUILD", x264_sys::X264_BUILD as usize),
        ],
    );
}

#[test]
fn libvpx_s_structs_are_what_its_headers_say() {
    use hotseat::video::vpx_sys::{
        vpx_active_map, vpx_codec_ctx_t, vpx_codec_cx_pkt_t, vpx_codec_enc_cfg_t, vpx_image_t,
    };
    compare(
        "#include <vpx/vpx_encoder.h>\n#include <vpx/vp8cx.h>",
        &[
            ("sizeof(vpx_codec_enc_cfg_t)", size_of::<vpx_codec_enc_cfg_t>()),
            ("offsetof(vpx_codec_enc_cfg_t, g_w)", offset_of!(vpx_codec_enc_cfg_t, g_w)),
            ("offsetof(vpx_codec_enc_cfg_t, g_timebase)", offset_of!(vpx_codec_enc_cfg_t, g_timebase)),
            ("offsetof(vpx_codec_enc_cfg_t, rc_target_bitrate)", offset_of!(vpx_codec_enc_cfg_t, rc_target_bitrate)),
            ("offsetof(vpx_codec_enc_cfg_t, kf_max_dist)", offset_of!(vpx_codec_enc_cfg_t, kf_max_dist)),
            ("sizeof(vpx_codec_ctx_t)", size_of::<vpx_codec_ctx_t>()),
            ("sizeof(vpx_image_t)", size_of::<vpx_image_t>()),
            ("offsetof(vpx_image_t, planes)", offset_of!(vpx_image_t, planes)),
            ("offsetof(vpx_image_t, bit_depth)", offset_of!(vpx_image_t, bit_depth)),
            ("sizeof(vpx_codec_cx_pkt_t)", size_of::<vpx_codec_cx_pkt_t>()),
            ("sizeof(vpx_active_map_t)", size_of::<vpx_active_map>()),
            ("VPX_ENCODER_ABI_VERSION", hotseat::video::vpx_sys::VPX_ENCODER_ABI_VERSION as usize),
        ],
    );
}
