// Loaded before one of VS Code's processes while the tree is built: lets it get as far as a
// workspace's does, keeps what has been compiled, and ends.
import { flushCompileCache } from "node:module";
import http from "node:http";

const PATIENCE = 60_000; // ms
const BESIDE = 3_000; // ms that a process without a socket gets
const socketPath = process.env.PODIUM_SOCKET;

const ask = path =>
  new Promise(resolve => {
    const request = http.get({ socketPath, path }, answer => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode));
    });
    request.on("error", () => resolve(0));
  });

const end = code => {
  flushCompileCache();
  process.exit(code);
};

const look = async () => {
  if ((await ask("/version")) !== 200) return setTimeout(look, 50);
  end((await ask("/")) === 200 ? 0 : 1);
};

if (socketPath) {
  setTimeout(() => end(1), PATIENCE);
  setTimeout(look, 50);
} else {
  setTimeout(() => end(0), BESIDE);
}
