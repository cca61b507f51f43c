// Loads the page again when its program could not be loaded: a browser gives up what it is fetching when a network comes or
// goes, and only the page itself it then fetches again. A classic script: a module would come with the others, or not at all.

(() => {
  const KEY = "hotseat.reloads";
  /** After so many in vain something else is wrong. */
  const MOST = 5;
  const FIRST_MS = 300;
  let failed = false;

  // What the program imports counts as the program; what is only fetched early does not.
  document.addEventListener("error", ({ target }) => {
    if (!(target instanceof HTMLScriptElement)) return;
    failed = true;
    const before = reloads();
    if (before >= MOST) return;
    count(before + 1);
    setTimeout(() => location.reload(), FIRST_MS * 2 ** before);
  }, true);
  window.addEventListener("load", () => {
    if (!failed) count(0);
  });

  /** Without a place to count in it could go on for ever: then it is not tried. */
  function reloads() {
    try {
      return Number(sessionStorage.getItem(KEY));
    } catch {
      return MOST;
    }
  }

  /** @param {number} number */
  function count(number) {
    try {
      sessionStorage.setItem(KEY, String(number));
    } catch {
      // See above.
    }
  }
})();
