// Short cuts to the document.

/**
 * The element of an id, which index.html has.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind its class
 * @returns {T}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`index.html has no ${kind.name} with the id ${id}`);
  return element;
}

/**
 * A new element with a class and a text.
 * @param {string} tag
 * @param {string} className
 * @param {string} [content]
 */
export function make(tag, className, content = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}

/**
 * A new button.
 * @param {string} className
 * @param {string} content
 * @param {() => void} onClick
 */
export function makeButton(className, content, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.textContent = content;
  button.addEventListener("click", onClick);
  return button;
}

/** @param {string} href @param {string} content */
export function makeLink(href, content) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = content;
  return link;
}

/**
 * A name or a sentence that another person wrote: its direction of writing stays its own.
 * @param {string} className
 * @param {string} content
 */
export function makeForeign(className, content) {
  return make("bdi", className, content);
}

/**
 * Fills a list anew. The keyboard's focus stays on the control that has the same `data-key`.
 * @param {HTMLElement} list
 * @param {readonly HTMLElement[]} children
 */
export function refill(list, children) {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && list.contains(focused) ? focused.dataset.key : undefined;
  list.replaceChildren(...children);
  if (key === undefined) return;
  for (const element of list.querySelectorAll("[data-key]")) {
    if (element instanceof HTMLElement && element.dataset.key === key) element.focus();
  }
}

/**
 * Gives the keyboard back to the game after a click: else the next Enter would press the button again.
 * A button reached with Tab keeps the focus.
 * @param {HTMLElement} root
 */
export function returnFocusAfterClick(root) {
  root.addEventListener("click", (event) => {
    if (event.detail === 0 || !(event.target instanceof Element)) return;
    const pressed = event.target.closest("button, summary");
    if (pressed instanceof HTMLElement) pressed.blur();
  });
}
