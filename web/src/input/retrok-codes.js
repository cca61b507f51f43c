// From a key's place (`KeyboardEvent.code`) to libretro's number for it (RETROK_...).

/** @type {Readonly<Record<string, number>>} */
const CODES = Object.freeze({
  Backspace: 8, Tab: 9, Enter: 13, Pause: 19, Escape: 27, Space: 32, Quote: 39, Comma: 44, Minus: 45, Period: 46, Slash: 47,
  Semicolon: 59, Equal: 61, BracketLeft: 91, Backslash: 92, BracketRight: 93, Backquote: 96, Delete: 127,
  NumpadDecimal: 266, NumpadDivide: 267, NumpadMultiply: 268, NumpadSubtract: 269, NumpadAdd: 270, NumpadEnter: 271, NumpadEqual: 272,
  ArrowUp: 273, ArrowDown: 274, ArrowRight: 275, ArrowLeft: 276,
  Insert: 277, Home: 278, End: 279, PageUp: 280, PageDown: 281,
  NumLock: 300, CapsLock: 301, ScrollLock: 302,
  ShiftRight: 303, ShiftLeft: 304, ControlRight: 305, ControlLeft: 306, AltRight: 307, AltLeft: 308,
  MetaLeft: 311, MetaRight: 312, OSLeft: 311, OSRight: 312,
  Help: 315, PrintScreen: 316, ContextMenu: 319, Undo: 322, IntlBackslash: 323, IntlYen: 92, IntlRo: 95,
});

const LETTER_A = 97;
const DIGIT_0 = 48;
const NUMPAD_0 = 256;
const F1 = 282;

/**
 * @param {string} code
 * @returns {number} 0 for keys that libretro does not know
 */
export function retrokOf(code) {
  if (Object.hasOwn(CODES, code)) return CODES[code] ?? 0;
  const [, kind, rest = ""] = /^(Key|Digit|Numpad|F)([A-Z]|\d{1,2})$/.exec(code) ?? [];
  const number = Number(rest);
  if (kind === "Key" && /^[A-Z]$/.test(rest)) return LETTER_A + rest.charCodeAt(0) - 65;
  if (kind === "Digit" && number <= 9) return DIGIT_0 + number;
  if (kind === "Numpad" && number <= 9) return NUMPAD_0 + number;
  if (kind === "F" && number >= 1 && number <= 15) return F1 + number - 1;
  return 0;
}
