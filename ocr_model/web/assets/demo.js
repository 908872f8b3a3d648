"use strict";
// What a document says is untrusted: it goes into the page as text, never as HTML.

const at = (id) => document.getElementById(id);
const MEANINGS = {
  empty: "The page was read and has no pairs.",
  partial: "Some pages could not be read; the others are below.",
};
let current = null; // the reading under way, so that a new document ends it
let maxBytes = Infinity;

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

async function lookForServer() {
  const line = at("server");
  try {
    const status = await (await fetch("status")).json();
    maxBytes = status.max_bytes;
    at("trial").hidden = !status.llm;
    at("limit").textContent = `At most ${status.max_bytes / 1e6} MB.`;
    line.textContent = status.ready ? `Model server ${status.model_url}` : `No model server answers at ${status.model_url}`;
    line.className = `server ${status.ready ? "ready" : "absent"}`;
  } catch {
    line.textContent = "The demo's own server does not answer. Start it again: python -m scripts.demo";
    line.className = "server absent";
  }
}

async function post(path, file, signal) {
  const headers = { "Content-Type": "application/octet-stream", "X-Document-Name": encodeURIComponent(file.name.slice(0, 200)) };
  let reply;
  try {
    reply = await fetch(path, { method: "POST", body: file, headers, signal });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Error("The demo's own server did not answer. Is it still running?");
  }
  const said = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(said.error || `The demo's server answered with an error (${reply.status}).`);
  return said;
}

async function read(file) {
  if (current) current.abort();
  current = new AbortController();
  const { signal } = current;
  clear(file);
  if (file.size > maxBytes) {
    fail(new Error(`${file.name} is larger than ${maxBytes / 1e6} MB, the limit here.`));
    return;
  }
  try {
    const row = post("rows", file, signal);
    row.catch(() => {}); // awaited below; a page that cannot be shown is reported first
    const pages = await post("pages", file, signal);
    if (signal.aborted) return;
    showPages(pages);
    const answered = await row;
    if (signal.aborted) return;
    showRow(answered.row, answered.seconds, pages);
  } catch (fault) {
    if (fault.name !== "AbortError" && !signal.aborted) fail(fault);
  } finally {
    if (!signal.aborted) at("progress").hidden = true;
  }
}

function clear(file) {
  document.body.classList.remove("empty");
  for (const id of ["pages", "facts", "notes", "pairs", "fields"]) at(id).replaceChildren();
  show("error", "");
  show("explanation", "");
  at("raw").hidden = at("frame").hidden = true;
  at("result").hidden = false;
  at("progress").hidden = false;
  at("name").textContent = visible(file.name);
  show("status", `Reading ${file.name}`);
}

function fail(fault) {
  at("progress").hidden = true;
  if (!at("pages").children.length) at("result").hidden = true;
  show("status", "");
  show("error", fault.message);
  lookForServer();
}

function showPages(pages) {
  at("pages").replaceChildren(...pages.map((page) => {
    const figure = element("figure", "page");
    const caption = element("figcaption", "", `Page ${page.number} of ${pages.length}`);
    const sheet = element("div", "sheet");
    sheet.id = `page-${page.number}`;
    const image = element("img");
    image.src = page.picture;
    image.width = page.width;
    image.height = page.height;
    image.alt = `Page ${page.number} of the document; its pairs are listed under Questions and answers.`;
    sheet.append(image);
    if (pages.length > 1) figure.append(caption);
    figure.append(sheet);
    return figure;
  }));
}

function showRow(row, seconds, pages) {
  const good = row.outcome === "ok" || row.outcome === "empty";
  const fields = row.fields ?? []; // of a model that pins none, or was logged before there were any
  const [counted, count] = fields.length
    ? ["Fields found", `${fields.filter((field) => field.status === "found").length} of ${fields.length}`]
    : ["Pairs", String(row.answers.length)];
  const facts = [
    ["Outcome", row.outcome.replaceAll("_", " "), good ? "ok" : "fault"],
    ["Time", `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`],
    ["Pages", String(row.pages)],
    [counted, count],
    ["Engine", row.llm || row.engine],
  ];
  if (row.prompt_tokens !== null) facts.push(["Tokens", `${row.prompt_tokens} + ${row.completion_tokens ?? "?"}`]);
  at("facts").replaceChildren(...facts.map(([term, said, kind]) => {
    const fact = element("div");
    fact.append(element("dt", "", term), element("dd", kind, said));
    return fact;
  }));
  const meaning = fields.length && row.outcome === "empty" ? "The page was read; none of the fields is on it." : MEANINGS[row.outcome];
  show("explanation", [meaning, row.error].filter(Boolean).join(" "));
  at("notes").replaceChildren(...row.notes.map((note) => element("li", "", note)));
  const sizes = new Map(pages.map((page) => [page.number, page]));
  if (fields.length) at("fields").replaceChildren(...fields.map((field) => fieldOf(field, sizes.get(field.page))));
  else at("pairs").replaceChildren(...row.answers.map((answer) => pairOf(answer, sizes.get(answer.page), pages.length)));
  at("frame").hidden = !fields.length;
  at("json").textContent = visibleJson(fields.length ? fields : row.pairs);
  at("raw").hidden = false;
  const said = fields.length ? `${count} fields found` : `${count} ${count === "1" ? "pair" : "pairs"}`;
  show("status", `${row.outcome}: ${said} in ${seconds.toFixed(1)} seconds`);
}

function pairOf(answer, page, pageCount) {
  const item = element("li");
  const box = answer.box && page ? boxOf(answer, page) : null;
  const pair = element(box ? "button" : "div", "pair");
  const blank = answer.answer === null;
  pair.append(element("span", "question", answer.question || "(no question)"));
  pair.append(element("span", blank ? "answer blank" : "answer", blank ? "left blank" : answer.answer));
  if (pageCount > 1) pair.querySelector(".question").append(` (page ${answer.page})`);
  if (box) {
    pair.type = "button";
    link(pair, box);
  }
  item.append(pair);
  return item;
}

function fieldOf(field, page) {
  const line = element("tr", field.status);
  const name = field.row == null ? field.name : `${field.name} ${field.row} ${field.column}`;
  const head = element("th", "", name);
  head.scope = "row";
  const why = [field.status, field.reason].filter(Boolean).join(": ");
  line.append(head, ...[field.value, field.text, why, field.page].map((said) => element("td", "", said == null ? "" : String(said))));
  if (field.box && page) {
    line.tabIndex = 0;
    link(line, boxOf({ question: name, answer: field.value, box: field.box }, page));
  }
  return line;
}

function boxOf(answer, page) {
  const [left, top, right, bottom] = answer.box;
  const box = element("span", answer.answer === null ? "box blank" : "box");
  box.setAttribute("aria-hidden", "true"); // the list says it all
  box.title = visible(`${answer.question} ${answer.answer ?? ""}`);
  box.style.left = `${(100 * left) / page.width}%`;
  box.style.top = `${(100 * top) / page.height}%`;
  box.style.width = `${(100 * (right - left)) / page.width}%`;
  box.style.height = `${(100 * (bottom - top)) / page.height}%`;
  at(`page-${page.number}`).append(box);
  return box;
}

function link(pair, box) {
  const light = (on) => {
    pair.classList.toggle("lit", on);
    box.classList.toggle("lit", on);
  };
  for (const [from, other] of [[pair, box], [box, pair]]) {
    from.addEventListener("mouseenter", () => { light(true); reveal(other); });
    from.addEventListener("mouseleave", () => light(document.activeElement === pair));
  }
  pair.addEventListener("focus", () => { light(true); reveal(box); });
  pair.addEventListener("blur", () => light(false));
  pair.addEventListener("click", () => { light(true); box.scrollIntoView({ block: "center" }); });
  box.addEventListener("click", () => pair.focus());
}

// Only within its own list: a page that jumps under the pointer is no help.
function reveal(seen) {
  const frame = seen.closest(".reading, .pages");
  const [inner, outer] = [seen.getBoundingClientRect(), frame.getBoundingClientRect()];
  if (frame.scrollHeight <= frame.clientHeight) return;
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    frame.scrollTop += inner.top - outer.top - outer.height / 2 + inner.height / 2;
  }
}

at("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) read(file);
  event.target.value = ""; // so that the same file can be chosen again
});
at("sample").addEventListener("click", async () => {
  const reply = await fetch("sample");
  read(new File([await reply.blob()], "fax_cover.png"));
});
at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(at("json").textContent);
    at("copy").textContent = "Copied";
  } catch {
    at("copy").textContent = "Press Ctrl+C in the text";
    at("json").focus();
  }
  setTimeout(() => { at("copy").textContent = "Copy"; }, 2000);
});
let depth = 0; // dragenter and dragleave come for every child
addEventListener("dragenter", () => { depth += 1; document.body.classList.add("over"); });
addEventListener("dragleave", () => { depth -= 1; if (depth <= 0) document.body.classList.remove("over"); });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  depth = 0;
  document.body.classList.remove("over");
  const [file] = event.dataTransfer.files;
  if (file) read(file);
  else { show("error", "That was not a file. Drop a scan or a PDF."); }
});

document.body.classList.add("empty");
lookForServer();
