// Where the picture goes, and what is told of a pointer over it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FULL } from "../src/input/pad-state.js";
import { MouseState } from "../src/input/mouse-state.js";
import { ASPECTS, parseCrop, SCALINGS } from "../src/ui/framing.js";
import { around, aspectFor, lay, MOST_CROP, padding, pictureFor } from "../src/ui/picture-layout.js";

const NES = { type: "picture", width: 256, height: 240, aspect: 1.219, coded_width: 512, coded_height: 480 };
const ODD = { type: "picture", width: 257, height: 225, aspect: 1.3, coded_width: 258, coded_height: 226 };
const NO_CROP = { top: 0, bottom: 0, left: 0, right: 0 };
const CASES = JSON.parse(readFileSync(new URL("picture-vectors.json", import.meta.url), "utf8"));

test("window and page lay the same cases out alike", () => {
  assert.ok(CASES.length > 20);
  for (const { name, room, size, stated, scaling, aspect, crop, part, shown } of CASES) {
    const laid = lay({ width: room[0], height: room[1] }, { width: size[0], height: size[1], aspect: stated }, { scaling, aspect, crop });
    const numbers = (box) => [box.left, box.top, box.width, box.height];
    assert.deepEqual([numbers(laid.part), numbers(laid.box)], [part, shown], name);
  }
});

test("a picture of any shape is at least one pixel of the screen each way, and inside the stage", () => {
  for (const room of [{ width: 1280, height: 800 }, { width: 585, height: 1050 }]) {
    for (const aspect of [4096, 1 / 4096, 0, NaN, Infinity, -1]) {
      for (const scaling of SCALINGS) {
        for (const choice of ASPECTS) {
          const { box } = lay(room, { width: 256, height: 240, aspect }, { scaling, aspect: choice, crop: NO_CROP });
          assert.ok(box.width >= 1 && box.height >= 1, `${aspect}`);
          assert.ok(box.left + box.width <= room.width && box.top + box.height <= room.height, `${aspect}`);
        }
      }
    }
  }
});

/** Numbers that are the same every time. @param {number} seed */
function numbers(seed) {
  let state = seed;
  return (least, most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return least + (state / 2 ** 32) * (most - least);
  };
}

test("what is pointed at is what lies under the pointer, whatever is hidden", () => {
  const next = numbers(7);
  const whole = (least, most) => Math.floor(next(least, most + 1));
  for (let i = 0; i < 2000; i += 1) {
    const ratio = next(1, 3);
    const room = { width: next(100, 2000), height: next(100, 2000) };
    const picture = { width: whole(8, 1024), height: whole(8, 1024), aspect: next(0.3, 4) };
    const framing = {
      scaling: SCALINGS[whole(0, 1)], aspect: ASPECTS[whole(0, 3)],
      crop: { top: whole(0, MOST_CROP), bottom: whole(0, MOST_CROP), left: whole(0, MOST_CROP), right: whole(0, MOST_CROP) },
    };
    const { part, box } = lay(room, picture, framing);
    assert.ok(part.width * 2 >= picture.width && part.height * 2 >= picture.height);
    // As the browser says where the frame is: in CSS pixels, somewhere on the page.
    const shown = { left: 10 + box.left / ratio, top: 20 + box.top / ratio, width: box.width / ratio, height: box.height / ratio };
    const [across, down] = [next(0.001, 0.999), next(0.001, 0.999)];
    const mouse = new MouseState();
    mouse.pointAt(shown.left + across * shown.width, shown.top + down * shown.height, around(shown, part, picture), shown);
    const { x, y, over } = mouse.state;
    assert.ok(over);
    const marked = (told, side) => ((told / FULL + 1) / 2) * side;
    assert.ok(Math.abs(marked(x, picture.width) - (part.left + across * part.width)) < 0.05, JSON.stringify({ room, picture, framing }));
    assert.ok(Math.abs(marked(y, picture.height) - (part.top + down * part.height)) < 0.05, JSON.stringify({ room, picture, framing }));
  }
});

test("beyond what is shown a pointer is beyond the picture, though there is more of it", () => {
  const shown = { left: 100, top: 100, width: 288, height: 208 };
  const whole = around(shown, { left: 16, top: 16, width: 288, height: 208 }, { width: 320, height: 240 });
  assert.deepEqual(whole, { left: 84, top: 84, width: 320, height: 240 });
  const mouse = new MouseState();
  for (const [x, y, over] of [[100, 100, true], [99, 100, false], [388, 308, true], [388, 309, false], [84, 84, false]]) {
    mouse.pointAt(x, y, whole, shown);
    assert.equal(mouse.state.over, over, `${x} ${y}`);
  }
});

test("what a browser remembers of the edges is used only if it is four numbers that can be", () => {
  assert.deepEqual(parseCrop("8 7 0 32"), { top: 8, bottom: 7, left: 0, right: 32 });
  for (const bad of ["", "8", "8 8 8", "8 8 8 8 8", "8 8 8 33", "-1 0 0 0", "1.5 0 0 0", "a b c d", "1e1 0 0 NaN"]) {
    assert.deepEqual(parseCrop(bad), NO_CROP, bad);
  }
});

test("padding is outside the box, and a whole multiple is none", () => {
  assert.deepEqual(padding(NES), { width: 1, height: 1 });
  assert.deepEqual(padding(ODD), { width: 258 / 257, height: 226 / 225 });
  assert.deepEqual(padding(null), { width: 1, height: 1 });
  assert.deepEqual(padding({ ...NES, coded_width: 300 }), { width: 1, height: 1 }, "no padding is that wide");
});

test("a video still of the old size is shown with the old picture's padding and aspect", () => {
  const pictures = [ODD, NES];
  assert.equal(pictureFor(pictures, { width: 512, height: 480 }), NES);
  assert.equal(pictureFor(pictures, { width: 258, height: 226 }), ODD);
  assert.equal(pictureFor(pictures, { width: 10, height: 10 }), null);
  assert.equal(aspectFor(pictures, { width: 512, height: 480 }), 1.219);
  assert.equal(aspectFor(pictures, { width: 0, height: 0 }), 1.3);
  assert.equal(aspectFor([], { width: 320, height: 200 }), 1.6);
});
