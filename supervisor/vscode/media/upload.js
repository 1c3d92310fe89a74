// In the page: files one after another, each in pieces, the next one when the one before was taken.
const PIECE = 1 << 20;
const vscode = acquireVsCodeApi();
const list = document.querySelector("ul");
const place = document.querySelector(".place");
const input = document.querySelector("input");
let answered = () => {};
let last = Promise.resolve();

const ask = (message) =>
  new Promise((resolve) => {
    answered = resolve;
    vscode.postMessage(message);
  });

addEventListener("message", ({ data }) => answered(data));

function tell(line, state, text) {
  line.dataset.state = state;
  line.querySelector("span").textContent = text;
}

async function send(file, line) {
  let answer = await ask({ kind: "begin" });
  for (let sent = 0; sent < file.size && answer.kind === "more"; sent += PIECE) {
    tell(line, "working", `${Math.round((100 * sent) / file.size)} %`);
    answer = await ask({ kind: "piece", bytes: new Uint8Array(await file.slice(sent, sent + PIECE).arrayBuffer()) });
  }
  if (answer.kind === "more") {
    tell(line, "working", "installing…");
    answer = await ask({ kind: "end" });
  }
  if (answer.why) tell(line, "failed", `not installed: ${answer.why}`);
  else tell(line, "done", "installed");
}

function add(files) {
  for (const file of files) {
    const line = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = file.name;
    line.append(name, document.createElement("span"));
    list.append(line);
    tell(line, "waiting", "waits");
    last = last.then(() => send(file, line)).catch((error) => tell(line, "failed", `not installed: ${error.message}`));
  }
}

function chosen() {
  add(input.files);
  input.value = "";
}

input.addEventListener("change", chosen);
// the page is shown before this script has come: what was chosen until now is taken too
chosen();
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    place.classList.toggle("over", name === "dragover");
    if (name === "drop") add(event.dataTransfer.files);
  });
}
