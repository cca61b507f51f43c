// The book's pictures of the page, in both languages, before a host that is made up and shows what the demo showed once.
//
//   node tools/book.js FOLDER      needs chromium and chromedriver

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answering, Browser, explain, freePort, startDriver, startMockHost, stopDriver } from "./driver.js";

const PORT = await freePort();
const PAGE = `http://127.0.0.1:${PORT}/`;
const SECRET = "MOCKMOCKMOCKMOCKMOCKMO";
const FOLDER = process.argv[2] ?? fileURLToPath(new URL("../../docs/book/src/pictures", import.meta.url));
const FRAME = readFileSync(fileURLToPath(new URL("../../tests/content/emberdash.png", import.meta.url))).toString("base64");

/** The mock host shows this in place of what it draws. */
const SHOW = `
  mock.picture({ width: 320, height: 240, aspect: 4 / 3, coded_width: 640, coded_height: 480 });
  const pen = document.getElementById("screen").getContext("2d");
  pen.fillRect = () => {};
  const image = new Image();
  image.onload = () => setInterval(() => {
    pen.imageSmoothingEnabled = false;
    pen.drawImage(image, 0, 0, 640, 480);
  }, 16);
  image.src = "data:image/png;base64," + arguments[0];`;

const ROOM = `
  mock.setBots([
    { name: "小明", seats: [2] },
    { name: "Noor", seats: [], wants: "any" },
  ]);`;

mkdirSync(FOLDER, { recursive: true });
const mockHost = startMockHost(PORT);
/** The picture that is being made. */
let at = "the start";

/** The mock host's game has another name. */
const NAME = "document.querySelector('#game-name').textContent = 'Emberdash'";

/** A panel, whatever its size, has been opened and stands still. */
const STILL = "document.getAnimations().every((it) => it.playState !== 'running')";

async function pictures(tab, lang, suffix) {
  const page = await Browser.open({ lang });
  const shoot = async (name, size = "small") => {
    at = `${name}${suffix}`;
    await page.size(size);
    if (await page.data("state") === "playing") await page.run(NAME);
    await page.until(`${at} stands still`, STILL).catch(() => {});
    await page.picture(join(FOLDER, `${name}${suffix}.png`));
  };
  await page.size("small");
  await tab.run("mock.setBots([]); mock.seat(1); mock.rights = ['pause', 'time']");
  await page.go(`${PAGE}#${SECRET}`);
  await page.state("name");
  await shoot("page-name");
  await page.go("about:blank");
  await page.go(`${PAGE}?name=Mara#${SECRET}`);
  await page.state("playing");
  await page.until("picture", "document.getElementById('stream').videoWidth === 640");
  await tab.run(ROOM);
  await page.click("#people-toggle");
  await shoot("page-people");
  await page.click("#people-toggle");
  await page.click("#help-toggle");
  await shoot("page-controls");
  await page.click("#help-close");
  await page.size("landscape");
  await page.run("if (document.documentElement.dataset.touch !== 'yes') document.getElementById('touch-toggle').click()");
  await shoot("page-touch", "landscape");
  await page.go("about:blank");
  await page.go(`${PAGE}?name=Mara#${"x".repeat(22)}`);
  await page.state("refused");
  await shoot("page-refused");
  await page.close();
}

try {
  await startDriver(await freePort());
  await answering(PAGE);
  const tab = await Browser.open();
  await tab.go(`${PAGE}tools/host.html`);
  await tab.run(SHOW, FRAME);
  for (const [lang, suffix] of [["en", ""], ["zh-CN", "-zh"]]) await pictures(tab, lang, suffix);
  console.log(`pictures in ${FOLDER}`);
} catch (error) {
  await explain(error, at);
  process.exitCode = 1;
} finally {
  mockHost.kill();
  await stopDriver();
}
