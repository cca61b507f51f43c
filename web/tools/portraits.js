// The pictures of the page that the README shows: a real host with the demo game, four friends on it.
//
//   node tools/portraits.js [FOLDER]      needs chromium, chromedriver and a built target/release/hotseat

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Browser, explain, freePort, startDriver, stopDriver } from "./driver.js";

const FOLDER = process.argv[2] ?? fileURLToPath(new URL("../../assets/screenshots", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../target/release/hotseat", import.meta.url));
/** The players, their screens, and what they write. */
const PEOPLE = [
  { name: "Mara", size: "desktop", file: "page.png", walks: "ArrowLeft", says: "Left one is mine!" },
  { name: "小明", size: "portrait", file: "page-phone.png", walks: "ArrowUp", says: "来了" },
  { name: "Noor", size: "landscape", file: "page-landscape.png", walks: "ArrowRight", says: "Who has the torch?" },
];

mkdirSync(FOLDER, { recursive: true });
const host = spawn(PROGRAM, ["host", "--json", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"], { stdio: ["pipe", "pipe", "ignore"] });
/** The link that it says when it is ready; what else it says is read and left, so that it never waits for us. */
const ready = new Promise((resolve, reject) => {
  createInterface({ input: host.stdout }).on("line", (line) => {
    const said = JSON.parse(line);
    if (said.event === "ready") resolve(said.url);
  });
  host.once("exit", () => reject(new Error("the host ended before it was ready")));
});

try {
  const link = await ready;
  await startDriver(await freePort());
  const pages = [];
  for (const person of PEOPLE) {
    const page = await Browser.open();
    await page.size(person.size);
    await page.go(link.replace("#", `?name=${encodeURIComponent(person.name)}#`));
    await page.state("playing", 20_000);
    await page.until("picture", "document.getElementById('stream').videoWidth > 0");
    await page.click("#first-close");
    pages.push({ ...person, page });
  }
  for (const { page, says } of pages) {
    await page.click("#chat-toggle");
    await page.run("const field = document.querySelector('#chat-field'); field.value = arguments[0]; field.form.requestSubmit()", says);
    await page.click("#chat-toggle");
  }
  // All of them join the game, walks a little and strikes, so that there is something to see.
  for (const code of ["Enter", "KeyX"]) {
    for (const type of ["keyDown", "keyUp"]) {
      await Promise.all(pages.map(({ page }) => page.key(type, code, code === "KeyX" ? "x" : code)));
      await sleep(300);
    }
  }
  await Promise.all(pages.map(({ page, walks }) => page.key("keyDown", walks, walks)));
  await sleep(700);
  await Promise.all(pages.map(({ page, walks }) => page.key("keyUp", walks, walks)));
  await sleep(2500);
  await Promise.all(pages.map(({ page }) => page.key("keyDown", "KeyX", "x")));
  const [{ page: player }] = pages;
  await player.click("#people-toggle");
  await sleep(700);
  for (const { page, file } of pages) await page.picture(join(FOLDER, file));
  console.log(`pictures in ${FOLDER}`);
} catch (error) {
  await explain(error, "portraits");
  process.exitCode = 1;
} finally {
  await stopDriver();
  const ended = once(host, "exit");
  host.kill();
  await ended;
}
