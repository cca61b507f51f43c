// The touch controls for each kind of system: which there are, how large, and where.

/** @typedef {import("../input/retropad.js").Control} Control */
/** @typedef {"pad" | "nes" | "sms" | "gb" | "gba" | "snes" | "genesis3" | "genesis6" | "saturn" | "n64" | "psx" | "arcade"} Shape */
/** @typedef {"portrait" | "landscape"} Orientation */

/** A button inside a part; its centre and radius count from the part's own centre, in units. @typedef {Readonly<{control: Control, label: string, x: number, y: number, r: number}>} Item */

/**
 * A part that is moved and resized as one. Lengths are in units, a bit less than a thumb's width.
 * @typedef {Readonly<{id: string, kind: "dpad" | "stick" | "keys" | "pill", side: "L" | "R", w: number, h: number, items: readonly Item[]}>} Part
 */

/** The centre of a part: from which edge, how far, and how far above the lower edge. @typedef {readonly ["left" | "right" | "middle", number, number]} Spot */

/** @typedef {Readonly<{tall: number, parts: readonly Part[], spots: Readonly<Record<Orientation, Readonly<Record<string, Spot>>>>}>} TouchLayout */

/** What the row of turbo buttons adds to the height of an upright layout: it stands above all the rest. */
export const TURBO_ROW = 0.95;

/** Units across an upright phone; across and up a sideways one. */
export const UNITS = Object.freeze({ portrait: 8, landscape: 16, landscapeUp: 7 });

/** Labels that no language changes. */
const SIGNS = { cross: "✕", circle: "○", square: "□", triangle: "△" };

/** @param {number} size @returns {Part} */
const dpad = (size = 3.3) => ({ id: "dpad", kind: "dpad", side: "L", w: size, h: size, items: [] });

/** @param {"L" | "R"} side @param {number} size @returns {Part} */
const stick = (side, size) => ({ id: side === "L" ? "left-stick" : "right-stick", kind: "stick", side, w: size, h: size, items: [] });

/** @param {string} id @param {Control} control @param {string} label @param {number} w @param {number} [h] @returns {Part} */
const pill = (id, control, label, w, h = 0.95) => ({ id, kind: "pill", side: "L", w, h, items: [{ control, label, x: 0, y: 0, r: w / 2 }] });

/** @param {string} id @param {Item[]} items @returns {Part} */
function keys(id, items) {
  const reach = (/** @type {"x" | "y"} */ axis) => 2 * Math.max(...items.map((item) => Math.abs(item[axis]) + item.r));
  return { id, kind: "keys", side: "R", w: reach("x"), h: reach("y"), items };
}

/** Four buttons around a middle: up, right, down, left. @param {string} id @param {[Control, string][]} four @param {number} [far] @param {number} [r] @returns {Part} */
function diamond(id, four, far = 1.15, r = 0.62) {
  const ways = /** @type {const} */ ([[0, -1], [1, 0], [0, 1], [-1, 0]]);
  return keys(id, four.map(([control, label], at) => ({ control, label, x: (ways[at]?.[0] ?? 0) * far, y: (ways[at]?.[1] ?? 0) * far, r })));
}

/** Rows of buttons, the right end a little higher, as thumbs lie. @param {string} id @param {[Control, string][][]} lines @param {number} [r] @param {number} [slant] @returns {Part} */
function rows(id, lines, r = 0.58, slant = 0.22) {
  const gap = r * 2 + 0.12;
  return keys(id, lines.flatMap((line, row) => line.map(([control, label], at) => ({
    control, label, r,
    x: (at - (line.length - 1) / 2) * gap,
    y: (row - (lines.length - 1) / 2) * gap - (at - (line.length - 1) / 2) * slant,
  }))));
}

const SELECT = pill("select", "SELECT", "button.SELECT", 1.75, 0.8);
const START = pill("start", "START", "button.START", 1.75, 0.8);
const L = pill("l", "L", "L", 1.9);
const R = pill("r", "R", "R", 1.9);
const ABXY = diamond("face", [["X", "X"], ["A", "A"], ["B", "B"], ["Y", "Y"]]);

/** @type {Record<string, Spot>} */
const UPRIGHT = {
  dpad: ["left", 1.95, 3.0], face: ["right", 2.05, 3.0],
  select: ["middle", -1.05, 0.6], start: ["middle", 1.05, 0.6],
  l: ["left", 1.2, 5.45], r: ["right", 1.2, 5.45],
};
/** @type {Record<string, Spot>} */
const SIDEWAYS = {
  dpad: ["left", 2.0, 2.95], face: ["right", 2.05, 2.95],
  select: ["left", 2.0, 0.62], start: ["right", 2.05, 0.62],
  l: ["left", 1.3, 6.2], r: ["right", 1.3, 6.2], turbo: ["middle", 0, 0.62],
};
const USUAL = { portrait: UPRIGHT, landscape: SIDEWAYS };

/** @param {Part[]} parts @param {number} [tall] @returns {TouchLayout} */
const usual = (parts, tall = 6.1) => ({ tall, parts, spots: USUAL });

/** Two buttons side by side, where the system has no shoulders: a row less. @param {Part} face @param {Part[]} smalls @returns {TouchLayout} */
const flat = (face, smalls) => usual([dpad(), face, ...smalls], 5.1);

/** @type {Readonly<Record<Shape, TouchLayout>>} */
export const TOUCH_LAYOUTS = Object.freeze({
  pad: usual([dpad(), ABXY, L, R, SELECT, START]),
  snes: usual([dpad(), ABXY, L, R, SELECT, START]),
  nes: flat(rows("face", [[["B", "B"], ["A", "A"]]], 0.85), [SELECT, START]),
  sms: flat(rows("face", [[["B", "1"], ["A", "2"]]], 0.85), [START]),
  gb: flat(rows("face", [[["B", "B"], ["A", "A"]]], 0.85), [SELECT, START]),
  gba: usual([dpad(), rows("face", [[["B", "B"], ["A", "A"]]], 0.85), L, R, SELECT, START]),
  genesis3: flat(rows("face", [[["Y", "A"], ["B", "B"], ["A", "C"]]], 0.62), [START]),
  genesis6: flat(rows("face", [[["L", "X"], ["X", "Y"], ["R", "Z"]], [["Y", "A"], ["B", "B"], ["A", "C"]]], 0.58), [pill("select", "SELECT", "Mode", 1.75, 0.8), START]),
  saturn: usual([dpad(), rows("face", [[["Y", "X"], ["X", "Y"], ["L", "Z"]], [["B", "A"], ["A", "B"], ["R", "C"]]], 0.58),
    pill("l", "L2", "L", 1.9), pill("r", "R2", "R", 1.9), START]),
  arcade: flat(rows("face", [[["Y", "1"], ["X", "2"], ["L", "3"]], [["B", "4"], ["A", "5"], ["R", "6"]]], 0.58), [pill("select", "SELECT", "touch.coin", 1.75, 0.8), START]),
  n64: {
    tall: 7.6,
    parts: [stick("L", 3.1), dpad(2.3), diamond("c", [["RY-", "C▲"], ["RX+", "C▶"], ["RY+", "C▼"], ["RX-", "C◀"]], 0.92, 0.5),
      rows("face", [[["Y", "B"], ["B", "A"]]], 0.74), pill("z", "L2", "Z", 1.5), pill("l", "L", "L", 1.5), pill("r", "R", "R", 1.9), START],
    spots: {
      portrait: {
        "left-stick": ["left", 1.95, 4.55], dpad: ["left", 1.95, 1.45], c: ["right", 1.85, 4.75], face: ["right", 2.0, 1.75],
        l: ["left", 0.95, 7.0], z: ["left", 2.6, 7.0], r: ["right", 1.15, 7.0], start: ["middle", 0.62, 7.0],
      },
      landscape: {
        "left-stick": ["left", 1.9, 3.9], dpad: ["left", 3.9, 1.4], c: ["right", 1.75, 4.3], face: ["right", 2.1, 1.5],
        l: ["left", 0.95, 6.3], z: ["left", 2.6, 6.3], r: ["right", 1.3, 6.45], start: ["middle", 0, 0.6], turbo: ["middle", 2.6, 0.62],
      },
    },
  },
  psx: {
    tall: 7.6,
    parts: [dpad(3.0), diamond("face", [["X", SIGNS.triangle], ["A", SIGNS.circle], ["B", SIGNS.cross], ["Y", SIGNS.square]], 1.05, 0.58),
      stick("L", 2.4), stick("R", 2.4), pill("l", "L", "L1", 1.7), pill("l2", "L2", "L2", 1.7), pill("r", "R", "R1", 1.7), pill("r2", "R2", "R2", 1.7),
      pill("select", "SELECT", "button.SELECT", 1.5, 0.8), pill("start", "START", "button.START", 1.5, 0.8)],
    spots: {
      portrait: {
        dpad: ["left", 1.8, 4.55], face: ["right", 1.8, 4.55], "left-stick": ["left", 1.8, 1.5], "right-stick": ["right", 1.8, 1.5],
        l2: ["left", 1.05, 6.95], l: ["left", 2.9, 6.95], r: ["right", 2.9, 6.95], r2: ["right", 1.05, 6.95],
        select: ["middle", 0, 1.05], start: ["middle", 0, 2.05],
      },
      landscape: {
        dpad: ["left", 1.75, 3.55], face: ["right", 1.75, 3.55], "left-stick": ["left", 4.3, 1.3], "right-stick": ["right", 4.3, 1.3],
        l2: ["left", 1.05, 6.35], l: ["left", 2.9, 6.35], r: ["right", 2.9, 6.35], r2: ["right", 1.05, 6.35],
        select: ["left", 1.2, 0.62], start: ["right", 1.2, 0.62], turbo: ["middle", 0, 0.62],
      },
    },
  },
});

/** By what is in the name of the system; the first that fits. @type {readonly (readonly [RegExp, Shape])[]} */
const SHAPES = [
  [/Game Boy Advance/, "gba"],
  [/Game Boy|Pokemon Mini|Supervision/, "gb"],
  [/Super Nintendo|Satellaview|Sufami/, "snes"],
  [/Nintendo 64/, "n64"],
  [/Nintendo Entertainment System|Family Computer|PC Engine|SuperGrafx|TurboGrafx|WonderSwan|Neo Geo Pocket/, "nes"],
  [/Master System|Game Gear|SG-1000/, "sms"],
  [/Mega Drive|Genesis|Mega-CD|32X/, "genesis6"],
  [/Saturn/, "saturn"],
  [/PlayStation|Dreamcast|GameCube/, "psx"],
  [/Arcade|MAME|FBNeo|FB Alpha|Neo Geo|CPS|Capcom|NAOMI|Atomiswave/i, "arcade"],
];

/**
 * @param {string} system a libretro database name, or empty
 * @param {Readonly<Record<string, string>>} names what the core calls its controls, by the host's names
 * @returns {Shape}
 */
export function shapeOf(system, names) {
  const uses = (/** @type {string[]} */ ...controls) => controls.some((control) => Object.hasOwn(names, control));
  let shape = SHAPES.find(([pattern]) => pattern.test(system))?.[1] ?? "pad";
  // A core for several machines may be called by its smallest: what it names tells more.
  if (shape === "sms" && uses("y", "l")) shape = "genesis6";
  if (shape === "gb" && uses("l")) shape = "gba";
  // A core that names its buttons but not the upper row plays the old pad with three.
  return shape === "genesis6" && Object.keys(names).length > 0 && !uses("l", "x", "r") ? "genesis3" : shape;
}

/** Systems whose games are walked through with a stick. @param {Shape} shape */
export function isStickFirst(shape) {
  return shape === "n64";
}

/**
 * The turbo buttons of a layout: for each of its A, B, X and Y one.
 * @param {TouchLayout} layout
 * @returns {Part | null}
 */
export function turboPart({ parts }) {
  const plain = parts.find((part) => part.id === "face")?.items.filter(({ control }) => /^[ABXY]$/.test(control)) ?? [];
  if (plain.length === 0) return null;
  return rows("turbo", [plain.map(({ control, label }) => /** @type {[Control, string]} */ ([`TURBO_${control}`, label]))], 0.4, 0);
}
