// Looks for what keeps people from using the page: axe-core, on every screen, at two sizes.
//
//   node tools/axe.js      needs chromium and chromedriver

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { answering, Browser, explain, freePort, startDriver, startMockHost, stopDriver } from "./driver.js";

const PORT = await freePort();
const PAGE = `http://127.0.0.1:${PORT}/`;
const SECRET = "MOCKMOCKMOCKMOCKMOCKMO";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const mockHost = startMockHost(PORT);
let found = 0;
let at = "the start";

async function look(page, screen) {
  at = screen;
  for (const size of ["desktop", "portrait"]) {
    await page.size(size);
    // Two frames: what the new size sets in motion has begun.
    await page.wait("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))");
    await page.settled();
    await page.run(`${AXE}; window.axe = window.axe ?? axe`);
    const report = await page.wait("const done = arguments[0]; axe.run(document, { resultTypes: ['violations', 'incomplete'] }).then((it) => done({ violations: it.violations, incomplete: it.incomplete }), (error) => done({ error: String(error) }))");
    if (report.error) throw new Error(report.error);
    for (const { id, impact, help, nodes } of report.violations) {
      found += 1;
      console.log(`${screen}, ${size}: ${id} (${impact}): ${help}`);
      for (const { html, failureSummary } of nodes.slice(0, 4)) console.log(`    ${html.slice(0, 150)}\n      ${failureSummary.split("\n").slice(1).join("; ").trim()}`);
    }
    const unsure = report.incomplete.map(({ id, nodes }) => `${id} (${nodes.length})`).join(", ");
    if (unsure) console.log(`${screen}, ${size}: to be looked at: ${unsure}`);
  }
}

try {
  await startDriver(await freePort());
  await answering(PAGE);
  const tab = await Browser.open();
  await tab.go(`${PAGE}tools/host.html`);
  const page = await Browser.open();
  await page.go(PAGE);
  await page.state("name");
  await look(page, "code");
  await tab.run("mock.asks = true");
  await page.go(`${PAGE}?name=Ann#${SECRET}`);
  await page.state("waiting");
  await look(page, "waiting");
  await tab.run("mock.admit(); mock.asks = false");
  await page.state("playing");
  await tab.run(`mock.setBots([{ name: "Bo", seats: [2], away: true }, { name: "Cid", wants: "any" }, { name: "Di", wants: 3, muted: true }]);
    mock.set({ rights: ["pause", "states", "discs", "time", "seats", "invite"] });
    mock.tell({ type: "chat", peer: 100, name: "Bo", text: "hello" }); mock.tell({ type: "leds", on: 1 }); mock.tell({ type: "lights", seats: 1 })`);
  await page.until("the room", "!document.getElementById('game-toggle').hidden && document.querySelector('#chat-log .message') && document.querySelectorAll('#people-others li').length > 2");
  await look(page, "playing");
  for (const panel of ["people", "chat", "game", "help"]) {
    await page.click(`#${panel}-toggle`);
    if (panel === "game") {
      await page.click("#do-invite");
      await page.until("the link", "!document.getElementById('invite-box').hidden");
    }
    if (panel === "help") await page.run("document.getElementById('crop').open = true");
    await look(page, panel);
    await page.click(`#${panel}-toggle`);
  }
  await page.click("#stats-toggle");
  await tab.run("mock.setGame('paused', { pausedBy: 'Bo' })");
  await page.until("paused", "document.documentElement.dataset.game === 'paused'");
  await look(page, "paused, statistics");
  await tab.run("mock.close('kicked')");
  await page.state("closed");
  await look(page, "closed");
  await page.go(`${PAGE}secure.html#${SECRET}`);
  await look(page, "secure");
  console.log(found === 0 ? "nothing found" : `${found} found`);
  process.exitCode = found === 0 ? 0 : 1;
} catch (error) {
  await explain(error, at);
  process.exitCode = 1;
} finally {
  mockHost.kill();
  await stopDriver();
}
