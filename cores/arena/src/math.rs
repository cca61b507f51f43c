//! Vectors without libm: only `+ - * /` and `sqrt`, which IEEE 754 rounds the same on every machine.

/// Steps in a full turn of [`dir`].
pub const TURN: u8 = 64;

/// sin(k * pi / 32) for a quarter turn.
const QUARTER: [f32; 17] = [
    0.0,
    0.098_017,
    0.195_09,
    0.290_285,
    0.382_683,
    0.471_397,
    0.555_57,
    0.634_393,
    std::f32::consts::FRAC_1_SQRT_2,
    0.773_01,
    0.831_47,
    0.881_921,
    0.923_88,
    0.956_94,
    0.980_785,
    0.995_185,
    1.0,
];

/// Sine of `angle` (64 steps a turn).
pub fn sin(angle: u8) -> f32 {
    let a = angle % TURN;
    let (a, sign) = if a < 32 { (a, 1.0) } else { (a - 32, -1.0) };
    let k = if a <= 16 { a } else { 32 - a };
    QUARTER[usize::from(k)] * sign
}

/// The unit vector at `angle` (64 steps a turn, 0 to the right, growing clockwise on screen).
pub fn dir(angle: u8) -> (f32, f32) {
    (sin((angle % TURN) + 16), sin(angle))
}

/// The length of a vector.
pub fn len(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// The vector scaled to length 1, or zero when it has no direction.
pub fn unit(x: f32, y: f32) -> (f32, f32) {
    let l = len(x, y);
    if l < 0.001 { (0.0, 0.0) } else { (x / l, y / l) }
}

/// Whether two points are closer than `r`.
pub fn near(ax: f32, ay: f32, bx: f32, by: f32, r: f32) -> bool {
    let (dx, dy) = (ax - bx, ay - by);
    dx * dx + dy * dy < r * r
}
