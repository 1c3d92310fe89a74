// The supervisor's terminals over HTTP, on the workspace's own origin.
const ROOT = new URL("/_supervisor/v1/terminals", location.origin);
const WORKSPACE = new URL("/_supervisor/web/workspace", location.origin);

export class Refused extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || body?.code || `the supervisor answered ${status}`);
    this.status = status;
    this.code = body?.code ?? "";
  }
}

async function ask(url, method = "GET", body = undefined) {
  const answer = await fetch(url, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, said);
  return said;
}

const of = (id, rest = "") => new URL(`${ROOT.pathname}/${encodeURIComponent(id)}${rest}`, ROOT);

export const workspace = () => ask(WORKSPACE);
export const list = async () => (await ask(ROOT)).terminals;
export const create = wished => ask(ROOT, "POST", wished);
export const close = id => ask(of(id), "DELETE");
export const rename = (id, title) => ask(of(id), "PUT", { title });

export function search(id, { text, regex, case: exact, before }) {
  const url = of(id, "/search");
  url.searchParams.set("q", text);
  if (regex) url.searchParams.set("regex", "1");
  if (exact) url.searchParams.set("case", "1");
  if (before !== undefined) url.searchParams.set("before", before);
  url.searchParams.set("limit", 50);
  return ask(url);
}

export function socket(id) {
  const url = of(id);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

// Why no connection can be made: {code, …} of an answer that says so, or null for silence,
// after which it is tried again.
export async function why() {
  try {
    await workspace();
    return null;
  } catch (error) {
    return error instanceof Refused && error.code !== "workspace_starting" ? error : null;
  }
}
