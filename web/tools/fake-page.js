// As much of a browser as the controls need, for tests: events, elements that only remember, gamepads one can press.

class FakeElement extends EventTarget {
  dataset = {};
  children = [];
  attributes = new Map();
  hidden = false;
  textContent = "";
  className = "";
  tabIndex = 0;
  isConnected = false;
  clientWidth = 390;
  clientHeight = 300;
  classList = { toggle: () => {}, add: () => {}, remove: () => {} };
  style = { setProperty: () => {} };
  box = { left: 0, top: 0, width: 390, height: 300 };
  append(...children) { this.children.push(...children); }
  prepend(...children) { this.children.unshift(...children); }
  before() { this.isConnected = true; }
  remove() { this.isConnected = false; }
  replaceChildren(...children) { this.children = children; }
  setAttribute(name, value) { this.attributes.set(name, value); }
  getAttribute(name) { return this.attributes.get(name) ?? null; }
  removeAttribute(name) { this.attributes.delete(name); }
  querySelectorAll() { return []; }
  closest() { return null; }
  contains(other) { return other === this; }
  getBoundingClientRect() { return this.box; }
  setPointerCapture() {}
  open = false;
  showModal() { this.open = true; }
  close() { this.open = false; }
  click() { this.dispatchEvent(Object.assign(new Event("click"), { detail: 0 })); }
  value = "";
  get childNodes() { return this.children; }
  matches() { return false; }
  blur() { if (page.document.activeElement === this) page.document.activeElement = page.document.body; }
  focus() { page.document.activeElement = this; }
  requestPointerLock() {
    if (page.refuseLock) return Promise.reject(new Error("The pointer is not given away."));
    page.document.pointerLockElement = this;
    queueMicrotask(() => page.document.dispatchEvent(new Event("pointerlockchange")));
    return Promise.resolve();
  }
}

/** What the tests turn and look at. */
export const page = {
  /** @type {any} */ document: null,
  /** @type {any} */ window: null,
  pads: [],
  focused: true,
  refuseLock: false,
  intervals: 0,
  vibrations: [],
  store: new Map(),
  /** An event with properties, at the window unless told otherwise. */
  fire(type, more = {}, target = page.window) {
    const event = new Event(type, { cancelable: true });
    Object.assign(event, more);
    target.dispatchEvent(event);
    return event;
  },
  key(type, code, more = {}) {
    return page.fire(type, { code, key: code, repeat: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, ...more });
  },
  /** A key while an element of this tag has the focus. */
  keyAt(tag, type, code, more = {}) {
    const target = Object.assign(page.element(), { closest: (selector) => (selector.split(", ").includes(tag) ? target : null) });
    const event = new Event(type, { cancelable: true });
    Object.assign(event, { code, key: code, repeat: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, ...more });
    Object.defineProperty(event, "target", { value: target });
    page.window.dispatchEvent(event);
    return event;
  },
  plug(pad) {
    page.pads[pad.index] = pad;
    page.fire("gamepadconnected");
  },
  unplug(index) {
    page.pads[index] = null;
    page.fire("gamepaddisconnected");
  },
  element: () => new FakeElement(),
  /** What index.html has with this id. */
  byId(id) {
    if (!page.ids.has(id)) page.ids.set(id, new FakeElement());
    return page.ids.get(id);
  },
  ids: new Map(),
};

/** A gamepad; `axes` and `down` may be changed. */
export function fakePad(index, { id = "Test pad (STANDARD GAMEPAD Vendor: 0001 Product: 0002)", mapping = "standard" } = {}) {
  const pad = {
    index, id, mapping, connected: true, axes: [0, 0, 0, 0], down: new Set(), effects: [],
    get buttons() { return Array.from({ length: 17 }, (_, at) => ({ pressed: pad.down.has(at), value: pad.down.has(at) ? 1 : 0 })); },
    vibrationActuator: {
      playEffect: async (type, values) => { pad.effects.push({ type, ...values }); return "complete"; },
      reset: async () => { pad.effects.push("reset"); return "complete"; },
    },
  };
  return pad;
}

/** An open data channel that keeps what was sent. */
export function fakeChannel() {
  return { readyState: "open", sent: [], send(bytes) { this.sent.push(Buffer.from(bytes)); } };
}

/** Makes the globals that the modules use. Before they are imported. */
export function fakeBrowser() {
  const document = new EventTarget();
  Object.assign(document, {
    visibilityState: "visible", activeElement: null, pointerLockElement: null, documentElement: new FakeElement(), body: new FakeElement(),
    hasFocus: () => page.focused, createElement: () => new FakeElement(), getElementById: (id) => page.byId(id),
    exitPointerLock() {
      document.pointerLockElement = null;
      document.dispatchEvent(new Event("pointerlockchange"));
    },
  });
  const window = Object.assign(new EventTarget(), { isSecureContext: true });
  page.document = document;
  page.ids = new Map();
  page.window = window;
  const setRealInterval = globalThis.setInterval;
  const clearRealInterval = globalThis.clearInterval;
  const running = new Set();
  const globals = {
    window, document, location: new URL("https://play.example/"), innerWidth: 390, innerHeight: 844, HTMLElement: FakeElement, HTMLButtonElement: FakeElement,
    HTMLInputElement: FakeElement, HTMLFormElement: FakeElement, Element: FakeElement,
    navigator: { getGamepads: () => page.pads, vibrate: (ms) => page.vibrations.push(ms), languages: ["en"] },
    ResizeObserver: class { observe() {} },
    matchMedia: () => ({ matches: true }),
    localStorage: { getItem: (key) => page.store.get(key) ?? null, setItem: (key, value) => page.store.set(key, value) },
    requestAnimationFrame: () => 1, cancelAnimationFrame: () => {},
    setInterval: (does, ms) => {
      const timer = setRealInterval(does, ms).unref();
      running.add(timer);
      page.intervals = running.size;
      return timer;
    },
    clearInterval: (timer) => {
      clearRealInterval(timer);
      running.delete(timer);
      page.intervals = running.size;
    },
  };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
