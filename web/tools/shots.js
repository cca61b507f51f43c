// Pictures of every screen, at every size, in both languages, to be looked at.
//
//   node tools/shots.js [FOLDER] [LANGUAGE]      needs chromium and chromedriver

import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answering, Browser, explain, freePort, SIZES, startDriver, startMockHost, stopDriver } from "./driver.js";

const PORT = await freePort();
const PAGE = `http://127.0.0.1:${PORT}/`;
const SECRET = "MOCKMOCKMOCKMOCKMOCKMO";
const FOLDER = process.argv[2] ?? mkdtempSync(join(tmpdir(), "page-shots-"));
const LANGUAGES = process.argv[3] ? [process.argv[3]] : ["en", "zh-CN"];

mkdirSync(FOLDER, { recursive: true });
const mockHost = startMockHost(PORT);

/** A room with something in every place. */
const ROOM = `
  mock.setBots([
    { name: "Benedikta", seats: [2], away: true },
    { name: "小明", seats: [], wants: "any" },
    { name: "Ein sehr langer Name ohne", seats: [], wants: 3, muted: true },
  ]);
  mock.setDiscs({ names: ["Tale (Disc 1)", "", "Tale (Disc 3)"], inserted: 0 });
  mock.tell({ type: "leds", on: 3 });
  mock.tell({ type: "leds", on: 1 });
  for (const [name, text] of [["Benedikta", "Who took my mushroom?"], ["小明", "不是我 😂"], ["Host", "One more round and then bed. Really this time, I have an early train tomorrow."]]) {
    mock.tell({ type: "chat", peer: name === "Host" ? null : name === "小明" ? 101 : 100, name, text });
  }
  mock.tell({ type: "line", what: "joined", name: "小明" });`;

/** The screen that is being made ready. */
let at = "the start";

async function shoot() {
  await startDriver(await freePort());
  await answering(PAGE);
  const tab = await Browser.open();
  await tab.go(`${PAGE}tools/host.html`);
  for (const lang of LANGUAGES) {
    const page = await Browser.open({ lang });
    const all = async (name, prepare = async () => {}) => {
      at = name;
      for (const size of Object.keys(SIZES)) {
        await page.size(size);
        await page.run("if (document.documentElement.dataset.state === 'playing' && document.documentElement.dataset.touch !== (arguments[0] ? 'yes' : 'no')) document.getElementById('touch-toggle').click()", SIZES[size][3]);
        await prepare();
        await sleep(350);
        await page.picture(join(FOLDER, `${name}-${size}-${lang}.png`));
      }
    };
    await page.go(PAGE);
    await page.state("name");
    await all("code");
    await tab.run("mock.asks = true; mock.rights = []");
    await page.go(`${PAGE}?name=Ann#${SECRET}`);
    await page.state("waiting");
    await all("waiting");
    await tab.run("mock.admit(); mock.asks = false");
    await page.state("playing");
    await page.until("picture", "document.getElementById('stream').videoWidth > 0");
    await sleep(300);
    await tab.run(ROOM);
    await all("peek", () => tab.run("mock.tell({ type: 'chat', peer: 100, name: 'Benedikta', text: 'Left! No, the other left!' }); mock.tell({ type: 'lights', seats: 6 })"));
    await all("activity", async () => {
      await page.run("document.documentElement.dataset.bar = 'hidden'");
      await tab.run("mock.tell({ type: 'lights', seats: 6 }); mock.tell({ type: 'line', what: 'joined', name: 'Benedikta' })");
    });
    await tab.run("mock.set({ muted: true })");
    await all("muted", () => page.run("document.documentElement.dataset.bar = 'shown'"));
    await tab.run("mock.set({ muted: false })");
    await page.click("#people-toggle");
    await all("people");
    await tab.run("mock.set({ rights: ['pause', 'states', 'discs', 'time', 'seats', 'invite'] })");
    await all("people-mover");
    await page.click("#people-toggle");
    await page.click("#game-toggle");
    await page.click("#do-invite");
    await all("game", () => page.click("#do-invite"));
    await page.click("#game-toggle");
    await page.click("#chat-toggle");
    await all("chat", () => tab.run("for (const emoji of ['🎉', '👍', '😂']) mock.tell({ type: 'reaction', peer: 100, name: 'Benedikta', emoji })"));
    await page.click("#chat-toggle");
    await page.click("#help-toggle");
    await all("help-picture", () => page.run("document.getElementById('crop').open = true; document.getElementById('crop').scrollIntoView({ block: 'center' })"));
    await page.click("#help-toggle");
    await tab.run("mock.setGame('paused', { pausedBy: 'Benedikta' })");
    await all("paused");
    await tab.run("mock.setGame('running', { flow: 'rewind', flowBy: 'Benedikta' })");
    await all("rewinding");
    await tab.run("mock.setGame('stopped', { problem: { code: 'crash.memory', core: 'Hotseat Arena' } })");
    await all("stopped");
    await tab.run("mock.setGame('running'); mock.tell({ type: 'trouble', code: 'of_a_newer_host' })");
    await all("trouble");
    await tab.run("mock.close('revoked')");
    await page.state("closed");
    await all("revoked");
    await page.go("about:blank");
    await page.go(`${PAGE}?name=Ann#${"x".repeat(22)}`);
    await page.state("refused");
    await all("bad-invite");
    await tab.run("mock.setBots([])");
    await page.close();
  }
}

try {
  await shoot();
  console.log(`pictures in ${FOLDER}`);
} catch (error) {
  await explain(error, at);
  process.exitCode = 1;
} finally {
  mockHost.kill();
  await stopDriver();
}
