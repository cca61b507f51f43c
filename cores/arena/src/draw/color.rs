//! Colours, and arithmetic on them.

/// 0x00RRGGBB, as libretro's XRGB8888.
pub type Color = u32;

/// Each channel times `n / 256`.
pub fn scale(c: Color, n: u32) -> Color {
    let n = n.min(256);
    let rb = (((c & 0x00ff_00ff) * n) >> 8) & 0x00ff_00ff;
    let g = (((c & 0x0000_ff00) * n) >> 8) & 0x0000_ff00;
    rb | g
}

/// Channels added, each at most white.
pub fn add(a: Color, b: Color) -> Color {
    // Sums of the top seven bits tell which channels overflow.
    let low = (a & 0x00fe_fefe) + (b & 0x00fe_fefe);
    let over = low & 0x0101_0100;
    let fill = over - (over >> 8);
    (low & !over | fill) & 0x00ff_ffff
}

/// From `a` to `b`, `t` of 256.
pub fn mix(a: Color, b: Color, t: u32) -> Color {
    let t = t.min(256);
    scale(a, 256 - t) + scale(b, t)
}

/// Sprite colours of the four players: outline, shade, body, light, core, glow.
pub const PLAYERS: [[Color; 6]; 4] = [
    [0x003a_0a24, 0x00b9_1f44, 0x00f5_4a50, 0x00ff_8f6a, 0x00ff_f0d2, 0x00ff_5a48],
    [0x000a_1650, 0x0023_4bd0, 0x003d_8bff, 0x007c_ccff, 0x00ea_fcff, 0x0038_7cff],
    [0x0005_3020, 0x0013_8750, 0x0030_cc6a, 0x0094_f27c, 0x00f4_ffda, 0x002e_e06c],
    [0x0042_200a, 0x00c9_7410, 0x00fb_b928, 0x00ff_e45e, 0x00ff_fce0, 0x00ff_b020],
];

/// A cooling ramp, hot to dark, for each particle tint: four players, gloom, red, ice, gold.
pub const TINTS: [[Color; 4]; 8] = [
    [0x00ff_f0d2, 0x00ff_8f6a, 0x00f5_4a50, 0x0080_1a38],
    [0x00ea_fcff, 0x007c_ccff, 0x003d_8bff, 0x001c_3590],
    [0x00f4_ffda, 0x0094_f27c, 0x0030_cc6a, 0x0010_6040],
    [0x00ff_fce0, 0x00ff_e45e, 0x00fb_b928, 0x0085_4a10],
    [0x00fb_d8ff, 0x00d9_7bff, 0x0096_3fd6, 0x0048_1c80],
    [0x00ff_f4d8, 0x00ff_9a5c, 0x00f0_3a5c, 0x0080_1440],
    [0x00ff_ffff, 0x00b6_f4ff, 0x0062_b8e0, 0x002c_5c90],
    [0x00ff_ffe8, 0x00ff_e27a, 0x00f0_a030, 0x0080_4820],
];

/// Text.
pub const WHITE: Color = 0x00fd_f6ea;
/// Text that is not to be read first.
pub const DIM: Color = 0x006a_6a94;
/// Behind text and the panels.
pub const INK: Color = 0x000a_0818;
/// Score and logo.
pub const GOLD: Color = 0x00ff_d866;
