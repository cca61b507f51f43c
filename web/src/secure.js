// How the link of a host in the same network becomes a secure one: the page beside the player page that says it in three steps.

import { byId } from "./ui/dom.js";
import { recall } from "./ui/storage.js";
import { chooseLanguage, fillTexts, setLanguage, text } from "./lang/text.js";
import { guessSystem, playerPage } from "./net/secure-link.js";

const system = byId("system", HTMLSelectElement);

setLanguage(recall("language") ?? chooseLanguage(navigator.languages));
fillTexts(document);
document.title = `${text("secure.title")} – Hotseat`;
system.value = guessSystem(navigator.userAgent);
system.addEventListener("change", showSteps);
showSteps();
byId("open", HTMLAnchorElement).href = playerPage(location.href, "https:");
byId("back", HTMLAnchorElement).href = playerPage(location.href, location.protocol);

function showSteps() {
  byId("trust", HTMLElement).textContent = text(`secure.trust.${system.value}`);
}
