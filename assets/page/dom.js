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
 * Gives the keyboard back to the game after a click: else the next Enter would press the button again.
 * A button reached with Tab keeps the focus.
 * @param {HTMLElement} root
 */
export function returnFocusAfterClick(root) {
  root.addEventListener("click", (event) => {
    if (event.detail > 0 && event.target instanceof Element) event.target.closest("button")?.blur();
  });
}
