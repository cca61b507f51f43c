// What the picture is made to look like: the window's shaders (assets/shaders/looks.wgsl) in WebGL's language. The two are kept
// alike by hand; names and numbers are the same.

/** In the order of the shader's numbers; the first is the video itself, without any of this. */
export const LOOKS = /** @type {const} */ (["sharp", "smooth", "scanlines", "tube", "grid", "rounded"]);

/** @typedef {typeof LOOKS[number]} Look */

/** One triangle over everything; `uv` goes from the upper left corner of the picture to the lower right. */
export const VERTEX = `#version 300 es
out vec2 uv;
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  uv = corner;
  gl_Position = vec4(corner.x * 2.0 - 1.0, 1.0 - corner.y * 2.0, 0.0, 1.0);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
in vec2 uv;
out vec4 shown;
uniform sampler2D video;
// The share of the video that is the picture; the rest is padding.
uniform vec2 share;
// In the picture's own pixels, where the part that is shown begins, and the size of the whole.
uniform vec2 begin;
uniform vec2 full;
// The size of the part, and the canvas's in the screen's pixels.
uniform vec2 source;
uniform vec2 target;
uniform int look;

// Between pixels, blended. The video has each pixel several times, so that blending is done here.
vec3 pixel(vec2 at) {
  vec2 middle = (begin + clamp(floor(at), vec2(0.0), source - 1.0) + 0.5) / full;
  return textureLod(video, middle * share, 0.0).rgb;
}

vec3 blended(vec2 at) {
  vec2 from = floor(at - 0.5);
  vec2 between = at - 0.5 - from;
  vec3 above = mix(pixel(from), pixel(from + vec2(1.0, 0.0)), between.x);
  vec3 below = mix(pixel(from + vec2(0.0, 1.0)), pixel(from + 1.0), between.x);
  return mix(above, below, between.y);
}

vec3 sharp(vec2 uv) {
  vec2 at = uv * source;
  vec2 reach = clamp(source / target, vec2(0.0001), vec2(1.0));
  vec2 within = fract(at);
  vec2 pulled = clamp(within / reach * 0.5, 0.0, 0.5) + clamp((within - 1.0) / reach * 0.5 + 0.5, 0.0, 0.5);
  return blended(floor(at) + pulled);
}

vec3 light(vec3 stored) { return stored * stored; }
vec3 stored(vec3 light) { return sqrt(clamp(light, 0.0, 1.0)); }
float room(float pixels) { return smoothstep(1.9, 3.0, pixels); }

float beam(float distance, float brightness) {
  float width = mix(0.24, 0.42, brightness);
  float scaled = distance / width;
  return exp(-0.5 * scaled * scaled) / (width * 2.5066);
}

vec3 swept(float x, float row) {
  float at = x * source.x;
  float within = smoothstep(0.15, 0.85, fract(at - 0.5));
  return light(blended(vec2(floor(at - 0.5) + 0.5 + within, row + 0.5)));
}

vec3 beams(vec2 uv) {
  float at = uv.y * source.y - 0.5;
  float row = floor(at);
  vec3 sum = vec3(0.0);
  for (int i = 0; i < 2; i++) {
    vec3 ofRow = swept(uv.x, clamp(row + float(i), 0.0, source.y - 1.0));
    sum += ofRow * beam(abs(at - row - float(i)), max(ofRow.r, max(ofRow.g, ofRow.b)));
  }
  return sum;
}

vec3 scanlines(vec2 uv) {
  return mix(sharp(uv), stored(beams(uv)), room(target.y / source.y));
}

vec3 tube(vec2 uv) {
  vec2 fromMiddle = uv * 2.0 - 1.0;
  vec2 bent = fromMiddle * (1.0 + 0.03 * fromMiddle.yx * fromMiddle.yx);
  vec2 at = bent * 0.5 + 0.5;
  vec2 beyond = (abs(bent) - 1.0) * target * 0.5;
  float inside = clamp(0.5 - max(beyond.x, beyond.y), 0.0, 1.0);
  float hasRoom = room(target.y / source.y);
  vec3 lined = mix(light(sharp(at)), beams(at), hasRoom);
  vec3 mask = vec3(0.55);
  mask[int(uv.x * target.x) % 3] = 1.9;
  vec3 masked = lined * mix(vec3(1.0), mask, 0.6 * hasRoom);
  vec2 squared = fromMiddle * fromMiddle;
  return stored(masked * (1.0 - 0.12 * dot(squared, squared))) * inside;
}

vec3 grid(vec2 uv) {
  vec2 at = uv * source;
  vec2 pixels = target / source;
  vec2 within = fract(at);
  vec2 gap = max(1.0 / pixels, vec2(0.16));
  vec2 open = smoothstep(vec2(0.0), gap, min(within, 1.0 - within));
  vec3 stripes = vec3(0.0);
  for (int i = 0; i < 3; i++) {
    float middle = (float(i) + 0.5) / 3.0;
    stripes[i] = 1.0 - smoothstep(0.1, 0.5, abs(within.x - middle)) * 0.35;
  }
  vec3 drawn = light(pixel(at)) * stripes * mix(0.55, 1.0, open.x * open.y) * 1.18;
  return mix(sharp(uv), stored(drawn), room(min(pixels.x, pixels.y)));
}

float apart(vec3 one, vec3 other) {
  vec3 d = one - other;
  float y = dot(d, vec3(0.299, 0.587, 0.114));
  return abs(y) + 0.25 * abs(d.b - y) + 0.35 * abs(d.r - y);
}

// The rule of xBR (Hyllian, 2011), level one.
vec3 rounded(vec2 uv) {
  vec2 at = uv * source;
  vec2 here = floor(at) + 0.5;
  vec2 within = fract(at) - 0.5;
  vec2 s = vec2(within.x >= 0.0 ? 1.0 : -1.0, within.y >= 0.0 ? 1.0 : -1.0);
  vec3 own = pixel(here);
  vec3 right = pixel(here + vec2(s.x, 0.0));
  vec3 below = pixel(here + vec2(0.0, s.y));
  vec3 corner = pixel(here + s);
  vec3 left = pixel(here - vec2(s.x, 0.0));
  vec3 above = pixel(here - vec2(0.0, s.y));
  float along = apart(own, pixel(here + vec2(s.x, -s.y))) + apart(own, pixel(here + vec2(-s.x, s.y)))
    + apart(corner, pixel(here + vec2(2.0 * s.x, 0.0))) + apart(corner, pixel(here + vec2(0.0, 2.0 * s.y)))
    + 4.0 * apart(below, right);
  float across = apart(below, left) + apart(below, pixel(here + vec2(s.x, 2.0 * s.y)))
    + apart(right, pixel(here + vec2(2.0 * s.x, s.y))) + apart(right, above) + 4.0 * apart(own, corner);
  // The video is not exactly what the game drew: what is nearly alike counts as alike.
  bool edge = along < across && apart(own, right) > 0.05 && apart(own, below) > 0.05;
  if (!edge) return sharp(uv);
  vec3 beyond = apart(own, right) <= apart(own, below) ? right : below;
  float soft = clamp(0.7 / min(target.x / source.x, target.y / source.y), 0.02, 0.5);
  return mix(own, beyond, smoothstep(0.5 - soft, 0.5 + soft, abs(within.x) + abs(within.y)));
}

void main() {
  vec3 color = look == 1 ? blended(uv * source)
    : look == 2 ? scanlines(uv)
    : look == 3 ? tube(uv)
    : look == 4 ? grid(uv)
    : look == 5 ? rounded(uv)
    : sharp(uv);
  shown = vec4(color, 1.0);
}`;
