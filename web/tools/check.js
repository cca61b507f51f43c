// Tries the page in a real browser against the mock host, and takes pictures of every screen.
//
//   node tools/check.js [FOLDER]      needs chromium and chromedriver; pictures go to FOLDER, if there is one

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answering, Browser, explain, freePort, SIZES, startDriver, startMockHost, stopDriver } from "./driver.js";

const PORT = await freePort();
const DRIVER_PORT = await freePort();
const SECRET = "MOCKMOCKMOCKMOCKMOCKMO";
const PAGE = `http://127.0.0.1:${PORT}/`;
const FOLDER = process.argv[2];
const ENTER = "\uE007";
const ESCAPE = "\uE00C";

if (FOLDER) mkdirSync(FOLDER, { recursive: true });
let mockHost = startMockHost(PORT);
const shot = (name) => (FOLDER ? join(FOLDER, `${name}.png`) : null);

const steps = [];
function step(name) {
  steps.push(name);
  console.log(`- ${name}`);
}

async function check() {
  await startDriver(DRIVER_PORT);
  await answering(PAGE);
  const tab = await Browser.open();
  await tab.go(`${PAGE}tools/host.html`);
  const page = await Browser.open();

  step("a link without a name asks for it, on every size");
  await page.go(`${PAGE}#${SECRET}`);
  await page.state("name");
  for (const size of Object.keys(SIZES)) {
    await page.size(size);
    await page.picture(shot(`name-${size}`));
  }
  await page.size("desktop");
  await page.run("document.getElementById('name-form').requestSubmit()");
  await page.says("#name-problem", "Please type a name first.");

  step("the typed name joins; keys typed in the field stay there");
  await page.run("document.getElementById('name-field').focus()");
  for (const letter of "Zoë") await page.cdp("Input.insertText", { text: letter });
  await page.type(ENTER);
  await page.state("playing");
  await page.is("document.documentElement.dataset.seat", "1");
  await page.is("document.documentElement.dataset.game", "running");
  await page.until("first picture", "document.getElementById('stream').videoWidth === 512");
  await page.says("#toast", "You are Player 2");
  await page.is("[...document.querySelectorAll('.seat .unseen')].map((it) => it.textContent)",
    ["Player 1: \u2068Host\u2069", "Player 2: \u2068Zoë\u2069 (you)", "Player 3: free", "Player 4: free"]);
  const sdp = await tab.run("return [...mock.peers.values()][0].sdp");
  assert.match(sdp, /stereo=1;sprop-stereo=1/);
  assert.ok(sdp.indexOf("m=video") < sdp.indexOf("m=audio") && !sdp.includes("a=candidate"));

  step("a key press arrives, with repeats, and a blur lets go");
  const inputs = () => tab.run("return [...mock.peers.values()][0].inputs.splice(0)");
  /** All inputs until they are as they should be. */
  const inputsUntil = async (what, fit) => {
    const all = [];
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(30)) {
      all.push(...await inputs());
      if (fit(all)) return all;
    }
    throw new Error(`no ${what}: ${JSON.stringify(all)}`);
  };
  const held = (buttons) => inputsUntil(`state ${buttons}`, (all) => all.at(-1)?.buttons === buttons);
  /** What was on its way has arrived: nothing has for a while. */
  const silence = async (read) => {
    for (let still = 0, end = Date.now() + 20_000; still < 3; await sleep(150)) {
      assert.ok(Date.now() < end, "no silence");
      still = (await read()).length === 0 ? still + 1 : 0;
    }
  };
  const started = await inputsUntil("the first state", (all) => all.length > 0);
  assert.ok(started.every((it) => it.buttons === 0 && it.seat === 1), "Enter in the name field must not be Start");
  await page.key("keyDown", "KeyZ", "z");
  await page.key("keyDown", "KeyZ", "z", { autoRepeat: true });
  await page.key("keyDown", "ArrowLeft", "ArrowLeft");
  const pressed = await inputsUntil("press with its repeats", (all) => all.filter((it) => it.buttons === 65).length >= 4);
  const presses = pressed.filter((it) => it.buttons === 1);
  assert.ok(presses.length >= 1 && new Set(presses.map((it) => it.seq)).size === 1, "auto-repeat is no new state");
  const both = pressed.filter((it) => it.buttons === 65);
  assert.equal(new Set(both.map((it) => it.seq)).size, 1, `once and three repeats: ${JSON.stringify(both)}`);
  await page.run("window.dispatchEvent(new Event('blur'))");
  await held(0);
  await page.key("keyUp", "KeyZ", "z");
  await page.key("keyUp", "ArrowLeft", "ArrowLeft");
  const still = await inputsUntil("heartbeats", (all) => all.length >= 5);
  assert.equal(new Set(still.map((it) => it.seq)).size, 1, "nothing new is said");

  step("a gamepad is merged into the seat");
  await page.run(`
    const button = (down) => ({ pressed: down, touched: down, value: down ? 1 : 0 });
    const pad = (index, down, axes) => ({ id: "Test pad (STANDARD GAMEPAD Vendor: 1 Product: 2)", index, connected: true, mapping: "standard", timestamp: 0,
      axes, buttons: Array.from({ length: 17 }, (_, at) => button(at === down)) });
    window.pads = [pad(0, 0, [0, 0, 0, 0]), null, pad(2, 1, [-1, 0, 0, 0])];
    document.hasFocus = () => true;
    navigator.getGamepads = () => window.pads;
    window.dispatchEvent(new Event("gamepadconnected"));`);
  await held(1 | 1 << 8);
  await page.run("window.pads = []; window.dispatchEvent(new Event('gamepaddisconnected'))");
  await held(0);

  step("the picture fills the window at the game's aspect ratio and hides the padding");
  const box = () => page.run("const f = document.getElementById('frame').getBoundingClientRect(), v = document.getElementById('stream').getBoundingClientRect(); return [f.width, f.height, v.width / f.width, v.height / f.height]");
  const boxUntil = async (fit) => {
    for (const end = Date.now() + 20_000; !fit(...await box()); await sleep(50)) assert.ok(Date.now() < end, String(await box()));
  };
  await boxUntil((width, height, across, along) => height === 800 && Math.abs(width / height - 1.219) < 0.003 && across === 1 && along === 1);
  await tab.run("mock.picture({ width: 257, height: 225, aspect: 4 / 3, coded_width: 516, coded_height: 450 })");
  await tab.run("mock.picture({ width: 257, height: 225, aspect: 4 / 3, coded_width: 258, coded_height: 226 })");
  await page.until("the new size", "document.getElementById('stream').videoWidth === 258");
  await boxUntil((width, height, across, along) => Math.abs(across - 258 / 257) < 0.002 && Math.abs(along - 226 / 225) < 0.002);
  await tab.run("mock.picture({ width: 256, height: 240, aspect: 1.219, coded_width: 512, coded_height: 480 })");
  await page.until("the old size", "document.getElementById('stream').videoWidth === 512");

  step("the bar hides while playing and comes back");
  await page.until("hidden bar", "document.documentElement.dataset.bar === 'hidden'");
  await page.picture(shot("playing-desktop-bar-hidden"));
  await page.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x: 300, y: 400 });
  await page.until("shown bar", "document.documentElement.dataset.bar === 'shown'");

  step("the bar stays away from a player who aims");
  await tab.run("mock.tell({ type: 'controls', seats: [], wants: ['lightgun'] })");
  await page.until("an aim", "document.getElementById('stage').dataset.aim === 'yes'");
  await page.until("hidden bar", "document.documentElement.dataset.bar === 'hidden'");
  for (const y of [400, 30, 20]) await page.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x: 640, y });
  assert.equal(await page.data("bar"), "hidden");
  await page.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x: 640, y: 0 });
  await page.until("shown bar", "document.documentElement.dataset.bar === 'shown'");
  await tab.run("mock.tell({ type: 'controls', seats: [], wants: [] })");
  await page.until("no aim", "document.getElementById('stage').dataset.aim === 'no'");
  await page.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x: 300, y: 400 });

  step("the picture looks as it is wanted to, and the video is seen again afterwards");
  const drawn = (wanted) => page.run(`
    const choice = document.getElementById("look-choice");
    choice.value = arguments[0];
    choice.dispatchEvent(new Event("change"));`, wanted);
  /** A row in the middle of the picture, as the screen has it: how far brightness goes up and down from one screen row to the next. */
  const ripple = () => page.run(`
    const canvas = document.getElementById("look");
    const paper = document.createElement("canvas");
    [paper.width, paper.height] = [1, canvas.height];
    const pen = paper.getContext("2d", { willReadFrequently: true });
    const at = Math.round(canvas.width * 0.93);
    // Right behind a frame: what was drawn is gone once the browser has shown it. A frame during which the card is still busy with
    // the one before is not drawn at all.
    return new Promise((told) => {
      const end = performance.now() + 2000;
      const read = () => {
        pen.drawImage(canvas, -at, 0);
        const data = pen.getImageData(0, 0, 1, canvas.height).data;
        let sum = 0;
        for (let y = 1; y < canvas.height; y += 1) sum += Math.abs(data[y * 4 + 1] - data[y * 4 - 3]);
        const lit = data.some((part, index) => index % 4 === 1 && part > 60);
        if (lit || performance.now() > end) told({ sum, lit });
        else document.getElementById("stream").requestVideoFrameCallback(read);
      };
      document.getElementById("stream").requestVideoFrameCallback(read);
      setTimeout(() => told({ sum: 0, lit: false }), 4000);
    });`);
  /** A look, chosen again until its picture is read and is as it should be: a card that is too slow is given up on after some seconds. */
  const rippleUntil = async (wanted, fit) => {
    for (const end = Date.now() + 30_000;;) {
      await drawn(wanted);
      const read = await ripple();
      if (read.lit && fit(read)) return read;
      assert.ok(Date.now() < end, `${wanted} as read last: ${JSON.stringify(read)}`);
    }
  };
  await page.is("document.getElementById('look').hidden", true);
  await drawn("smooth");
  await page.is("document.getElementById('look').hidden", false);
  const smooth = await rippleUntil("smooth", () => true);
  const lined = await rippleUntil("scanlines", ({ sum }) => sum > 3 * smooth.sum + 100);
  // What was there a moment ago is no proof of what is there now.
  await rippleUntil("smooth", ({ sum }) => lined.sum > 3 * sum + 100);
  for (const look of ["tube", "grid", "rounded", "scanlines", "smooth"]) {
    await drawn(look);
    await sleep(200);
    await page.picture(shot(`look-${look}`));
  }
  await page.is("localStorage.getItem('hotseat.look')", "smooth");
  await drawn("sharp");
  await page.is("document.getElementById('look').hidden", true);

  step("the picture has the shape and the edges that are wanted, and what is pointed at is what is there");
  const framed = () => page.run(`
    const [frame, video] = ["frame", "stream"].map((id) => document.getElementById(id).getBoundingClientRect());
    const stage = document.getElementById("stage").getBoundingClientRect();
    const inside = frame.left >= stage.left && frame.top >= stage.top && frame.right <= stage.right && frame.bottom <= stage.bottom;
    return { inside, aspect: frame.width / frame.height, height: frame.height, hidden: [frame.top - video.top, video.bottom - frame.bottom, frame.left - video.left, video.right - frame.right] };`);
  const frame = (id, value) => page.run(`
    const field = arguments[0].startsWith("crop") ? document.querySelectorAll("#crop input")[Number(arguments[0].at(-1))] : document.getElementById(arguments[0]);
    field.value = arguments[1];
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name));`, id, value);
  const near = (seen, wanted, most = 0.01) => assert.ok(Math.abs(seen - wanted) < most, `${seen} for ${wanted}`);
  const shape = async (id, value, aspect) => {
    await frame(id, value);
    const { inside, aspect: seen } = await framed();
    assert.ok(inside);
    near(seen, aspect);
  };
  await shape("aspect-choice", "square", 256 / 240);
  await shape("aspect-choice", "television", 4 / 3);
  await tab.run("mock.picture({ aspect: 1.78 })");
  await page.until("a wide game", "Math.abs(document.getElementById('frame').clientWidth / document.getElementById('frame').clientHeight - 16 / 9) < 0.01");
  await shape("aspect-choice", "core", 1.78);
  await tab.run("mock.picture({ aspect: 1.219 })");
  await page.until("a game that says otherwise", "Math.abs(document.getElementById('frame').clientWidth / document.getElementById('frame').clientHeight - 1.219) < 0.01");
  await frame("scaling-choice", "whole");
  assert.equal((await framed()).height % 240, 0);
  // A white line is around the picture of the mock host.
  const brightest = () => page.run(`
    const canvas = document.getElementById("look");
    const paper = document.createElement("canvas");
    [paper.width, paper.height] = [canvas.width, 1];
    const pen = paper.getContext("2d", { willReadFrequently: true });
    return new Promise((told) => {
      const read = () => {
        pen.drawImage(canvas, 0, -Math.round(canvas.height / 2));
        const data = pen.getImageData(0, 0, canvas.width, 1).data;
        const at = (x) => Math.min(data[x * 4], data[x * 4 + 1], data[x * 4 + 2]);
        told({ lit: data.some((part, index) => index % 4 !== 3 && part > 20), left: at(1), right: at(canvas.width - 2) });
      };
      document.getElementById("stream").requestVideoFrameCallback(read);
      setTimeout(() => told({ lit: false, left: 0, right: 0 }), 4000);
    });`);
  const edges = async (what, fit) => {
    for (const end = Date.now() + 30_000;;) {
      await drawn("smooth");
      const read = await brightest();
      if (read.lit && fit(read)) return;
      assert.ok(Date.now() < end, `${what}: ${JSON.stringify(read)}`);
    }
  };
  await edges("the line around the picture", ({ left, right }) => left > 200 && right > 200);
  for (const [edge, pixels] of [8, 12, 4, 2].entries()) await frame(`crop-${edge}`, String(pixels));
  await edges("no line where nothing is shown of it", ({ left, right }) => left < 150 && right < 150);
  await drawn("sharp");
  const { hidden, height, aspect } = await framed();
  assert.equal(height % 220, 0, "whole rows of what is shown");
  const down = height / 220;
  near(aspect, (1.219 * 250) / 256 / (220 / 240));
  const across = (height * aspect) / 250;
  for (const [edge, pixels] of [8 * down, 12 * down, 4 * across, 2 * across].entries()) near(hidden[edge], pixels, 0.6);
  await page.is("localStorage.getItem('hotseat.crop')", "8 12 4 2");
  await page.picture(shot("framed"));
  await tab.run("mock.tell({ type: 'controls', seats: [], wants: ['lightgun'] })");
  await page.until("an aim", "document.getElementById('stage').dataset.aim === 'yes'");
  const seen = await page.run("const { left, top, width, height } = document.getElementById('frame').getBoundingClientRect(); return { left, top, width, height }");
  const pointed = async (x, y) => {
    await tab.run("[...mock.peers.values()][0].mice.splice(0)");
    await page.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
    await tab.until("a place that is pointed at", "[...mock.peers.values()][0].mice.length > 0");
    return tab.run("return [...mock.peers.values()][0].mice.at(-1)");
  };
  for (const [x, y] of [[0.5, 0.5], [0.1, 0.8], [0.95, 0.3]]) {
    const place = [Math.round(seen.left + x * seen.width), Math.round(seen.top + y * seen.height)];
    const told = await pointed(...place);
    assert.ok(told.over);
    near((told.x / 32767 + 1) * 128, 4 + (place[0] - seen.left) / across, 0.6);
    near((told.y / 32767 + 1) * 120, 8 + (place[1] - seen.top) / down, 0.6);
  }
  assert.equal((await pointed(Math.round(seen.left - 3), Math.round(seen.top + 100))).over, false, "there is more of the picture, but not there");
  await tab.run("mock.tell({ type: 'controls', seats: [], wants: [] })");
  await page.until("no aim", "document.getElementById('stage').dataset.aim === 'no'");
  await page.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x: 300, y: 400 });
  for (const edge of [0, 1, 2, 3]) await frame(`crop-${edge}`, "0");
  await frame("scaling-choice", "sharp");
  await frame("aspect-choice", "core");

  step("statistics are shown");
  await page.click("#stats-toggle");
  await page.until("statistics", "/\\d fps/.test(document.getElementById('stats-list').textContent)");
  await sleep(2500);
  console.log(await page.run("return document.getElementById('stats').innerText.replace(/\\n/g, ' | ')"));

  step("pictures of playing and help");
  for (const size of Object.keys(SIZES)) {
    await page.size(size);
    await page.run("if (document.documentElement.dataset.touch !== (arguments[0] ? 'yes' : 'no')) document.getElementById('touch-toggle').click()", SIZES[size][3]);
    await sleep(400);
    await page.picture(shot(`stats-${size}`));
    await page.click("#stats-toggle");
    await page.picture(shot(`playing-${size}`));
    await page.click("#help-toggle");
    await page.key("keyDown", "KeyX", "x");
    await sleep(150);
    await page.picture(shot(`help-${size}`));
    await page.key("keyUp", "KeyX", "x");
    await page.click("#help-toggle");
    await page.click("#stats-toggle");
  }
  await page.click("#stats-toggle");

  step("Enter presses a button that has the focus; after another game key it is Start");
  await page.size("desktop");
  await page.run("document.getElementById('help-toggle').focus()");
  await inputs();
  await page.key("keyDown", "Enter", "Enter");
  await page.key("keyUp", "Enter", "Enter");
  assert.ok((await inputsUntil("heartbeats", (all) => all.length >= 3)).every((it) => it.buttons === 0));
  for (const [code, key, button] of [["KeyX", "x", 1 << 8], ["Enter", "Enter", 1 << 3]]) {
    await page.key("keyDown", code, key);
    const down = await held(button);
    await page.key("keyUp", code, key);
    const up = await held(0);
    assert.ok([...down, ...up].every((it) => it.buttons === 0 || it.buttons === button));
  }
  await page.is("document.activeElement.tagName", "BODY");

  step("two fingers press two buttons");
  await page.size("landscape");
  await page.run("if (document.documentElement.dataset.touch !== 'yes') document.getElementById('touch-toggle').click()");
  await page.until("touch controls", "document.querySelector('#touch .dpad .right')?.getBoundingClientRect().width > 0");
  const where = (selector) => page.run("const b = document.querySelector(arguments[0]).getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]", selector);
  /** The middle of it, once it stays where it is. */
  const centre = async (selector) => {
    for (let before = [];;) {
      const now = await where(selector);
      if (now.join() === before.join()) return now;
      before = now;
      await sleep(200);
    }
  };
  const [rx, ry] = await centre("#touch .dpad .right");
  const [bx, by] = await centre("#touch .face [data-lit='B']");
  await inputs();
  await page.cdp("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: rx, y: ry, id: 1 }, { x: bx, y: by, id: 2 }] });
  await held(1 | 1 << 7);
  const [lx, ly] = await centre("#touch .dpad .left");
  await page.cdp("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x: lx, y: ly, id: 1 }, { x: bx, y: by, id: 2 }] });
  await held(1 | 1 << 6);
  await page.picture(shot("touch-landscape"));
  await page.cdp("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await held(0);
  await page.size("desktop");
  await page.run("document.getElementById('touch-toggle').click()");

  step("without a seat one watches, and nothing is sent");
  await tab.run("mock.seat(null)");
  await page.until("watching", "document.documentElement.dataset.seat === 'none'");
  await page.says("#toast", /^You are watching\./);
  await silence(inputs);
  await page.key("keyDown", "KeyZ", "z");
  await page.key("keyUp", "KeyZ", "z");
  await sleep(300);
  assert.deepEqual(await inputs(), []);
  await tab.run("mock.seat(1)");
  await page.until("seated", "document.documentElement.dataset.seat === '1'");

  step("the game's states are told");
  for (const [state, words] of [["starting", "Starting \u2068Arena\u2069…"], ["paused", "The host has paused the game."], ["crashed", "The game crashed and is coming back…"], ["stopped", "No game is running."]]) {
    await tab.run("mock.setGame(arguments[0])", state);
    await page.until(state, `document.documentElement.dataset.game === "${state}"`);
    await page.says("#notice-title", words);
    await page.picture(shot(`game-${state}-desktop`));
  }
  await tab.run("mock.setGame('stopped', { problem: { code: 'crash.memory', core: 'Arena core' } })");
  await page.until("why", "document.getElementById('notice-detail').textContent.endsWith('crashed (it reached for memory that is not its own).')");
  await tab.run("mock.setGame('stopped', { problem: { code: 'of_a_newer_host', core: '' } })");
  await page.until("the general sentence", "document.getElementById('notice-detail').textContent === 'The host could not start the game.'");
  assert.doesNotMatch(await page.run("return document.body.innerText"), /mock host/, "the host's own words are not shown");
  await tab.run("mock.setGame('running')");

  step("a rename reaches the host; <b> is text");
  await page.run("document.getElementById('help-name').value = '<b>Zed</b>'; document.getElementById('help-form').requestSubmit()");
  await page.until("new name", "document.querySelector('.seat.mine span').textContent === '<b>Zed</b>'");

  step("a name that is refused is the old one again");
  await tab.run("mock.slow = true");
  await page.run("document.getElementById('help-name').value = 'Yet another'; document.getElementById('help-form').requestSubmit()");
  await page.until("the refusal", "document.getElementById('toast').textContent === 'That was too fast. Wait a moment.'");
  await page.is("document.getElementById('help-name').value", "<b>Zed</b>");
  await page.is("localStorage.getItem('hotseat.name')", "<b>Zed</b>");
  await tab.run("mock.slow = false");

  step("a seat is asked for, given up and taken; the chat takes no key from the game and gives none to it");
  await page.click("#people-toggle");
  await page.is("[...document.querySelectorAll('#people-seats button')].map((it) => it.textContent)", ["Request", "Leave seat", "Take seat", "Take seat"]);
  await page.click("#people-seats li:nth-child(3) button");
  await page.until("a second seat", "document.querySelectorAll('.seat.mine').length === 2");
  await page.click("#people-seats li:nth-child(2) button");
  await page.click("#people-seats li:nth-child(3) button");
  await page.until("no seat", "document.documentElement.dataset.seat === 'none'");
  await page.click("#people-any");
  await page.until("a request", "document.getElementById('people-any').textContent === 'Cancel request'");
  await page.click("#people-any");
  await tab.run("mock.seat(1)");
  await page.until("seated", "document.documentElement.dataset.seat === '1'");
  await page.click("#people-toggle");
  await inputs();
  await page.type("t", ..."zxzx");
  await page.is("document.getElementById('chat-field').value", "zxzx");
  await page.type(ENTER);
  await page.until("said", "document.querySelector('#chat-log .message.mine .text')?.textContent === 'zxzx'");
  await tab.run("mock.tell({ type: 'chat', peer: null, name: 'Host', text: '<i>hi</i>' }); mock.tell({ type: 'line', what: 'left', name: 'Bo' })");
  await page.until("text, not markup", "document.querySelector('#chat-log .message:nth-child(2) .text')?.textContent === '<i>hi</i>'");
  assert.ok((await inputs()).every((it) => it.buttons === 0), "what is typed must not reach the game");
  await page.type(ESCAPE);
  await page.is("document.getElementById('chat').hidden", true);
  await page.is("document.activeElement.tagName", "BODY");
  await tab.run("mock.tell({ type: 'chat', peer: null, name: 'Host', text: 'unread' })");
  await page.until("unread", "document.getElementById('chat-badge').textContent === '1' && document.title.startsWith('(1) ')");
  await tab.run("mock.slow = true");
  await page.type("t", ..."no", ENTER);
  await page.until("refused", "document.getElementById('chat-problem').textContent === 'That was too fast. Wait a moment.'");
  await page.is("document.getElementById('chat-field').value", "no");
  await page.run("document.getElementById('chat-field').value = ''");
  await page.type(ESCAPE);

  step("Esc in the help gives the focus back to its button");
  await page.run("document.getElementById('help-toggle').focus()");
  await page.type(ENTER);
  await page.until("the help", "document.activeElement.id === 'help-close'");
  await page.type(ESCAPE);
  await page.is("[document.getElementById('help').hidden, document.activeElement.id]", [true, "help-toggle"]);
  await page.run("document.activeElement.blur()");

  step("a muted player is told, and when it is over");
  await tab.run("mock.set({ muted: true })");
  await page.until("the note", "/^The host has muted you/.test(document.getElementById('toast').textContent)");
  await page.says(".seat.mine .tag", "Muted");
  await page.picture(shot("muted-desktop"));
  await tab.run("mock.set({ muted: false })");
  await page.until("the other note", "/ on again\\.$/.test(document.getElementById('toast').textContent)");
  await page.is("document.querySelector('.seat.mine .tag')", null);

  step("permissions bring buttons, and without them there are none");
  await page.is("document.getElementById('game-toggle').hidden", true);
  await tab.run("mock.set({ rights: RIGHTS })".replace("RIGHTS", JSON.stringify(["pause", "states", "time", "seats", "invite"])));
  await page.until("the button", "!document.getElementById('game-toggle').hidden");
  await page.click("#game-toggle");
  await page.click("#do-pause");
  await page.until("paused", "document.documentElement.dataset.game === 'paused'");
  await page.says("#notice-title", /has paused the game\.$/);
  await page.click("#notice-action");
  await page.until("running", "document.documentElement.dataset.game === 'running'");
  await page.run("document.getElementById('do-rewind').dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }))");
  await page.until("whose rewinding it is", "/ is rewinding\\.$/.test(document.getElementById('notice-title').textContent)");
  await page.run("document.getElementById('do-rewind').dispatchEvent(new KeyboardEvent('keyup', { key: ' ' }))");
  await tab.until("that it is let go of", "mock.heard.some((it) => it.type === 'do' && it.what === 'normal')");
  await tab.run("mock.heard.length = 0");
  // At once: a question that is not answered is taken back after some seconds.
  await page.run("const press = (id) => document.getElementById(id).click(); press('do-reset'); document.getElementById('slot').value = '9'; press('do-save'); press('do-reset')");
  await tab.until("two requests", "mock.heard.filter((it) => it.type === 'do').length > 1");
  assert.deepEqual(await tab.run("return mock.heard.filter((it) => it.type === 'do')"), [{ type: "do", what: "save", slot: 9 }, { type: "do", what: "reset" }]);
  await page.click("#do-invite");
  await page.until("a link", `document.getElementById('invite-link').value === "${PAGE}#${SECRET}"`);
  await page.click("#game-toggle");
  await tab.run("mock.set({ rights: [] })");

  step("a guest who may changes the disc, and everyone reads who did");
  await page.is("document.getElementById('game-toggle').hidden", true);
  await tab.run("mock.setDiscs({ names: ['Tale (Disc 1)', '', '<b>The end</b>'], inserted: 0 }); mock.set({ rights: ['discs'] })");
  await page.until("the button", "!document.getElementById('game-toggle').hidden");
  await page.click("#game-toggle");
  await page.is("[...document.getElementById('disc').options].map((it) => it.textContent)", ["\u2068Tale (Disc 1)\u2069 (in the drive)", "Disc 2", "<b>The end</b>"]);
  await page.is("['game-play', 'game-states', 'game-invite'].map((id) => document.getElementById(id).hidden)", [true, true, true]);
  await page.is("document.getElementById('do-disc').disabled", true); // It is in already.
  await page.picture(shot("discs-desktop"));
  const choose = (disc) => page.run("const list = document.getElementById('disc'); list.value = arguments[0]; list.dispatchEvent(new Event('change', { bubbles: true }))", String(disc));
  await choose(2);
  await page.click("#do-disc");
  await page.until("who did", "document.querySelector('#chat-log p:last-child').textContent.endsWith('put in \u2068<b>The end</b>\u2069.')");
  await page.until("the new mark", "document.getElementById('disc').selectedOptions[0].textContent === '\u2068<b>The end</b>\u2069 (in the drive)'");
  await tab.run("mock.setDiscs({ names: ['Tale (Disc 1)', '', ''], inserted: null })");
  await page.until("an open drive", "!document.getElementById('disc-open').hidden");
  await choose(1);
  await tab.run("mock.discs = { names: ['Tale (Disc 1)'], inserted: null }");
  await page.click("#do-disc");
  await page.until("the refusal", "document.getElementById('toast').textContent === 'That is no longer there.'");
  await tab.run("mock.setDiscs({ names: [], inserted: null })");
  await page.until("nothing to do any more", "document.getElementById('game-toggle').hidden && document.getElementById('game').hidden");
  await tab.run("mock.set({ rights: [] })");

  step("what the game says is over the picture as text, with a bar that goes on in its place, and goes by itself");
  const place = (name) => `document.getElementById('osd-${name}')`;
  await tab.run("mock.tell({ type: 'osd', note: { text: '<b>Disc read</b>\\nslowly', level: 2, ms: 60000 }, status: { text: '59.9 fps', level: 1, ms: 60000 }, progress: { text: 'Caching textures', percent: 25, ms: 60000 } })");
  await page.until("the bar", `${place("bar")}.value === 25 && !${place("progress")}.hidden`);
  await page.says("#osd-note", "<b>Disc read</b>\nslowly");
  await page.is("document.querySelectorAll('#osd-note b').length", 0);
  for (const size of Object.keys(SIZES)) {
    await page.size(size);
    await page.picture(shot(`osd-${size}`));
  }
  await page.size("desktop");
  await tab.run("mock.tell({ type: 'osd', note: null, status: null, progress: { text: 'Caching textures', percent: 80, ms: 60000 } })");
  await page.until("further", `${place("bar")}.value === 80 && ${place("note")}.hidden && ${place("status")}.hidden`);
  await tab.run("mock.tell({ type: 'osd', note: null, status: null, progress: { text: 'Caching', percent: null, ms: 60000 } })");
  await page.until("a bar without a value", `${place("bar")}.position === -1 && !${place("progress")}.hidden`);
  await tab.run("mock.tell({ type: 'osd', note: null, status: null, progress: { text: 'Caching', percent: null, ms: 200 } })");
  await page.until("nothing", `${place("progress")}.hidden`);

  step("a phone's motion is told once the player says so, while the game asks for it");
  await page.size("portrait");
  const motions = () => tab.run("return [...mock.peers.values()][0].motions.splice(0)");
  // What a phone on a table fires, were this one.
  await page.run(`window.tilting = setInterval(() => window.dispatchEvent(new DeviceMotionEvent("devicemotion", {
    accelerationIncludingGravity: { x: 4.903325, y: 0, z: 9.80665 }, rotationRate: { alpha: 0, beta: 90, gamma: 0 } })), 4)`);
  await page.is("document.getElementById('use-motion').hidden", true);
  await tab.run("mock.tell({ type: 'sensors', accelerometer: 1, gyroscope: 1 }); mock.tell({ type: 'sensors', accelerometer: 2, gyroscope: 2 })");
  await page.until("the offer", "!document.getElementById('use-motion').hidden");
  await page.says("#use-motion", "Use this phone's motion");
  await page.picture(shot("motion-portrait"));
  assert.deepEqual(await motions(), []);
  // When each leaves: how soon it arrives is this machine's business.
  await page.run(`window.left = [];
    const send = RTCDataChannel.prototype.send;
    RTCDataChannel.prototype.send = function (bytes) {
      if (bytes instanceof Uint8Array && bytes[0] === 4) window.left.push(performance.now());
      return send.call(this, bytes);
    };`);
  await page.click("#use-motion");
  const told = [];
  for (const end = Date.now() + 20_000; told.length < 30 && Date.now() < end; await sleep(100)) told.push(...await motions());
  assert.ok(told.length >= 30, `${told.length} told`);
  assert.deepEqual([told[0].seat, told[0].axes], [1, [1024, 0, 2048, 0, Math.round(Math.PI / 2 * 512), 0]]);
  const left = await page.run("return window.left");
  assert.ok(left.length >= 30, `${left.length} sent`);
  const spread = (left.at(-1) - left[0]) / (left.length - 1);
  assert.ok(spread > 1000 / 75, `one each ${spread} ms`);
  await tab.run("mock.tell({ type: 'sensors', accelerometer: 0, gyroscope: 0 })");
  await page.until("nothing to turn off", "document.getElementById('motion-toggle').hidden");
  await silence(motions);
  await sleep(300);
  assert.deepEqual(await motions(), [], "the game asks no longer");
  await page.run("clearInterval(window.tilting)");
  await page.size("desktop");

  step("a cut connection comes back by itself with its token");
  await tab.run("mock.holds = true; mock.cut()");
  await page.state("reconnecting");
  for (const size of Object.keys(SIZES)) {
    await page.size(size);
    await page.picture(shot(`reconnecting-${size}`));
  }
  await page.size("desktop");
  await tab.run("mock.letGo()");
  await page.state("playing");
  await page.until("a picture again", "getComputedStyle(document.getElementById('notice')).display === 'none'");

  step("a host that goes away and returns");
  const rejoined = Date.now();
  mockHost.kill();
  await tab.run("mock.silent = true");
  await page.state("reconnecting");
  console.log(`  noticed after ${Date.now() - rejoined} ms: ${await page.text("#notice-detail")}`);
  await page.says("#notice-detail", /does not answer/);
  mockHost = startMockHost(PORT);
  await answering(PAGE);
  await tab.go(`${PAGE}tools/host.html`);
  await page.state("playing");

  step("a reload keeps the name; a link's name is taken without asking, and the first picture is quick");
  await page.reload();
  await page.state("playing");
  for (const rest of [`?name=Ann#${SECRET}`, `#${SECRET}?name=Bea`, `#${SECRET}&name=Cid`]) {
    await page.go("about:blank");
    await page.go(PAGE + rest);
    await page.state("playing");
    await page.until("picture", "document.getElementById('stream').videoWidth > 0");
    await page.is("document.querySelector('.seat.mine span').textContent", /name=(...)/.exec(rest)[1]);
  }
  const times = [];
  for (let i = 0; i < 5; i += 1) {
    await page.go("about:blank");
    await page.go(`${PAGE}?name=Ann#${SECRET}`);
    times.push(await page.wait("const done = arguments[0], video = document.getElementById('stream'); const look = () => video.videoWidth > 0 ? done(Math.round(performance.now())) : setTimeout(look, 2); look();"));
  }
  console.log(`  first picture after ${times.join(", ")} ms`);

  step("closing and refusing end with a plain sentence");
  await tab.run("mock.close('kicked')");
  await page.state("closed");
  await page.says("#notice-detail", "The host has removed you from the room.");
  await page.picture(shot("closed-desktop"));
  await page.run("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
  await sleep(300);
  assert.equal(await page.data("state"), "closed", "a page that was sent away does not come back by itself");
  await page.click("#notice-action");
  await page.state("playing");
  await page.go(`${PAGE}?name=Ann#${"x".repeat(22)}`);
  await page.state("refused");
  await page.says("#notice-detail", "This invite link does not work. Ask your friend for a new one.");
  for (const size of Object.keys(SIZES)) {
    await page.size(size);
    await page.picture(shot(`refused-${size}`));
  }
  await page.size("desktop");
  await page.click("#notice-second");
  await page.until("the code", "document.documentElement.dataset.state === 'name' && !document.getElementById('code-part').hidden");
  for (const code of ["declined", "banned", "busy", "no_codec"]) {
    await page.go("about:blank");
    await page.go(`${PAGE}?name=Refuse%20${code}#${SECRET}`);
    await page.state("refused");
    await page.picture(shot(`refused-${code}-desktop`));
  }

  step("without a link a code is typed; the tab comes back without it");
  await page.run("sessionStorage.clear()");
  await page.go("about:blank");
  await page.go(`${PAGE}?name=Ann`);
  await page.state("name");
  await page.run("document.getElementById('code-field').focus()");
  await page.cdp("Input.insertText", { text: "135 790" });
  await page.run("document.getElementById('name-form').requestSubmit()");
  await page.until("the refusal", "document.getElementById('code-problem').textContent !== ''");
  for (const size of Object.keys(SIZES)) {
    await page.size(size);
    await page.picture(shot(`code-${size}`));
  }
  await page.size("desktop");
  await page.run("document.getElementById('code-field').focus()");
  await page.cdp("Input.insertText", { text: "24 68 10" });
  await page.type(ENTER);
  await page.state("playing");
  await page.reload();
  await page.state("playing");

  step("a place that a code gave and that is gone is told as such");
  await page.run("sessionStorage.clear()");
  await page.go("about:blank");
  await page.go(`${PAGE}?name=Ann`);
  await page.state("name");
  await page.run("document.getElementById('code-field').focus()");
  await page.cdp("Input.insertText", { text: "246810" });
  await page.type(ENTER);
  await page.state("playing");
  mockHost.kill();
  await tab.run("mock.silent = true");
  await page.state("reconnecting");
  mockHost = startMockHost(PORT);
  await page.state("name");
  await page.says("#code-problem", /^You were away too long/);
  await tab.go(`${PAGE}tools/host.html`);

  step("a pasted link is followed, and one without its secret is told");
  await page.run("document.getElementById('code-field').focus()");
  await page.cdp("Input.insertText", { text: `Join me: ${PAGE}` });
  await page.says("#code-problem", /incomplete/);
  await page.is("document.getElementById('code-field').value", "");
  await page.cdp("Input.insertText", { text: `Join me: ${PAGE}#${SECRET}` });
  await page.state("playing");
  await page.is("location.hash", `#${SECRET}`);

  step("an incomplete link is told; a page without a link leads back to the last room");
  await page.run("sessionStorage.clear()");
  await page.go("about:blank");
  await page.go(`${PAGE}#${SECRET.slice(3)}`);
  await page.state("name");
  await page.says("#code-problem", /incomplete/);
  await page.go("about:blank");
  await page.go(PAGE);
  await page.state("name");
  await page.says("#code-problem", "");
  await page.click("#join-back");
  await page.state("playing");

  step("the host is asked: the page waits, takes it back, comes in");
  await tab.run("mock.asks = true");
  await page.run("sessionStorage.clear()");
  await page.go("about:blank");
  await page.go(`${PAGE}?name=Ann#${SECRET}`);
  await page.state("waiting");
  await page.picture(shot("waiting-desktop"));
  await page.click("#notice-action");
  await page.state("name");
  await tab.until("the request to be taken back", "mock.asking.size === 0");
  await page.run("document.getElementById('name-form').requestSubmit()");
  await page.state("waiting");
  await tab.run("mock.decline()");
  await page.state("refused");
  await page.click("#notice-action");
  await page.state("waiting");
  await tab.run("mock.admit()");
  await page.state("playing");
  await tab.run("mock.asks = false");

  step("a way that is lost is sought anew, by the WebSocket and by a broker that was away, with the seat kept");
  const [byRouter, byBroker] = [PAGE, `${PAGE}meet/`];
  for (const from of [byRouter, byBroker]) {
    await page.run("sessionStorage.clear()");
    await page.go("about:blank");
    await page.go(`${from}?name=Ann#${SECRET}`);
    await page.state("playing");
    await page.until("picture", "document.getElementById('stream').videoWidth > 0");
    if (from === byBroker) await tab.run("mock.hangUp()");
    const before = await tab.run("const it = [...mock.peers.values()].at(-1); mock.carried = []; mock.silent = true; return { id: it.id, sdp: it.pc.remoteDescription.sdp }");
    await page.run("window.dispatchEvent(new Event('online'))");
    await tab.until("a restart", "mock.carried.some(({ type }) => type === 'restart')");
    await tab.run("mock.silent = false");
    await tab.until("the new way", "[...mock.peers.values()].at(-1).pc.connectionState === 'connected'");
    const after = await tab.run("const it = [...mock.peers.values()].at(-1); return { id: it.id, sdp: it.pc.remoteDescription.sdp }");
    assert.equal(after.id, before.id, "the same connection");
    const name = ({ sdp }) => /^a=ice-ufrag:(.*)$/m.exec(sdp)[1];
    assert.notEqual(name(after), name(before));
    await sleep(6000);
    assert.deepEqual([await page.data("state"), await page.data("seat")], ["playing", "1"]);
    assert.equal(await tab.run("return mock.carried.filter(({ type }) => type === 'restart').length"), 1);
    if (await page.run("return document.getElementById('stats').hidden")) await page.click("#stats-toggle");
    await page.until("the way", "/Connection\\s*direct/.test(document.getElementById('stats').innerText)");
  }
  const candidates = await tab.run("return mock.carried.filter(({ type }) => type === 'candidate').length");
  assert.ok(candidates > 0, "the page's candidates came by the broker");

  step("a page apart from its host: leaving, and what is said where it cannot be met");
  await page.run("sessionStorage.clear()");
  await page.go("about:blank");
  await tab.until("goodbye, by the broker or beside it", "mock.carried.concat(mock.heard).some(({ type }) => type === 'bye')");
  await page.go(byBroker);
  await page.state("refused");
  await page.says("#notice-detail", /needs a whole invite link/);
  for (const size of Object.keys(SIZES)) {
    await page.size(size);
    await page.picture(shot(`no-link-${size}`));
  }
  await page.size("desktop");
  await page.click("#notice-action");
  await page.state("playing");
  const said = async (folder, words) => {
    await page.run("sessionStorage.clear()");
    await page.go("about:blank");
    await page.go(`${PAGE}${folder}/?name=Ann#${SECRET}`);
    await page.until(`${words}`, `${words}.test(document.getElementById('notice-detail').textContent)`, 60_000);
    await page.picture(shot(`meeting-${folder}-desktop`));
  };
  await said("damaged", /config\.json/);
  await page.is("document.documentElement.dataset.state", "refused");
  await said("unreached", /None of the meeting points/);
  await said("absent", /does not answer at the meeting point/);
  await tab.run("mock.nowhere = true");
  await said("meet", /cannot be reached from elsewhere/);
  await tab.run("mock.nowhere = false");
  await page.state("playing");

  step("the page can be installed");
  const { installabilityErrors } = await page.cdp("Page.getInstallabilityErrors");
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);
  const { errors: manifestErrors } = await page.cdp("Page.getAppManifest");
  assert.deepEqual(manifestErrors, []);

  step("no error in the browser's log");
  const errors = (await page.log()).filter(({ level, message }) => level === "SEVERE" && !/WebSocket connection to|ERR_CONNECTION_REFUSED/.test(message));
  assert.deepEqual(errors, []);
  await page.close();

  step("a browser that forbids sound offers one button, in Chinese where that is wanted");
  const quiet = await Browser.open({ autoplay: false, lang: "zh-CN" });
  await quiet.size("desktop");
  await quiet.go(`${PAGE}?name=Ann#${SECRET}`);
  await quiet.state("playing");
  await quiet.until("picture", "document.getElementById('stream').videoWidth > 0");
  await quiet.until("the button", "!document.getElementById('tap-sound').hidden");
  await sleep(300);
  await quiet.picture(shot("sound-blocked-desktop"));
  await quiet.size("portrait");
  await quiet.picture(shot("sound-blocked-portrait"));
  await quiet.click("#help-toggle");
  await quiet.picture(shot("help-zh-portrait"));
  await quiet.cdp("Input.dispatchKeyEvent", { type: "keyDown", code: "KeyZ", key: "z", windowsVirtualKeyCode: 90, text: "z" });
  await quiet.until("sound", "document.getElementById('tap-sound').hidden && !document.getElementById('sound').paused");

  step("a page whose program does not arrive loads itself again");
  const cut = await Browser.open();
  await cut.cdp("Network.enable");
  await cut.cdp("Network.setBlockedURLs", { urls: ["*/src/net/backoff.js"] });
  await cut.go(`${PAGE}?name=Ann#${SECRET}`);
  await cut.until("another try", "Number(sessionStorage.getItem('hotseat.reloads')) > 1");
  await cut.cdp("Network.setBlockedURLs", { urls: [] });
  await cut.state("playing");
  await cut.is("sessionStorage.getItem('hotseat.reloads')", "0");
  await cut.close();

  step("a Chinese page has no English sentence of the host's");
  await quiet.size("desktop");
  await tab.run("mock.setGame('stopped', { problem: { code: 'crash.memory', core: 'Arena core' } })");
  await quiet.until("why", "document.getElementById('notice-detail').textContent.endsWith('崩溃了（它访问了不属于自己的内存）。')");
  await tab.run("mock.setGame('stopped', { problem: { code: 'of_a_newer_host', core: '' } })");
  await quiet.until("the general sentence", "document.getElementById('notice-detail').textContent === '房主无法启动游戏。'");
  await tab.run("mock.close('of_a_newer_host')");
  await quiet.state("closed");
  await quiet.says("#notice-detail", "房主结束了连接。");
  await quiet.go("about:blank");
  await quiet.go(`${PAGE}?name=Refuse%20of_a_newer_host#${SECRET}`);
  await quiet.state("refused");
  await quiet.says("#notice-detail", "房主没有让你加入。");
  assert.doesNotMatch(await quiet.run("return document.body.innerText"), /mock host/i);
  await quiet.close();
  await tab.close();
}

try {
  await check();
  console.log(`${steps.length} steps passed`);
} catch (error) {
  await explain(error, steps.at(-1) ?? "the start");
  process.exitCode = 1;
} finally {
  mockHost.kill();
  await stopDriver();
}
