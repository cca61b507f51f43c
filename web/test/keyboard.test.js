import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { conflicts, heldOfKeys, isBindable, isForGame, LAYOUTS, readLayout, withKey } from "../src/input/keyboard-mapping.js";
import { encodeKeys, encodeMouse, STILL } from "../src/input/keyboard-mouse-messages.js";
import { MouseState } from "../src/input/mouse-state.js";
import { BUTTON, FULL } from "../src/input/pad-state.js";
import { retrokOf } from "../src/input/retrok-codes.js";
import { CONTROLS, coreName, isHeld } from "../src/input/retropad.js";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const held = (layout, ...codes) => heldOfKeys(layout, new Set(codes), false);

test("the first layout has RetroArch's keys, by place", () => {
  const keys = { B: "KeyZ", A: "KeyX", Y: "KeyA", X: "KeyS", L: "KeyQ", R: "KeyW", SELECT: "ShiftRight", START: "Enter", UP: "ArrowUp", DOWN: "ArrowDown", LEFT: "ArrowLeft", RIGHT: "ArrowRight" };
  for (const [control, code] of Object.entries(keys)) {
    assert.equal(LAYOUTS[0][control], code);
    assert.equal(held(LAYOUTS[0], code).pad.buttons, BUTTON[control]);
  }
  assert.equal(held(LAYOUTS[0], "KeyQ", "KeyW", "Escape").pad.buttons, BUTTON.L | BUTTON.R);
  assert.equal(held(LAYOUTS[0], "ShiftLeft", "toString").pad.buttons, 0);
});

test("two players at one keyboard are not in each other's way", () => {
  assert.equal(conflicts(LAYOUTS).size, 0);
  for (const layout of LAYOUTS) {
    for (const control of ["UP", "DOWN", "LEFT", "RIGHT", "A", "B", "X", "Y", "L", "R", "START", "SELECT"]) assert.ok(layout[control], control);
    for (const code of Object.values(layout)) assert.ok(isBindable(code), code);
  }
});

test("a key used twice is told, within a layout and between two, and presses both", () => {
  const first = withKey(LAYOUTS[0], "A", "KeyZ");
  assert.deepEqual([...conflicts([first])], [["KeyZ", [{ layout: 0, control: "A" }, { layout: 0, control: "B" }]]]);
  assert.equal(held(first, "KeyZ").pad.buttons, BUTTON.A | BUTTON.B);
  const second = withKey(LAYOUTS[1], "R3", "KeyX");
  assert.deepEqual(conflicts([LAYOUTS[0], second]).get("KeyX"), [{ layout: 0, control: "A" }, { layout: 1, control: "R3" }]);
  assert.equal(withKey(first, "A", null).A, undefined);
});

test("keys hold sticks, triggers and turbo", () => {
  const layout = { "LX-": "KeyJ", "LY-": "KeyI", "RX+": "KeyP", L2: "KeyE", TURBO_A: "KeyV" };
  const it = held(layout, "KeyJ", "KeyI", "KeyP", "KeyE", "KeyV");
  assert.deepEqual(it, { pad: { buttons: BUTTON.L2, lx: -FULL, ly: -FULL, rx: FULL, ry: 0, l2: FULL, r2: 0 }, turbo: BUTTON.A });
  for (const control of ["LX-", "LY-", "RX+", "L2", "TURBO_A"]) assert.ok(isHeld(control, it), control);
  for (const control of ["LX+", "RY+", "A", "TURBO_B"]) assert.ok(!isHeld(control, it), control);
});

test("directions move the left stick too where that is wanted, unless it is moved itself", () => {
  const layout = { ...LAYOUTS[0] };
  const mirrored = (...codes) => heldOfKeys(layout, new Set(codes), true).pad;
  assert.deepEqual([mirrored("ArrowUp").ly, mirrored("ArrowUp").buttons], [-FULL, BUTTON.UP]);
  assert.deepEqual([mirrored("ArrowUp", "Numpad6").lx, mirrored("ArrowUp", "Numpad6").ly], [FULL, 0]);
  assert.equal(mirrored("ArrowLeft", "ArrowRight").lx, 0);
  assert.equal(held(layout, "ArrowUp").pad.ly, 0);
});

test("a key is for the game only outside of fields and without the browser's modifiers", () => {
  const press = (code, more = {}) => ({ code, ctrlKey: false, altKey: false, metaKey: false, ...more });
  const layouts = [LAYOUTS[0], { A: "Space" }];
  assert.ok(isForGame(press("KeyZ"), "page", layouts));
  assert.ok(isForGame(press("KeyZ"), "button", layouts));
  assert.ok(!isForGame(press("KeyZ"), "field", layouts));
  assert.ok(!isForGame(press("Enter"), "button", layouts));
  assert.ok(!isForGame(press("Space"), "button", layouts));
  assert.ok(isForGame(press("Enter"), "page", layouts));
  assert.ok(!isForGame(press("KeyW", { ctrlKey: true }), "page", layouts));
  assert.ok(!isForGame(press("KeyA", { metaKey: true }), "page", layouts));
  assert.ok(!isForGame(press("Tab"), "page", layouts));
  assert.ok(!isForGame(press("KeyT"), "page", layouts), "another layout's key");
});

test("what is stored is checked: unknown controls, keys of the browser and nonsense are left out", () => {
  assert.deepEqual(readLayout({ A: "KeyP", B: 7, HOME: "KeyO", X: "Escape", Y: "x".repeat(33), L: "ControlLeft", R: "AltRight", START: "F5" }), { A: "KeyP" });
  for (const nonsense of [null, 5, "A", []]) assert.equal(readLayout(nonsense), undefined);
  assert.deepEqual(readLayout({}), {}, "a player who wants no keys gets none");
});

test("a core's names are found for buttons, turbo and both ways of a stick", () => {
  const names = { a: "Jump", l2: " Brake ", left_x: "Steer", right_y: "Camera" };
  assert.deepEqual(["A", "TURBO_A", "L2", "LX-", "LX+", "RY+", "LY-", "B"].map((control) => coreName(control, names)),
    ["Jump", "Jump", "Brake", "Steer", "Steer", "Camera", "", ""]);
  assert.equal(coreName("A", {}), "");
  for (const control of CONTROLS) assert.equal(coreName(control, {}), "");
});

test("a keyboard message has the bytes of the protocol", () => {
  assert.equal(hex(encodeKeys(1, 0x01020304, [[97, 273], []])), "02010200" + "04030201" + "02" + "6100" + "1101" + "00");
  assert.equal(hex(encodeKeys(0, 5, [[27]])), "02000100" + "05000000" + "01" + "1b00");
  const many = encodeKeys(7, 1, [Array.from({ length: 20 }, (_, at) => 97 + at)]);
  assert.deepEqual([many.length, many[8]], [8 + 1 + 32, 16]);
});

test("a mouse message has the bytes of the protocol", () => {
  const mouse = { dx: -2, dy: 3, wheel: -1, hwheel: 2 ** 31 - 1, x: -32767, y: 32767, buttons: 1 | 4 | 16, over: true };
  assert.equal(hex(encodeMouse(2, 0x0a0b0c0d, [mouse])),
    "03020000" + "0d0c0b0a" + "feffffff" + "03000000" + "ffffffff" + "ffffff7f" + "0180" + "ff7f" + "1500" + "0100");
  assert.equal(hex(encodeMouse(0, 1, [STILL])), "03000000" + "01000000" + "00".repeat(24));
});

test("key codes are libretro's", () => {
  const header = readFileSync(fileURLToPath(new URL("../../src/libretro/libretro.h", import.meta.url)), "utf8");
  const number = (name) => Number(new RegExp(`\\bRETROK_${name}\\s*=\\s*(\\d+)`).exec(header)[1]);
  const pairs = {
    Backspace: "BACKSPACE", Tab: "TAB", Enter: "RETURN", Pause: "PAUSE", Escape: "ESCAPE", Space: "SPACE", Quote: "QUOTE", Comma: "COMMA", Minus: "MINUS", Period: "PERIOD",
    Slash: "SLASH", Semicolon: "SEMICOLON", Equal: "EQUALS", BracketLeft: "LEFTBRACKET", Backslash: "BACKSLASH", BracketRight: "RIGHTBRACKET", Backquote: "BACKQUOTE", Delete: "DELETE",
    NumpadDecimal: "KP_PERIOD", NumpadDivide: "KP_DIVIDE", NumpadMultiply: "KP_MULTIPLY", NumpadSubtract: "KP_MINUS", NumpadAdd: "KP_PLUS", NumpadEnter: "KP_ENTER", NumpadEqual: "KP_EQUALS",
    ArrowUp: "UP", ArrowDown: "DOWN", ArrowLeft: "LEFT", ArrowRight: "RIGHT", Insert: "INSERT", Home: "HOME", End: "END", PageUp: "PAGEUP", PageDown: "PAGEDOWN",
    NumLock: "NUMLOCK", CapsLock: "CAPSLOCK", ScrollLock: "SCROLLOCK", ShiftLeft: "LSHIFT", ShiftRight: "RSHIFT", ControlLeft: "LCTRL", ControlRight: "RCTRL", AltLeft: "LALT", AltRight: "RALT",
    MetaLeft: "LSUPER", MetaRight: "RSUPER", Help: "HELP", PrintScreen: "PRINT", ContextMenu: "MENU", Undo: "UNDO", IntlBackslash: "OEM_102", IntlRo: "UNDERSCORE",
    KeyA: "a", KeyM: "m", KeyZ: "z", Digit0: "0", Digit9: "9", Numpad0: "KP0", Numpad9: "KP9", F1: "F1", F12: "F12", F15: "F15",
  };
  for (const [code, name] of Object.entries(pairs)) assert.equal(retrokOf(code), number(name), code);
  for (const code of ["", "F16", "F0", "Key1", "KeyAA", "Numpad10", "Fn", "toString", "MediaPlayPause"]) assert.equal(retrokOf(code), 0, code);
});

const BOX = { left: 100, top: 50, width: 512, height: 480 };
const PICTURE = { width: 256, height: 240 };

test("the mouse moves in the picture's pixels and loses no fraction", () => {
  const mouse = new MouseState();
  mouse.moveBy(1, -3, BOX, PICTURE);
  assert.deepEqual([mouse.state.dx, mouse.state.dy], [0, -1]);
  mouse.moveBy(1, -3, BOX, PICTURE);
  assert.deepEqual([mouse.state.dx, mouse.state.dy], [1, -3]);
  mouse.moveBy(5, 5, { width: 0, height: 0 }, PICTURE);
  assert.equal(mouse.state.dx, 1);
});

test("totals wrap at 32 bits", () => {
  const mouse = new MouseState();
  for (let i = 0; i < 5; i += 1) mouse.moveBy(2 ** 30, 0, PICTURE, PICTURE);
  assert.equal(mouse.state.dx, 5 * 2 ** 30 - 2 ** 32);
  const bytes = encodeMouse(0, 1, [mouse.state]);
  assert.equal(new DataView(bytes.buffer).getInt32(8, true), 2 ** 30);
});

test("a pointer has a place over the picture, and is clamped beyond it", () => {
  const mouse = new MouseState();
  mouse.pointAt(100, 50, BOX);
  assert.deepEqual([mouse.state.x, mouse.state.y, mouse.state.over], [-FULL, -FULL, true]);
  mouse.pointAt(356, 290, BOX);
  assert.deepEqual([mouse.state.x, mouse.state.y], [0, 0]);
  mouse.pointAt(5000, 290, BOX);
  assert.deepEqual([mouse.state.x, mouse.state.over], [FULL, false]);
  mouse.drift(-256, 0, BOX);
  assert.deepEqual([mouse.state.x, mouse.state.over], [0, true]);
});

test("wheels count notches, and buttons are the protocol's five", () => {
  const mouse = new MouseState();
  mouse.turn(0, 50, 0);
  assert.equal(mouse.state.wheel, 0);
  mouse.turn(0, 50, 0);
  mouse.turn(0, 3, 1);
  mouse.turn(-1, 0, 2);
  assert.deepEqual([mouse.state.wheel, mouse.state.hwheel], [-2, -1]);
  // Towards the reader is down, and cores count upwards.
  mouse.press(255);
  assert.equal(mouse.state.buttons, 31);
  mouse.release();
  assert.deepEqual([mouse.state.buttons, mouse.state.over], [0, false]);
});
