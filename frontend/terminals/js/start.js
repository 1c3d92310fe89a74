// Begins the page: what workspace this is, then its terminals.
import * as api from "./api.js";
import { Page } from "./page.js";
import { make } from "./parts.js";

const alone = decodeURIComponent(location.pathname.split("/")[3] ?? "");
const place = document.getElementById("panes");
const AGAIN = 2000; // ms

let page = null;
async function begin() {
  try {
    const workspace = await api.workspace();
    document.getElementById("home").href = workspace.page;
    document.getElementById("home").title = workspace.name;
    document.documentElement.classList.toggle("alone", Boolean(alone));
    page ??= new Page(workspace, alone);
    await page.begin();
  } catch (error) {
    const refused = error instanceof api.Refused;
    place.replaceChildren(make("div", { className: "nothing" },
      make("p", {}, refused ? `The workspace does not show its terminals: ${error.message}.` : "The workspace does not answer. It is asked again in a moment."),
      make("button", { type: "button", className: "button", onclick: () => location.reload() }, "Try now")));
    if (!refused) setTimeout(begin, AGAIN);
    else console.warn(error);
  }
}
begin();
