// VS Code's server, loaded before it is known what it is to serve.
// The supervisor starts it first of all, and says the rest in one JSON document when it knows it:
// {"arguments", "cwd", "environment"}. An end without a word means that nobody wants it.
import fs from "node:fs";
import http from "node:http";
import { enableCompileCache } from "node:module";
import path from "node:path";

const SERVER = process.argv[2];
const OUT = path.dirname(SERVER);
const SCRIPT = `${OUT}/server-script.js`;
const EMBEDDED = "CODE_SERVER_PARENT_PID"; // with it the script is loaded only

const load = async () => {
  if (!fs.existsSync(SCRIPT)) return undefined; // a tree of another make: it begins when it is wanted
  enableCompileCache({ directory: `${OUT}/compiled`, portable: true });
  process.env[EMBEDDED] = String(process.pid);
  const { loadCodeWithNls } = await import(SCRIPT);
  delete process.env[EMBEDDED];
  return loadCodeWithNls();
};

const told = async () => {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8")) text += piece;
  if (!text) process.exit(0);
  return JSON.parse(text);
};

// what loading has set stays, as if it had been set after what is given now
const become = ({ arguments: words, cwd, environment }, before) => {
  const own = Object.entries(process.env).filter(([name, value]) => before[name] !== value && name !== "VSCODE_CWD");
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, { VSCODE_CWD: cwd }, environment, Object.fromEntries(own));
  process.chdir(cwd);
  process.argv.splice(1, Infinity, SERVER, ...words);
};

// as the script does it when it is started by its name
const serve = (code, words) => {
  const word = name => words.find(one => one.startsWith(`--${name}=`))?.slice(name.length + 3);
  let begun, made;
  const served = () => (begun ??= code.createServer(server.address()).then(one => (made = one)));
  const server = http.createServer(async (request, answer) => (await served()).handleRequest(request, answer));
  server.on("upgrade", async (request, socket) => (await served()).handleUpgrade(request, socket));
  server.on("error", async error => (await served()).handleServerError(error));
  server.listen({ host: word("host"), port: Number(word("port")) }, served);
  process.on("exit", () => {
    server.close();
    made?.dispose();
  });
};

const before = { ...process.env };
const [given, code] = await Promise.all([told(), load()]);
become(given, before);
if (code) serve(code, given.arguments);
else await import(SERVER);
