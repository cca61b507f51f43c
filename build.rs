//! Binds libretro.h, so that every struct has the layout the C compiler gives it, and builds the one piece of C
//! that Rust cannot express.

use std::env;
use std::path::PathBuf;

fn main() {
    let header = "src/libretro/libretro.h";
    let shim = "src/libretro/log.c";
    println!("cargo:rerun-if-changed={header}");
    println!("cargo:rerun-if-changed={shim}");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    bindgen::Builder::default()
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
        .write_to_file(out.join("libretro.rs"))
        .expect("OUT_DIR can be written");

    // The log callback is variadic, which stable Rust can call but not define.
    cc::Build::new().file(shim).warnings(true).compile("hotseat_log");
}
