// The supervisor, over the person's socket: questions, streams of events, WebSockets.
const http = require("node:http");
const path = require("node:path");

const SOCKET = process.env.PODIUM_LOCAL_SOCKET || "/run/podium/gp.sock";
const PATIENCE = 10000; // ms for an answer
const PAUSES = [250, 5000]; // ms between two tries to follow: at first, and at most

/**
 * Ask for a document; one that is given is sent along.
 * @param {string} method
 * @param {string} target such as /v1/tasks
 * @param {object=} document
 * @returns {Promise<{status: number, document: any}>} status 0 when nobody answers
 */
function ask(method, target, document) {
  const body = document === undefined ? undefined : JSON.stringify(document);
  const headers = body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const failed = () => resolve({ status: 0, document: undefined });
    const options = { socketPath: SOCKET, path: target, method, headers, timeout: PATIENCE };
    const request = http.request(options, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", failed);
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString();
        try {
          resolve({ status: answer.statusCode, document: text ? JSON.parse(text) : undefined });
        } catch {
          failed();
        }
      });
    });
    request.on("error", failed);
    request.on("timeout", () => request.destroy());
    request.end(body);
  });
}

/**
 * Hand over each document of a stream of events, for ever: a stream that ends is opened again.
 * @param {string} target
 * @param {(document: any) => void} take
 * @returns {{dispose(): void}}
 */
function follow(target, take) {
  let request, timer;
  let ended = false;
  let pause = PAUSES[0];
  const again = () => {
    if (ended || timer) return;
    timer = setTimeout(open, pause);
    pause = Math.min(pause * 2, PAUSES[1]);
  };
  function open() {
    timer = undefined;
    const headers = { Accept: "text/event-stream" };
    request = http.get({ socketPath: SOCKET, path: target, headers }, (answer) => {
      const events = reader((document) => {
        pause = PAUSES[0];
        take(document);
      });
      if (answer.statusCode === 200) answer.setEncoding("utf8").on("data", events);
      else answer.resume();
      answer.on("error", again).on("close", again);
    });
    request.on("error", again);
  }
  open();
  return {
    dispose() {
      ended = true;
      clearTimeout(timer);
      request.destroy();
    },
  };
}

/**
 * Return what takes pieces of a stream of events and hands over each whole document.
 * @param {(document: any) => void} take
 */
function reader(take) {
  let held = "";
  return (piece) => {
    const whole = (held + piece).split("\n\n");
    held = whole.pop();
    for (const event of whole) {
      const data = event.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length) take(JSON.parse(data.map((line) => line.slice(5)).join("\n")));
    }
  };
}

/**
 * Open a WebSocket, with the library that VS Code's server brings along.
 * @param {string} root of VS Code
 * @param {string} target
 */
function connect(root, target) {
  const WebSocket = require(path.join(root, "node_modules/ws"));
  return new WebSocket(`ws+unix://${SOCKET}:${target}`, { perMessageDeflate: false });
}

module.exports = { ask, follow, reader, connect };
