//! What the front end tells a core of the machine and of its own speed: `GET_PERF_INTERFACE`.

mod sys;

pub use sys::interface;

use super::sys as libretro;
use std::time::Duration;

/// The processor's extensions, as `RETRO_SIMD_*`.
fn cpu_features() -> u64 {
    let mut features = 0;
    let mut add = |there: bool, feature: u32| features |= if there { u64::from(feature) } else { 0 };
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        use std::arch::is_x86_feature_detected as has;
        add(has!("sse"), libretro::RETRO_SIMD_SSE | libretro::RETRO_SIMD_MMX | libretro::RETRO_SIMD_MMXEXT);
        add(has!("sse2"), libretro::RETRO_SIMD_SSE2 | libretro::RETRO_SIMD_CMOV);
        add(has!("sse3"), libretro::RETRO_SIMD_SSE3);
        add(has!("ssse3"), libretro::RETRO_SIMD_SSSE3);
        add(has!("sse4.1"), libretro::RETRO_SIMD_SSE4);
        add(has!("sse4.2"), libretro::RETRO_SIMD_SSE42);
        add(has!("avx"), libretro::RETRO_SIMD_AVX);
        add(has!("avx2"), libretro::RETRO_SIMD_AVX2);
        add(has!("avx512f"), libretro::RETRO_SIMD_AVX512);
        add(has!("aes"), libretro::RETRO_SIMD_AES);
        add(has!("popcnt"), libretro::RETRO_SIMD_POPCNT);
        add(has!("movbe"), libretro::RETRO_SIMD_MOVBE);
        add(has!("lzcnt"), libretro::RETRO_SIMD_LZCNT);
    }
    // Both are part of every processor that runs 64-bit Arm code.
    add(cfg!(target_arch = "aarch64"), libretro::RETRO_SIMD_NEON | libretro::RETRO_SIMD_ASIMD);
    features
}

/// The unit of counters is the nanosecond: cores only compare them with each other.
fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// What a core measured under one name.
struct Measured {
    name: String,
    total: u64,
    times: u64,
}

impl Measured {
    fn line(&self) -> String {
        let mean = self.total / self.times.max(1);
        format!("{}: {} times, {mean} ns each", self.name, self.times)
    }
}
