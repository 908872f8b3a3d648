// The server, asked as one tab of a browser: every tab is an editor of its own.

const editor = crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Refused extends Error {
  constructor(sentence, status, body) {
    super(sentence);
    this.status = status;
    this.body = body;
  }
}

export class Unreachable extends Error {}

async function ask(method, path, body, further = {}) {
  let reply;
  try {
    reply = await fetch(path, {
      method,
      headers: { "X-Review-Editor": editor, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      ...further,
    });
  } catch {
    throw new Unreachable("The review server does not answer. Is it still running?");
  }
  const text = await reply.text();
  let said = {};
  try { said = JSON.parse(text); } catch { said = { error: text }; }
  if (!reply.ok) throw new Refused(said.error || `The server answered with an error (${reply.status}).`, reply.status, said);
  return said;
}

const at = (name, rest = "") => `api/documents/${encodeURIComponent(name)}${rest}`;

export const work = () => ask("GET", "api/work");
export const open = (name) => ask("POST", at(name, "/open"));
export const release = (name) => ask("POST", at(name, "/release"), undefined, { keepalive: true });
export const save = (name, version, questions, further) => ask("PUT", at(name), { version, questions }, further);
export const done = (name, version, questions) => ask("POST", at(name, "/done"), { version, questions });
export const wordsIn = (name, page, box) => ask("POST", at(name, "/words"), { page, box });
export const picture = (name, page) => at(name, `/pages/${page}`);
