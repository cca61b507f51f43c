// A real browser for the checks, through chromedriver.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

export const SIZES = { desktop: [1280, 800, 1, false], small: [800, 600, 1, false], portrait: [390, 844, 2, true], landscape: [844, 390, 2, true] };

/** What distributions call it; chromedriver may know another. */
const BINARIES = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
const profiles = [];
const browsers = new Set();
let driver = null;
let port = 0;

/** A free port. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}

/** @param {number} at the port chromedriver listens on */
export async function startDriver(at) {
  port = at;
  driver = spawn("chromedriver", [`--port=${port}`], { stdio: "ignore" });
  for (let i = 0; i < 600 && !(await call("GET", "/status").catch(() => null)); i += 1) await sleep(100);
}

/** Ends every browser that is left, and what they left behind. */
export async function stopDriver() {
  for (const browser of [...browsers]) await browser.close().catch(() => {});
  driver?.kill();
  for (const profile of profiles) rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** A browser's word on how fast it draws: of a machine without a graphics card there are thousands. */
const PERFORMANCE = /GPU stall|GL Driver Message|Performance/;

/**
 * Says what went wrong: first what the browsers that are still open have complained about, the error last, since the end is what
 * is left of a log that was cut.
 * @param {unknown} error
 * @param {string} step
 */
export async function explain(error, step) {
  const said = await Promise.all([...browsers].map((browser) => browser.log().catch((failure) => [{ level: "LOG", message: String(failure) }])));
  for (const { level, message } of said.flat()) if (level === "SEVERE" || !PERFORMANCE.test(message)) console.error(`  ${level} ${message}`);
  console.error(`in the step "${step}":`);
  console.error(error);
}

/** The page is there. @param {string} url */
export async function answering(url) {
  for (let i = 0; i < 600 && !(await fetch(url).catch(() => null)); i += 1) await sleep(100);
}

/** @param {number} at its port */
export function startMockHost(at) {
  return spawn(process.execPath, [fileURLToPath(new URL("mock-host.js", import.meta.url)), String(at)], { stdio: "ignore" });
}

async function call(method, path, body) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const { value } = await response.json();
  if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message.split("\n")[0]}`);
  return value;
}

/** A script that came between two documents has no result; any other failure is one. @param {Error} error */
function amidLoading(error) {
  if (/navigation|execution context|detached|no such frame|Cannot find context/i.test(error.message)) return undefined;
  throw error;
}

/** A browser with one tab. */
export class Browser {
  static async open({ autoplay = true, lang = "en" } = {}) {
    const profile = mkdtempSync(join(tmpdir(), "page-check-profile-"));
    profiles.push(profile);
    const browser = new Browser();
    const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`, // Sockets for every address, so that the mock host can be reached at 127.0.0.1 (see host-tab.js).
      "--force-webrtc-ip-handling-policy=default_public_interface_only", "--disable-features=WebRtcHideLocalIpsWithMdns", `--accept-lang=${lang}`];
    if (autoplay) args.push("--autoplay-policy=no-user-gesture-required");
    const { sessionId } = await call("POST", "/session", { capabilities: { alwaysMatch: {
      browserName: "chrome", "goog:loggingPrefs": { browser: "ALL" }, "goog:chromeOptions": { binary: process.env.CHROMIUM ?? BINARIES.find(existsSync), args },
    } } });
    browser.path = `/session/${sessionId}`;
    browsers.add(browser);
    return browser;
  }

  go(url) { return call("POST", `${this.path}/url`, { url }); }
  /** Loads the page anew, and waits until it is another document. */
  reload() { return call("POST", `${this.path}/refresh`, {}); }
  run(script, ...args) { return call("POST", `${this.path}/execute/sync`, { script, args }); }
  wait(script) { return call("POST", `${this.path}/execute/async`, { script, args: [] }); }
  cdp(cmd, params = {}) { return call("POST", `${this.path}/goog/cdp/execute`, { cmd, params }); }
  /** Presses and lets go of a key, as a person would. */
  type(...keys) { return call("POST", `${this.path}/actions`, { actions: [{ type: "key", id: "k", actions: keys.flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]) }] }); }
  close() {
    browsers.delete(this);
    return call("DELETE", this.path);
  }
  log() { return call("POST", `${this.path}/se/log`, { type: "browser" }); }

  async size(name) {
    const [width, height, deviceScaleFactor, mobile] = SIZES[name];
    await this.cdp("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor, mobile });
    await this.cdp("Emulation.setTouchEmulationEnabled", { enabled: mobile, maxTouchPoints: 5 });
    await this.cdp("Emulation.setEmulatedMedia", { features: [{ name: "pointer", value: mobile ? "coarse" : "fine" }] }).catch(() => {});
  }

  /** @param {string | null} file null: none is wanted */
  async picture(file) {
    if (file === null) return;
    const { data } = await this.cdp("Page.captureScreenshot", { format: "png" });
    writeFileSync(file, Buffer.from(data, "base64"));
  }

  key(type, code, key, more = {}) { return this.cdp("Input.dispatchKeyEvent", { type, code, key, ...more }); }
  data(name) { return this.run("return document.documentElement.dataset[arguments[0]]", name); }

  async until(what, script, ms = 30_000) {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      if (await this.run(`return Boolean(${script})`).catch(amidLoading)) return;
      await sleep(50);
    }
    const shown = await this.run("return document.body.innerText.replace(/\\s+/g, ' ')");
    const { state, game, toast } = await this.run("return { ...document.documentElement.dataset, toast: document.getElementById('toast')?.textContent }");
    // What tells most comes last: the end is what is left of a long log.
    throw new Error(`${shown}\nnot in ${ms} ms: ${what} (state ${state}, game ${game}, last note "${toast}")`);
  }

  /** What a script returns is, sooner or later, what is expected. */
  async is(script, expected, ms = 30_000) {
    for (const end = Date.now() + ms;; await sleep(50)) {
      const value = await this.run(`return ${script}`).catch(amidLoading);
      if (isDeepStrictEqual(value, expected)) return;
      if (Date.now() > end) assert.deepEqual(value, expected, `not in ${ms} ms: ${script} is ${JSON.stringify(value)}`);
    }
  }

  /** The text of an element is, or matches, what is expected, sooner or later. @param {string | RegExp} expected */
  says(selector, expected, ms) {
    const words = `document.querySelector(${JSON.stringify(selector)})?.textContent`;
    return expected instanceof RegExp ? this.until(`${selector} ${expected}`, `${expected}.test(${words} ?? "")`, ms) : this.is(words, expected, ms);
  }

  /** Nothing that moves is on its way any more. */
  settled() { return this.until("rest", "document.getAnimations().every((it) => it.playState !== 'running' || it.effect.getComputedTiming().iterations === Infinity)"); }

  state(name, ms) { return this.until(`state ${name}`, `document.documentElement.dataset.state === "${name}"`, ms); }
  click(selector) { return this.run("document.querySelector(arguments[0]).click()", selector); }
  text(selector) { return this.run("return document.querySelector(arguments[0]).textContent", selector); }
}
