"use strict";
// Texts of prompts and documents are untrusted: they go into the page as text, never as HTML.

const at = (id) => document.getElementById(id);
const SIDES = ["a", "b"];
const EDITED = "edited";
let versions = [];
let gate = null;
let file = null;
let read = {}; // side -> what was read last

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = visible(text);
  return made;
}

function show(id, text) {
  at(id).textContent = visible(text);
  at(id).hidden = !text;
}

async function ask(path, body) {
  const how = body && { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  let reply;
  try {
    reply = await fetch(path, how);
  } catch {
    throw new Error("The demo's own server did not answer. Is it still running?");
  }
  const said = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(said.error || `The demo's server answered with an error (${reply.status}).`);
  return said;
}

const number = (uri) => uri.slice(uri.lastIndexOf("/") + 1);
// None where A is left out.
const chosen = (side) => versions.find((version) => version.uri === at(`version-${side}`).value);
const sidesRead = () => SIDES.filter(chosen);
// A text that differs from its version is no version; a chat prompt is not edited here.
const isEdited = (side) => typeof chosen(side)?.text === "string" && at(`text-${side}`).value !== chosen(side).text;

async function load(wanted = {}) {
  const said = await ask("prompts/versions");
  ({ versions, gate } = said);
  at("llm").textContent = `Read by ${said.llm}`;
  at("llm").className = "server ready";
  SIDES.forEach((side) => {
    at(`version-${side}`).replaceChildren(...versions.map((version) => {
      const option = element("option", "", `Version ${number(version.uri)}: ${version.message || "no message"}`);
      option.value = version.uri;
      return option;
    }));
    if (side === "a") at("version-a").append(new Option("None: read with B alone", ""));
    // The newest is what one edits; the one before is what it is held against.
    const usual = versions[side === "b" ? 0 : Math.min(1, versions.length - 1)].uri;
    at(`version-${side}`).value = wanted[side] ?? usual;
  });
  SIDES.forEach(showText);
}

function showText(side) {
  const version = chosen(side);
  const instead = version ? "A prompt of several messages: edit it in MLflow's UI, under Prompts." : "";
  at(`text-${side}`).value = version?.text ?? instead;
  at(`text-${side}`).disabled = typeof version?.text !== "string";
  at("read").textContent = sidesRead().length > 1 ? "Read with both" : "Read with B";
  showState(side);
}

function showState(side) {
  at(`state-${side}`).textContent = isEdited(side) ? "Not saved: this text differs from the version." : "";
  at(`state-${side}`).classList.toggle(EDITED, isEdited(side));
  at("save").hidden = !isEdited("b");
  at("needs").replaceChildren();
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
}

function choose(document) {
  file = document;
  at("name").textContent = visible(`${file.name}.`);
  at("read").disabled = false;
  show("error", "");
}

async function readPage() {
  at("read").disabled = true;
  at("status").textContent = visible(`Reading ${file.name} …`);
  show("error", "");
  const sides = sidesRead();
  try {
    const encoded = await base64(file);
    const [pages, ...said] = await Promise.all([
      fetch("pages", { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } }).then((reply) => (reply.ok ? reply.json() : [])),
      ...sides.map((side) => ask("prompts/read", {
        name: file.name.slice(0, 200),
        document: encoded,
        uri: chosen(side).uri,
        text: isEdited(side) ? at(`text-${side}`).value : null,
      })),
    ]);
    read = Object.fromEntries(sides.map((side, index) => [side, said[index]]));
    showPages(pages);
    SIDES.forEach((side) => at(`facts-${side}`).replaceChildren());
    sides.forEach(showFacts);
    showPairs(sides);
    at("result").hidden = at("next").hidden = false;
    showState("b");
  } catch (fault) {
    show("error", fault.message);
    at("status").textContent = "";
  } finally {
    at("read").disabled = false;
  }
}

function showPages(pages) {
  at("page").replaceChildren(...pages.map((page) => {
    const image = element("img");
    image.src = page.picture;
    image.width = page.width;
    image.height = page.height;
    image.alt = `Page ${page.number} of the document`;
    return image;
  }));
}

function showFacts(side) {
  const row = read[side];
  const good = row.outcome === "ok" || row.outcome === "empty";
  const tokens = row.prompt_tokens === null ? "not told" : `${row.prompt_tokens.toLocaleString()} + ${(row.completion_tokens ?? 0).toLocaleString()}`;
  const facts = [
    ["Outcome", row.outcome.replaceAll("_", " "), good ? "ok" : "fault"],
    ["Questions", String(row.pairs.length)],
    ["Tokens", tokens],
    ["Cost", row.cached ? "nothing, asked before" : row.cost_usd === null ? "price not known" : `USD ${row.cost_usd.toFixed(4)}`],
    ["Time", `${row.seconds.toFixed(1)} s`],
  ];
  at(`facts-${side}`).replaceChildren(...facts.map(([term, said, kind]) => {
    const fact = element("div");
    fact.append(element("dt", "", term), element("dd", kind, said));
    return fact;
  }));
  if (row.error) show("error", row.error);
}

// Case, blanks and punctuation do not count, as in the scores.
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

const isSame = (one, other) => Boolean(one && other) && one.length === other.length
  && one.every((text, index) => plain(text) === plain(other[index]));

function showPairs(sides) {
  const answers = Object.fromEntries(sides.map((side) => [side, new Map()]));
  const shown = new Map();
  at("result").classList.toggle("alone", sides.length === 1);
  for (const side of sides) {
    for (const [question, given] of read[side].pairs) {
      const key = plain(question);
      answers[side].set(key, [...(answers[side].get(key) ?? []), ...given]);
      if (!shown.has(key)) shown.set(key, question);
    }
  }
  let differences = 0;
  at("pairs").replaceChildren(...[...shown].map(([key, question]) => {
    const cells = SIDES.map((side) => answers[side]?.get(key));
    const same = sides.length === 1 || isSame(...cells);
    differences += same ? 0 : 1;
    const line = element("tr", same ? "same" : "differs");
    const head = element("th", "", question || "(no question)");
    head.scope = "row";
    line.append(head, ...cells.map((given) => {
      const cell = element("td", given ? "" : "absent", given ? "" : "not given");
      if (given && !given.length) cell.append(element("span", "blank", "left blank"));
      for (const text of given ?? []) cell.append(element("div", "", text));
      return cell;
    }), element("td", "verdict", same ? "same" : "differs"));
    return line;
  }));
  const said = sides.length === 1
    ? `${shown.size} ${shown.size === 1 ? "question" : "questions"}`
    : `${differences} of ${shown.size} ${shown.size === 1 ? "question differs" : "questions differ"}`;
  at("caption").textContent = `What was read: ${said}`;
  at("status").textContent = said;
}

function showNeeds() {
  const row = read.b;
  const tokens = (row.prompt_tokens ?? 0) + (row.completion_tokens ?? 0);
  const about = tokens ? `about ${(tokens * gate.min_pages).toLocaleString()} tokens` : "an unknown number of tokens";
  const cost = row.cost_usd === null ? "" : `, about USD ${(row.cost_usd * gate.min_pages).toFixed(2)}`;
  const lines = [
    element("p", "", `At least ${gate.min_pages} labelled pages, which B and the model that serves now both read: ${about}${cost} for B if all are like this one. What either was asked before comes from the cache. Where the two differ little, more pages are needed to tell.`),
  ];
  if (isEdited("b")) lines.push(element("p", "", "Save B as a version first."));
  else {
    const command = element("pre", "", `${gate.command} --prompt-uri ${chosen("b").uri}`);
    command.tabIndex = 0;
    lines.push(element("p", "", "With FOLDER your labelled forms, in a terminal:"), command);
  }
  at("needs").replaceChildren(...lines);
}

async function save(event) {
  event.preventDefault();
  try {
    const { uri } = await ask("prompts/save", { text: at("text-b").value, message: at("message").value });
    await load({ a: at("version-a").value, b: uri });
    at("message").value = "";
    at("status").textContent = `Saved as version ${number(uri)}.`;
  } catch (fault) {
    show("error", fault.message);
  }
}

for (const side of SIDES) {
  at(`version-${side}`).addEventListener("change", () => showText(side));
  at(`text-${side}`).addEventListener("input", () => showState(side));
}
at("file").addEventListener("change", (event) => {
  if (event.target.files[0]) choose(event.target.files[0]);
});
at("sample").addEventListener("click", async () => {
  choose(new File([await (await fetch("sample")).blob()], "fax_cover.png"));
});
at("read").addEventListener("click", readPage);
at("differences").addEventListener("change", (event) => at("pairs").classList.toggle("only", event.target.checked));
at("gate").addEventListener("click", showNeeds);
at("save").addEventListener("submit", save);
load().catch((fault) => show("error", fault.message));
