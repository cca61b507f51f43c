import assert from "node:assert/strict";
import { test } from "node:test";
import { BUTTON, FULL } from "../src/input/pad-state.js";
import { CONTROLS, PressCollector } from "../src/input/retropad.js";
import en from "../src/lang/en.js";
import { areaHeight, directionsAt, inside, itemsAt, partAt, place, pressUnder } from "../src/touch/touch-geometry.js";
import { shapeOf, TOUCH_LAYOUTS, turboPart } from "../src/touch/touch-layouts.js";

/** Phones and a tablet: the page, and the area that is left when it lies on its side. */
const UPRIGHT = [{ width: 390, height: 844 }, { width: 320, height: 568 }, { width: 360, height: 640 }, { width: 600, height: 900 }];
const SIDEWAYS = [{ width: 844, height: 338 }, { width: 667, height: 323 }, { width: 568, height: 268 }, { width: 1180, height: 768 }];

const areaOf = (layout, page, parts = layout.parts) => ({ width: page.width, height: areaHeight(parts, layout, page) });
const everyArea = (layout, parts) => [
  ...UPRIGHT.map((page) => ({ orientation: "portrait", area: areaOf(layout, page, parts) })),
  ...SIDEWAYS.map((area) => ({ orientation: "landscape", area })),
];
const boxOf = ({ part, unit, x, y }) => ({ left: x - (part.w * unit) / 2, right: x + (part.w * unit) / 2, top: y - (part.h * unit) / 2, bottom: y + (part.h * unit) / 2 });

test("a finger on the D-pad presses one direction, two on a diagonal, none in the middle", () => {
  assert.deepEqual(directionsAt(0.1, 0.05), []);
  assert.deepEqual(directionsAt(0.8, 0.1), ["RIGHT"]);
  assert.deepEqual(directionsAt(0.6, -0.6), ["UP", "RIGHT"]);
  assert.deepEqual(directionsAt(-0.6, 0.6), ["DOWN", "LEFT"]);
  assert.deepEqual(directionsAt(0, 3), ["DOWN"], "it may slide off the edge");
});

test("systems have their layouts", () => {
  const shapes = {
    "Nintendo - Nintendo Entertainment System": "nes", "Nintendo - Super Nintendo Entertainment System": "snes", "Nintendo - Family Computer Disk System": "nes",
    "Nintendo - Game Boy": "gb", "Nintendo - Game Boy Color": "gb", "Nintendo - Game Boy Advance": "gba", "Nintendo - Nintendo 64": "n64",
    "Sega - Mega Drive - Genesis": "genesis6", "Sega - Master System - Mark III": "sms", "Sega - Game Gear": "sms", "Sega - Saturn": "saturn", "Sega - 32X": "genesis6",
    "Sony - PlayStation": "psx", "FBNeo - Arcade Games": "arcade", "MAME": "arcade", "SNK - Neo Geo": "arcade", "SNK - Neo Geo Pocket Color": "nes",
    "NEC - PC Engine - TurboGrafx 16": "nes", "": "pad", "Something - New": "pad",
  };
  for (const [system, shape] of Object.entries(shapes)) assert.equal(shapeOf(system, {}), shape, system);
  assert.equal(shapeOf("Sega - Mega Drive - Genesis", { y: "A", b: "B", a: "C", start: "Start" }), "genesis3");
  assert.equal(shapeOf("Sega - Mega Drive - Genesis", { y: "A", b: "B", a: "C", l: "X" }), "genesis6");
});

test("a core that names a control which its first system lacks has the layout of a larger one", () => {
  for (const system of ["Sega - Game Gear", "Sega - Master System - Mark III"]) {
    assert.equal(shapeOf(system, { b: "1", a: "2", start: "Pause" }), "sms", system);
    assert.equal(shapeOf(system, { y: "A", b: "B", a: "C", start: "Start" }), "genesis3", system);
    assert.equal(shapeOf(system, { y: "A", b: "B", a: "C", l: "X", x: "Y", r: "Z" }), "genesis6", system);
    assert.equal(shapeOf(system, { b: "B", a: "C", l: "X" }), "genesis6", system);
  }
  assert.equal(shapeOf("Nintendo - Game Boy", { a: "A", b: "B" }), "gb");
  assert.equal(shapeOf("Nintendo - Game Boy", { a: "A", b: "B", l: "L", r: "R" }), "gba");
});

for (const [shape, layout] of Object.entries(TOUCH_LAYOUTS)) {
  test(`${shape}: every part has a place, a label and a control, and none is there twice`, () => {
    const parts = [...layout.parts, turboPart(layout)];
    assert.equal(new Set(parts.map(({ id }) => id)).size, parts.length);
    for (const part of parts) {
      for (const orientation of ["portrait", "landscape"]) assert.ok(layout.spots[orientation][part.id] || part.id === "turbo", `${part.id} ${orientation}`);
      for (const { control, label } of part.items) {
        assert.ok(CONTROLS.includes(control), control);
        assert.ok(label !== "" && (!label.includes(".") || en[label]), label);
      }
    }
    const controls = parts.flatMap(({ items }) => items.map(({ control }) => control));
    assert.equal(new Set(controls).size, controls.length);
    assert.ok(controls.includes("START"));
  });

  test(`${shape}: on every phone the parts are inside the area, apart, and large enough for a thumb`, () => {
    for (const parts of [layout.parts, [...layout.parts, turboPart(layout)]]) for (const { orientation, area } of everyArea(layout, parts)) {
      const placed = place(parts, layout, orientation, area, {});
      const where = `${orientation} ${area.width}x${area.height}`;
      for (const it of placed) {
        const box = boxOf(it);
        assert.ok(box.left >= -0.5 && box.top >= -0.5 && box.right <= area.width + 0.5 && box.bottom <= area.height + 0.5, `${it.part.id} ${where}`);
        for (const item of it.part.items) if (it.part.kind === "keys") assert.ok(item.r * 2 * it.unit >= (it.part.id === "turbo" ? 22 : 28), `${item.control} ${where} ${item.r * 2 * it.unit}`);
      }
      for (const [at, one] of placed.entries()) {
        for (const other of placed.slice(at + 1)) {
          // Round things may share a corner of their boxes.
          const [a, b] = [boxOf(one), boxOf(other)];
          const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const along = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          assert.ok(across <= one.unit * 0.5 || along <= one.unit * 0.5, `${one.part.id} on ${other.part.id}, ${where}: ${across} ${along}`);
        }
      }
    }
  });

  test(`${shape}: a finger in the middle of a button presses that and nothing else`, () => {
    for (const { orientation, area } of everyArea(layout)) {
      const placed = place(layout.parts, layout, orientation, area, {});
      for (const it of placed) {
        for (const item of it.part.items) {
          const at = { x: it.x + item.x * it.unit, y: it.y + item.y * it.unit };
          const under = partAt(placed, at.x, at.y);
          assert.equal(under?.part.id, it.part.id, `${item.control} ${orientation} ${area.width}`);
          const pressed = itemsAt(it.part.items, item.x, item.y, it.part.kind === "pill");
          assert.deepEqual(pressed, [item.control]);
        }
      }
    }
  });
}

const SNES = TOUCH_LAYOUTS.snes;
const AREA = areaOf(SNES, UPRIGHT[0]);
const PLACED = place(SNES.parts, SNES, "portrait", AREA, {});
const part = (id) => PLACED.find((it) => it.part.id === id);
function press(from, to = from) {
  const presses = new PressCollector();
  pressUnder(PLACED, partAt(PLACED, from.x, from.y), from, to.x, to.y, presses);
  return presses.held().pad.buttons;
}
const keyAt = (id, control) => {
  const it = part(id);
  const item = it.part.items.find((each) => each.control === control);
  return { x: it.x + item.x * it.unit, y: it.y + item.y * it.unit };
};
const between = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

test("a thumb between two buttons presses both, and slides from one to the next, also to another part", () => {
  const [a, b, y] = ["A", "B", "Y"].map((control) => keyAt("face", control));
  assert.equal(press(a), BUTTON.A);
  assert.equal(press(between(a, b)), BUTTON.A | BUTTON.B);
  assert.equal(press(between(b, y)), BUTTON.B | BUTTON.Y);
  assert.equal(press(b, y), BUTTON.Y);
  assert.equal(press(b, keyAt("start", "START")), BUTTON.START);
  assert.equal(press(b, { x: b.x, y: AREA.height + 90 }), 0, "off every button");
});

test("a finger that came down on the D-pad stays with it, wherever it slides", () => {
  const dpad = part("dpad");
  assert.equal(press({ x: dpad.x, y: dpad.y - dpad.unit }, keyAt("face", "Y")), BUTTON.RIGHT);
  assert.equal(press({ x: dpad.x, y: dpad.y - dpad.unit }, { x: dpad.x - 60, y: dpad.y + 60 }), BUTTON.DOWN | BUTTON.LEFT);
});

test("between parts there is nothing to press", () => {
  assert.equal(partAt(PLACED, AREA.width / 2, part("dpad").y), null);
  const face = part("face");
  const box = boxOf(face);
  assert.equal(partAt(PLACED, box.left + 2, box.top + 2), null, "the corner beside a diamond");
});

test("a stick starts where the finger came down, and goes no further than it can", () => {
  const layout = TOUCH_LAYOUTS.n64;
  const placed = place(layout.parts, layout, "portrait", areaOf(layout, UPRIGHT[0]), {});
  const stick = placed.find((it) => it.part.id === "left-stick");
  const push = (x, y) => {
    const presses = new PressCollector();
    const start = { x: stick.x + 10, y: stick.y - 5 };
    pressUnder(placed, stick, start, start.x + x, start.y + y, presses);
    return presses.held().pad;
  };
  assert.deepEqual([push(0, 0).lx, push(0, 0).ly], [0, 0]);
  assert.deepEqual([push(400, 0).lx, push(400, 0).ly], [FULL, 0]);
  assert.deepEqual([push(0, -400).lx, push(0, -400).ly], [0, -FULL]);
  const corner = push(300, 300);
  assert.ok(Math.abs(Math.hypot(corner.lx, corner.ly) - FULL) < 400, "round, as a stick's gate is");
  const half = push((stick.part.w * stick.unit) / 2 * 0.3, 0);
  assert.ok(Math.abs(half.lx - FULL / 2) < 300);
});

test("the C buttons are the right stick's directions", () => {
  const c = TOUCH_LAYOUTS.n64.parts.find(({ id }) => id === "c");
  const presses = new PressCollector();
  for (const control of itemsAt(c.items, 0.92, 0)) presses.press(control);
  assert.equal(presses.held().pad.rx, FULL);
});

test("a moved part is where it was put, as large as was chosen, but never outside", () => {
  const moved = { dpad: { x: 0.5, y: 0.5, scale: 1.5 }, face: { x: 1, y: 0, scale: 1 } };
  const placed = place(SNES.parts, SNES, "portrait", AREA, moved);
  const [dpad, face] = ["dpad", "face"].map((id) => placed.find((it) => it.part.id === id));
  assert.deepEqual([dpad.x, dpad.unit, dpad.scale], [AREA.width / 2, part("dpad").unit * 1.5, 1.5]);
  assert.deepEqual([face.x, face.y], [AREA.width - (face.part.w * face.unit) / 2, (face.part.h * face.unit) / 2]);
  assert.deepEqual(place(SNES.parts, SNES, "portrait", AREA, { toString: { x: 0, y: 0, scale: 1 } }), PLACED);
  const huge = inside({ ...dpad, unit: 500 }, AREA);
  assert.deepEqual([huge.x, huge.y], [AREA.width / 2, AREA.height / 2]);
});

test("turbo buttons are those of the system", () => {
  const of = (shape) => turboPart(TOUCH_LAYOUTS[shape]).items.map(({ control, label }) => `${control} ${label}`);
  assert.deepEqual(of("nes"), ["TURBO_B B", "TURBO_A A"]);
  assert.deepEqual(of("psx"), ["TURBO_X △", "TURBO_A ○", "TURBO_B ✕", "TURBO_Y □"]);
  assert.equal(of("arcade").length, 4);
});
