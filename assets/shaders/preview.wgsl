// The core's picture in the window: pixels stay sharp at any size, only their edges are blended.
//
// Each screen pixel looks up one point. Within a source pixel the point is pulled to that pixel's middle, and over
// the last screen pixel before an edge it moves across, so that the sampler's bilinear filter does the blending.

struct Sizes {
    // Of the part of the picture that is shown, in the picture's own pixels.
    source: vec2<f32>,
    // Of the rectangle that it fills, in screen pixels.
    target_size: vec2<f32>,
    // Where the part begins, and the size of the whole picture.
    begin: vec2<f32>,
    full: vec2<f32>,
    // Which of the looks in looks.wgsl, by the numbers there.
    look: u32,
}

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var blend: sampler;
@group(0) @binding(2) var<uniform> sizes: Sizes;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) uv: vec2<f32>,
}

// One triangle that covers the viewport, which is the rectangle.
@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
    let uv = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u));
    return Corner(vec4<f32>(uv.x * 2.0 - 1.0, 1.0 - uv.y * 2.0, 0.0, 1.0), uv);
}

// At a place of the part, in pixels. What is not shown is not blended in at the edges either.
fn sampled(at: vec2<f32>) -> vec3<f32> {
    let inside = clamp(at, vec2<f32>(0.5), sizes.source - 0.5);
    return textureSampleLevel(picture, blend, (sizes.begin + inside) / sizes.full, 0.0).rgb;
}

// A pixel of the part; the nearest one for a place beyond it.
fn pixel_at(at: vec2<f32>) -> vec3<f32> {
    let inside = clamp(at, vec2<f32>(0.0), sizes.source - 1.0);
    return textureLoad(picture, vec2<i32>(sizes.begin + inside), 0).rgb;
}

fn sharp(uv: vec2<f32>) -> vec3<f32> {
    let at = uv * sizes.source;
    // Source pixels to a screen pixel; where the picture is made smaller, plain bilinear is left.
    let step = clamp(sizes.source / sizes.target_size, vec2<f32>(0.0001), vec2<f32>(1.0));
    let within = fract(at);
    let pulled = clamp(within / step * 0.5, vec2<f32>(0.0), vec2<f32>(0.5))
        + clamp((within - 1.0) / step * 0.5 + 0.5, vec2<f32>(0.0), vec2<f32>(0.5));
    return sampled(floor(at) + pulled);
}

// For a window whose pixels are stored as they are.
@fragment
fn as_stored(in: Corner) -> @location(0) vec4<f32> {
    return vec4<f32>(looked_at(in.uv), 1.0);
}

// For a window that turns linear light into sRGB when it stores a pixel.
@fragment
fn as_light(in: Corner) -> @location(0) vec4<f32> {
    let stored = looked_at(in.uv);
    let low = stored / 12.92;
    let high = pow((stored + 0.055) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, stored <= vec3<f32>(0.04045)), 1.0);
}
