// The words on the page, in the reader's language.

import en from "./en.js";
import zh from "./zh.js";

/** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */
const LANGUAGES = { en, zh };
/** What `<html lang>` says for each. @type {Readonly<Record<string, string>>} */
const TAGS = { en: "en", zh: "zh-Hans" };

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

let language = "en";

/**
 * The first wanted language that the page has.
 * @param {readonly string[]} wanted language tags, most wanted first
 */
export function chooseLanguage(wanted) {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split("-")[0] ?? "";
    if (Object.hasOwn(LANGUAGES, primary)) return primary;
  }
  return "en";
}

/** @param {string} next */
export function setLanguage(next) {
  language = Object.hasOwn(LANGUAGES, next) ? next : "en";
}

/** The language in use: a key of LANGUAGES. */
export function currentLanguage() {
  return language;
}

/** The language a press on the language button changes to. */
export function otherLanguage() {
  return language === "en" ? "zh" : "en";
}

/** Whether there is a text of this key. @param {string} key */
export function hasText(key) {
  return Object.hasOwn(en, key);
}

/**
 * A name or words of another person inside a sentence: they are written in their own direction, and turn nothing
 * around them. Numbers and signs have none.
 * @param {string} words
 */
export function isolated(words) {
  return /\p{L}/u.test(words) ? `\u2068${words}\u2069` : words;
}

/**
 * The text of a key, with `{name}` replaced by `values.name`.
 * @param {string} key
 * @param {Readonly<Record<string, string | number>>} [values]
 */
export function text(key, values = {}) {
  const words = LANGUAGES[language]?.[key] ?? en[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "string" ? isolated(value) : String(value);
  });
}

/**
 * Fills every element that names its text: `data-text` for the content, `data-label` for the
 * accessible name (and the tooltip, on buttons), `data-hint` for what an empty field says.
 * @param {Document} root
 */
export function fillTexts(root) {
  root.documentElement.lang = TAGS[language] ?? "en";
  root.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = text(element.getAttribute("data-text") ?? "");
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    setLabel(element, element.getAttribute("data-label") ?? "");
  }
  for (const element of root.querySelectorAll("[data-hint]")) {
    if (element instanceof HTMLInputElement) element.placeholder = text(element.getAttribute("data-hint") ?? "");
  }
  // What leads to the other language is written in it.
  for (const element of root.querySelectorAll("[data-text='language.other']")) element.setAttribute("lang", TAGS[otherLanguage()] ?? "en");
}

/**
 * Names an element for screen readers.
 * @param {Element} element
 * @param {string} key
 */
export function setLabel(element, key) {
  element.setAttribute("data-label", key);
  element.setAttribute("aria-label", text(key));
  if (element instanceof HTMLButtonElement) element.title = text(key);
}
