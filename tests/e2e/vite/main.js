import { text } from "./message.js";

const show = (shown) => {
  document.querySelector("h1").textContent = shown;
};

show(text);
import.meta.hot.accept("./message.js", (changed) => show(changed.text));
