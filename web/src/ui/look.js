// A look of the picture: drawn over the video from each of its frames, by the graphics card. Without one, or where the browser has
// no WebGL 2, the video itself is seen and nothing is drawn.

import { FRAGMENT, LOOKS, VERTEX } from "./look-shader.js";
import { recall, remember } from "./storage.js";

/** @typedef {import("./look-shader.js").Look} Look */
/** @typedef {import("./picture-layout.js").Box} Box */
/** @typedef {import("./picture-layout.js").Size} Size */
/**
 * A picture in its own pixels, what of it is shown, and how many times larger the video is than the picture in it.
 * @typedef {{whole: Size, part: Box, over: Size}} Shown
 */
/**
 * @typedef {object} Painter
 * @property {WebGL2RenderingContext} gl
 * @property {Record<"share" | "begin" | "full" | "source" | "target" | "look", WebGLUniformLocation | null>} places
 */

/** Frames after which it is looked whether the graphics card keeps up, and of which so many may be passed over. */
const FRAMES = 240;
const MOST_SKIPPED = 160;

export class LookView {
  #video;
  #canvas;
  /** @type {Look} */
  #look = "sharp";
  /** @type {Painter | null} */
  #painter = null;
  /** What was drawn last; until it is done nothing more is given to the card, or work would pile up without end. @type {WebGLSync | null} */
  #drawing = null;
  #frames = 0;
  #skipped = 0;
  /** Called when the card is too slow, after which the video itself is shown. */
  onSlow = () => {};
  /** The number of the present callback; an older one draws nothing. */
  #turn = 0;
  /** Set by the layout. @type {Shown} */
  #picture = { whole: { width: 1, height: 1 }, part: { left: 0, top: 0, width: 1, height: 1 }, over: { width: 1, height: 1 } };

  /**
   * @param {HTMLVideoElement} video
   * @param {HTMLCanvasElement} canvas in front of it
   */
  constructor(video, canvas) {
    this.#video = video;
    this.#canvas = canvas;
    canvas.addEventListener("webglcontextlost", (event) => {
      // The driver was restarted, or has too little memory: the video is still there. The browser may give the context back.
      event.preventDefault();
      this.#painter = null;
      this.#drawing = null;
      this.#canvas.hidden = true;
    });
    canvas.addEventListener("webglcontextrestored", () => this.choose(this.#look));
    const last = recall("look");
    this.choose(LOOKS.find((look) => look === last) ?? "sharp");
  }

  /** Whether there is anything to choose here. */
  get able() {
    return "requestVideoFrameCallback" in this.#video && "WebGL2RenderingContext" in window;
  }

  get look() {
    return this.#look;
  }

  /** @param {Look} look */
  choose(look) {
    this.#look = look;
    this.#turn += 1;
    this.#frames = this.#skipped = 0;
    if (look !== "sharp" && "requestVideoFrameCallback" in this.#video) this.#painter ??= start(this.#canvas);
    const drawn = look !== "sharp" && this.#painter !== null;
    this.#canvas.hidden = !drawn;
    if (!drawn) return;
    this.#draw();
    this.#next(this.#turn);
  }

  /** The same, and it is remembered. @param {Look} look */
  prefer(look) {
    this.choose(look);
    remember("look", look);
  }

  /**
   * Where the picture is.
   * @param {Size} box in screen pixels
   * @param {number} ratio of them per CSS pixel
   * @param {Shown} picture
   */
  place({ width, height }, ratio, picture) {
    const changed = JSON.stringify(picture) !== JSON.stringify(this.#picture);
    this.#picture = picture;
    this.#canvas.style.width = `${width / ratio}px`;
    this.#canvas.style.height = `${height / ratio}px`;
    const resized = this.#canvas.width !== width || this.#canvas.height !== height;
    if (resized) Object.assign(this.#canvas, { width, height });
    if (resized || changed) this.#draw();
  }

  /** @param {number} turn */
  #next(turn) {
    this.#video.requestVideoFrameCallback(() => {
      if (turn !== this.#turn) return;
      this.#frames += 1;
      if (!this.#draw()) this.#skipped += 1;
      if (this.#frames < FRAMES) {
        this.#next(turn);
      } else if (this.#skipped > MOST_SKIPPED) {
        this.choose("sharp");
        this.onSlow();
      } else {
        this.#frames = this.#skipped = 0;
        this.#next(turn);
      }
    });
  }

  /** False: the card is still busy with the last frame. */
  #draw() {
    const [painter, video, canvas] = [this.#painter, this.#video, this.#canvas];
    if (!painter || canvas.hidden || video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return true;
    const { gl, places } = painter;
    if (this.#drawing && gl.clientWaitSync(this.#drawing, 0, 0) === gl.TIMEOUT_EXPIRED) return false;
    gl.deleteSync(this.#drawing);
    const { whole, part, over } = this.#picture;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, video);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.uniform2f(places.share, 1 / over.width, 1 / over.height);
    gl.uniform2f(places.begin, part.left, part.top);
    gl.uniform2f(places.full, whole.width, whole.height);
    gl.uniform2f(places.source, part.width, part.height);
    gl.uniform2f(places.target, canvas.width, canvas.height);
    gl.uniform1i(places.look, LOOKS.indexOf(this.#look));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    this.#drawing = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    return true;
  }
}

/** @param {HTMLCanvasElement} canvas @returns {Painter | null} null: this browser cannot */
function start(canvas) {
  // Frames go to the screen without waiting for the page's next one where the browser can.
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, desynchronized: true, powerPreference: "low-power" });
  const program = gl?.createProgram();
  if (!gl || !program) return null;
  for (const [kind, text] of /** @type {const} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]])) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  gl.useProgram(program);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const [name, value] of /** @type {const} */ ([
    [gl.TEXTURE_MIN_FILTER, gl.NEAREST],
    [gl.TEXTURE_MAG_FILTER, gl.NEAREST],
    [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE],
    [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
  ])) {
    gl.texParameteri(gl.TEXTURE_2D, name, value);
  }
  const place = (/** @type {string} */ name) => gl.getUniformLocation(program, name);
  return { gl, places: { share: place("share"), begin: place("begin"), full: place("full"), source: place("source"), target: place("target"), look: place("look") } };
}
