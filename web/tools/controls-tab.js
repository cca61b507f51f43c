// The controls alone, without a host: for looking at every layout. What is shown is in the address, as in
//
//   /tools/controls.html?system=Nintendo%20-%20Nintendo%2064&seats=0,1&touch=yes&pads=2&wants=keyboard,mouse&names=yes&panel=yes&lang=zh

import { fillTexts, setLanguage } from "../src/lang/text.js";

const query = new URLSearchParams(location.search);
const list = (name) => (query.get(name) ?? "").split(",").filter(Boolean);
const index = new DOMParser().parseFromString(await (await fetch("/index.html")).text(), "text/html");
document.body.replaceChildren(...index.body.children);
setLanguage(query.get("lang") ?? "en");
fillTexts(document);
document.documentElement.dir = query.get("dir") ?? "ltr";
document.documentElement.dataset.touch = query.get("touch") ?? "no";

const IDS = ["Xbox Wireless Controller (STANDARD GAMEPAD Vendor: 045e Product: 0b13)", "0079-0011-USB Gamepad"];
window.pads = Array.from({ length: Number(query.get("pads") ?? 0) }, (_, at) => ({
  index: at, id: IDS[at % 2], mapping: at % 2 === 0 ? "standard" : "", connected: true, axes: [0, 0, 0, 0],
  buttons: Array.from({ length: 17 }, () => ({ pressed: false, value: 0 })),
}));
if (window.pads.length > 0) navigator.getGamepads = () => window.pads;
document.hasFocus = () => true;

const { LocalInput } = await import("../src/input/local-input.js");
const { HelpPanel } = await import("../src/ui/help-panel.js");
const byId = (id) => document.getElementById(id);
const localInput = new LocalInput({ stage: byId("stage"), frame: byId("frame"), touch: byId("touch") });
const help = new HelpPanel(() => {}, localInput);
const NAMES = { a: "Jump", b: "Run and shoot", y: "Special weapon", start: "Pause", left_x: "Steer", left_y: "Throttle", l2: "Brake" };
window.sent = [];
localInput.setSystem(query.get("system") ?? "");
localInput.setPicture({ width: 256, height: 240 });
localInput.setControls({ seats: [{ seat: 0, device: "RetroPad", names: query.get("names") === "yes" ? NAMES : {} }], wants: list("wants") });
localInput.connect({ readyState: "open", send: (bytes) => window.sent.push(bytes) });
localInput.setSeats((query.get("seats") ?? "0").split(",").filter(Boolean).map(Number));
if (query.get("panel") === "yes") help.show(true);
const stage = byId("stage");
const frame = byId("frame");
const width = Math.min(stage.clientWidth, (stage.clientHeight * 4) / 3);
Object.assign(frame.style, { width: `${width}px`, height: `${(width * 3) / 4}px`, background: "#22345a" });
Object.assign(window, { localInput, help, ready: true });
