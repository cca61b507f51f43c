//! Binds libretro.h and libvpx's headers, so that every struct has the layout the C compiler gives it, and builds the one
//! piece of C that Rust cannot express.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    bind_libretro(&out);
    bind_libvpx(&out);
    build_log_callback();
    // The archive that is unpacked anywhere has the encoders' libraries in a folder beside the program.
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN/lib");
}

fn bind_libretro(out: &Path) {
    let header = "src/libretro/libretro.h";
    println!("cargo:rerun-if-changed={header}");
    let bindings = bindgen::Builder::default()
        .header(header)
        .allowlist_type("retro_.*")
        .allowlist_var("RETRO_.*")
        .default_enum_style(bindgen::EnumVariation::Consts)
        .prepend_enum_name(false)
        .derive_default(true)
        .layout_tests(true)
        .generate_comments(false)
        .generate()
        .expect("bindgen could not read libretro.h: is libclang installed?")
        .to_string();
    std::fs::write(out.join("libretro.rs"), with_bytes_for_bools(&bindings)).expect("OUT_DIR can be written");
}

/// A core may leave any byte where a struct has a `bool`, and a Rust `bool` that is neither 0 nor 1 is undefined behaviour.
/// Both are one byte.
fn with_bytes_for_bools(bindings: &str) -> String {
    let field = |line: &str| line.trim_start().starts_with("pub ") && line.ends_with(": bool,");
    let line = |line: &str| if field(line) { line.replace(": bool,", ": u8,") } else { line.to_owned() };
    bindings.lines().map(|it| line(it) + "\n").collect()
}

/// The installed library's encoder interface. The published crate for it binds the same by a bindgen of 2021, which brings
/// thirty crates of its own.
fn bind_libvpx(out: &Path) {
    let vpx = pkg_config::Config::new()
        .atleast_version("1.5.0")
        .probe("vpx")
        .expect("pkg-config could not find libvpx: is libvpx-dev installed?");
    bindgen::Builder::default()
        .header_contents("vpx.h", "#include <vpx/vpx_encoder.h>\n#include <vpx/vp8cx.h>\n")
        .clang_args(vpx.include_paths.iter().map(|path| format!("-I{}", path.display())))
        .allowlist_item("(vpx|vp8|VPX|VP8).*")
        .default_enum_style(bindgen::EnumVariation::Rust { non_exhaustive: false })
        .generate_comments(false)
        .generate()
        .expect("bindgen could not read libvpx's headers: is libclang installed?")
        .write_to_file(out.join("vpx.rs"))
        .expect("OUT_DIR can be written");
}

/// The log callback is variadic, which stable Rust can call but not define.
fn build_log_callback() {
    let source = "src/libretro/log.c";
    println!("cargo:rerun-if-changed={source}");
    cc::Build::new().file(source).warnings(true).compile("hotseat_log");
}
