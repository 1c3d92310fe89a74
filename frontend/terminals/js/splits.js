// Draws one tab: panes, and between them what can be dragged.
import { make } from "./parts.js";

const STEP = 0.05;

export function draw(tree, place, paneOf, changed) {
  place.replaceChildren(built(tree, paneOf, changed));
}

function built(tree, paneOf, changed) {
  if (!tree.parts) return paneOf(tree.id).element;
  const box = make("div", { className: `split ${tree.way}` });
  tree.parts.forEach((part, at) => {
    if (at) box.append(divider(tree, at, box, changed));
    const cell = make("div", { className: "cell" }, built(part, paneOf, changed));
    cell.style.flexGrow = tree.sizes[at];
    box.append(cell);
  });
  return box;
}

function divider(tree, at, box, changed) {
  const share = () => tree.sizes[at - 1] / (tree.sizes[at - 1] + tree.sizes[at]);
  const one = make("div", { className: "divider", role: "separator", tabIndex: 0, "aria-label": "Share of the room", "aria-orientation": tree.way === "right" ? "vertical" : "horizontal", "aria-valuemin": "10", "aria-valuemax": "90" });
  const set = wanted => {
    const both = tree.sizes[at - 1] + tree.sizes[at];
    const part = Math.min(Math.max(wanted, 0.1), 0.9);
    tree.sizes[at - 1] = both * part;
    tree.sizes[at] = both * (1 - part);
    const cells = box.querySelectorAll(":scope > .cell");
    cells[at - 1].style.flexGrow = tree.sizes[at - 1];
    cells[at].style.flexGrow = tree.sizes[at];
    one.setAttribute("aria-valuenow", String(Math.round(part * 100)));
    changed();
  };
  one.setAttribute("aria-valuenow", String(Math.round(share() * 100)));
  one.addEventListener("keydown", event => {
    const step = { ArrowLeft: -STEP, ArrowUp: -STEP, ArrowRight: STEP, ArrowDown: STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    set(share() + step);
  });
  one.addEventListener("dblclick", () => set(0.5));
  one.addEventListener("pointerdown", event => {
    event.preventDefault();
    one.setPointerCapture(event.pointerId);
    const before = one.previousSibling.getBoundingClientRect();
    const after = one.nextSibling.getBoundingClientRect();
    const move = ({ clientX, clientY }) =>
      set(tree.way === "right" ? (clientX - before.left) / (after.right - before.left) : (clientY - before.top) / (after.bottom - before.top));
    one.addEventListener("pointermove", move);
    one.addEventListener("pointerup", () => one.removeEventListener("pointermove", move), { once: true });
  });
  return one;
}
