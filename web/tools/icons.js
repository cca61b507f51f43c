// Draws the PNG icons from the SVG ones, for systems that take no SVG.
//
//   node tools/icons.js      needs chromium and chromedriver

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync, crc32 } from "node:zlib";
import { Browser, startDriver, stopDriver } from "./driver.js";

const ICONS = [["icon.svg", 192, "icon-192.png"], ["icon.svg", 512, "icon-512.png"], ["icon-maskable.svg", 180, "icon-180.png"], ["icon-maskable.svg", 512, "icon-maskable-512.png"]];
const path = (file) => fileURLToPath(new URL(`../icons/${file}`, import.meta.url));

/** The pixels of an SVG, four bytes each. */
const DRAW = `
  const [svg, size, done] = arguments;
  const image = new Image();
  image.onload = () => {
    const canvas = new OffscreenCanvas(size, size);
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0, size, size);
    let text = "";
    for (const byte of pen.getImageData(0, 0, size, size).data) text += String.fromCharCode(byte);
    done(btoa(text));
  };
  image.src = "data:image/svg+xml;base64," + svg;`;

/** A PNG with a palette of the 256 most frequent colours; the few others, on edges, become the nearest of them. */
function png(pixels, size) {
  const counts = new Map();
  const colourAt = (at) => pixels.readUInt32BE(at * 4);
  for (let at = 0; at < size * size; at += 1) counts.set(colourAt(at), (counts.get(colourAt(at)) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([colour]) => channels(colour));
  const numbers = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, channels(colour))]));
  const rows = Buffer.alloc(size * (size + 1));
  for (let at = 0; at < size * size; at += 1) rows[Math.floor(at / size) * (size + 1) + 1 + (at % size)] = numbers.get(colourAt(at));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head),
    chunk("PLTE", Buffer.from(palette.flatMap((rgba) => rgba.slice(0, 3)))), chunk("tRNS", Buffer.from(palette.map((rgba) => rgba[3]))),
    chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function channels(colour) {
  return [colour >>> 24, (colour >>> 16) & 255, (colour >>> 8) & 255, colour & 255];
}

function nearest(palette, rgba) {
  const far = (other) => other.reduce((sum, channel, at) => sum + (channel - rgba[at]) ** 2, 0);
  return palette.reduce((best, other, at) => (far(other) < far(palette[best]) ? at : best), 0);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

try {
  await startDriver(7784);
  const browser = await Browser.open();
  for (const [svg, size, file] of ICONS) {
    const text = await browser.wait(`(function () { ${DRAW} })(${JSON.stringify(readFileSync(path(svg)).toString("base64"))}, ${size}, arguments[0])`);
    const bytes = png(Buffer.from(text, "base64"), size);
    writeFileSync(path(file), bytes);
    console.log(`${file}: ${bytes.length} bytes`);
  }
} finally {
  await stopDriver();
}
