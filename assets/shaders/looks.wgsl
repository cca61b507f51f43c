// How the picture looks in the window, for those who remember it otherwise than in sharp squares. Follows preview.wgsl.
//
// What is shown of a tube or a grid is smaller than a pixel of the picture: below about three screen pixels to one of the
// picture there is no room for it, it turns into stripes that beat with the rows, and is faded out.

const SHARP = 0u;
const SMOOTH = 1u;
const SCANLINES = 2u;
const TUBE = 3u;
const GRID = 4u;
const ROUNDED = 5u;

fn looked_at(uv: vec2<f32>) -> vec3<f32> {
    switch sizes.look {
        case SMOOTH: { return sampled(uv * sizes.source); }
        case SCANLINES: { return scanlines(uv); }
        case TUBE: { return tube(uv); }
        case GRID: { return grid(uv); }
        case ROUNDED: { return rounded(uv); }
        default: { return sharp(uv); }
    }
}

// A monitor's response, near enough: what is added up has to be light.
fn light(stored: vec3<f32>) -> vec3<f32> {
    return stored * stored;
}

fn stored(light: vec3<f32>) -> vec3<f32> {
    return sqrt(clamp(light, vec3<f32>(0.0), vec3<f32>(1.0)));
}

// How much of what is smaller than a pixel of the picture can be shown, 0 to 1, by screen pixels to one of the picture.
fn room(screen_pixels: f32) -> f32 {
    return smoothstep(1.9, 3.0, screen_pixels);
}

// The part of a row's light at a distance from its middle, in rows: a beam is wider where it is brighter. The mean over a row is
// near 1.
fn beam(distance: f32, brightness: f32) -> f32 {
    let width = mix(0.24, 0.42, brightness);
    let scaled = distance / width;
    return exp(-0.5 * scaled * scaled) / (width * 2.5066);
}

// Light of a row at `x` between pixels, which are blended as a beam that sweeps does.
fn swept(x: f32, row: f32) -> vec3<f32> {
    let at = x * sizes.source.x;
    let within = smoothstep(0.15, 0.85, fract(at - 0.5));
    let middle = floor(at - 0.5) + 0.5 + within;
    return light(sampled(vec2<f32>(middle, row + 0.5)));
}

fn rows_of_beams(uv: vec2<f32>) -> vec3<f32> {
    let at = uv.y * sizes.source.y - 0.5;
    let row = floor(at);
    var sum = vec3<f32>(0.0);
    for (var i = 0; i < 2; i++) {
        let of_row = swept(uv.x, clamp(row + f32(i), 0.0, sizes.source.y - 1.0));
        let distance = abs(at - row - f32(i));
        let bright = max(of_row.r, max(of_row.g, of_row.b));
        sum += of_row * beam(distance, bright);
    }
    return sum;
}

fn scanlines(uv: vec2<f32>) -> vec3<f32> {
    let plain = sharp(uv);
    let lined = stored(rows_of_beams(uv));
    return mix(plain, lined, room(sizes.target_size.y / sizes.source.y));
}

// A tube: slightly bent glass, rows of a beam, and the stripes of the mask, which let one colour each through.
fn tube(uv: vec2<f32>) -> vec3<f32> {
    let from_middle = uv * 2.0 - 1.0;
    let bent = from_middle * (1.0 + 0.03 * from_middle.yx * from_middle.yx);
    let at = bent * 0.5 + 0.5;
    // The edge is blended over a screen pixel.
    let beyond = (abs(bent) - 1.0) * sizes.target_size * 0.5;
    let inside = clamp(0.5 - max(beyond.x, beyond.y), 0.0, 1.0);
    let has_room = room(sizes.target_size.y / sizes.source.y);
    let lined = mix(light(sharp(at)), rows_of_beams(at), has_room);
    // Two stripes of three let a third through: brightness is given back, as sets with a mask were driven harder.
    let stripe = u32(uv.x * sizes.target_size.x) % 3u;
    var mask = vec3<f32>(0.55);
    mask[stripe] = 1.9;
    let masked = lined * mix(vec3<f32>(1.0), mask, 0.6 * has_room);
    let darker = 1.0 - 0.12 * dot(from_middle * from_middle, from_middle * from_middle);
    return stored(masked * darker) * inside;
}

// A handheld's display: pixels with gaps between, each of three stripes that are not quite apart.
fn grid(uv: vec2<f32>) -> vec3<f32> {
    let at = uv * sizes.source;
    let pixels = sizes.target_size / sizes.source;
    let has_room = room(min(pixels.x, pixels.y));
    let within = fract(at);
    // A gap is a screen pixel wide, or a sixth of the pixel.
    let gap = max(vec2<f32>(1.0) / pixels, vec2<f32>(0.16));
    let away = min(within, 1.0 - within);
    let open = smoothstep(vec2<f32>(0.0), gap, away);
    let pixel = light(pixel_at(floor(at)));
    var stripes = vec3<f32>(0.0);
    for (var i = 0; i < 3; i++) {
        let middle = (f32(i) + 0.5) / 3.0;
        stripes[i] = 1.0 - smoothstep(0.1, 0.5, abs(within.x - middle)) * 0.35;
    }
    let drawn = pixel * stripes * mix(0.55, 1.0, open.x * open.y) * 1.18;
    return mix(sharp(uv), stored(drawn), has_room);
}

// Corners are cut where an edge runs across them: the rule of xBR (Hyllian, 2011), level one. A diagonal is an edge where colours
// along it are more alike than those across it.
fn near(pixel: vec2<f32>, x: f32, y: f32) -> vec3<f32> {
    return pixel_at(pixel + vec2<f32>(x, y));
}

// Colours as the eye weighs them: brightness most.
fn apart(one: vec3<f32>, other: vec3<f32>) -> f32 {
    let d = one - other;
    let y = dot(d, vec3<f32>(0.299, 0.587, 0.114));
    return abs(y) + 0.25 * abs(d.b - y) + 0.35 * abs(d.r - y);
}

fn rounded(uv: vec2<f32>) -> vec3<f32> {
    let at = uv * sizes.source;
    let pixel = floor(at);
    let within = fract(at) - 0.5;
    // Everything is mirrored so that the corner in question is the lower right one.
    let s = select(vec2<f32>(-1.0), vec2<f32>(1.0), within >= vec2<f32>(0.0));
    let own = near(pixel, 0.0, 0.0);
    let right = near(pixel, s.x, 0.0);
    let below = near(pixel, 0.0, s.y);
    let corner = near(pixel, s.x, s.y);
    let left = near(pixel, -s.x, 0.0);
    let above = near(pixel, 0.0, -s.y);
    let along = apart(own, near(pixel, s.x, -s.y)) + apart(own, near(pixel, -s.x, s.y))
        + apart(corner, near(pixel, 2.0 * s.x, 0.0)) + apart(corner, near(pixel, 0.0, 2.0 * s.y)) + 4.0 * apart(below, right);
    let across = apart(below, left) + apart(below, near(pixel, s.x, 2.0 * s.y)) + apart(right, near(pixel, 2.0 * s.x, s.y))
        + apart(right, above) + 4.0 * apart(own, corner);
    let edge = along < across && apart(own, right) > 0.01 && apart(own, below) > 0.01;
    let beyond = select(below, right, apart(own, right) <= apart(own, below));
    let depth = dot(abs(within), vec2<f32>(1.0));
    // The cut runs through the middles of the two sides; blended over a screen pixel.
    let pixels = min(sizes.target_size.x / sizes.source.x, sizes.target_size.y / sizes.source.y);
    let soft = clamp(0.7 / pixels, 0.02, 0.5);
    let share = select(0.0, smoothstep(0.5 - soft, 0.5 + soft, depth), edge);
    // Beside an edge the pixel's own colour, not one that is already blended with what lies beyond.
    return mix(select(sharp(uv), own, edge), beyond, share);
}
