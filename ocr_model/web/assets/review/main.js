// The page as a whole: what is open, what each button and key does.

import * as api from "./api.js";
import { ask, chooseQuestion, conflict, help } from "./dialogs.js";
import { Model } from "./model.js";
import { draw } from "./panel.js";
import { Saving, forget, unsaved } from "./saving.js";
import { Sheet } from "./sheet.js";
import * as list from "./work.js";

const at = (id) => document.getElementById(id);
const sheet = new Sheet(at("desk"), at("sheet"));
let work = null; // the list of documents
let open = null; // { name, model, saving } of the document that is reviewed
let editing = null; // "answer" or "question" while its text is written
let saying = null;

function say(sentence, stays = false) {
  clearTimeout(saying);
  at("said").textContent = visible(sentence);
  if (sentence && !stays) saying = setTimeout(() => { at("said").textContent = ""; }, 6000);
}

function warn(sentence) {
  at("banner").textContent = visible(sentence);
  at("banner").hidden = !sentence;
}

function told(work) {
  at("save").textContent = work.sentence;
  at("save").className = `save ${work.state}`;
}

async function refresh() {
  try {
    work = await api.work();
    if (!open) { list.show(work); warn(""); }
  } catch (fault) {
    if (!open) warn(fault.message);
  }
}

// ---- one document

async function take(name) {
  let opened;
  say("Opening …", true);
  try {
    if (!work) work = await api.work();
    opened = await api.open(name);
  } catch (fault) {
    say("");
    await leave();
    warn(fault.message);
    return false;
  }
  say("");
  await close();
  const model = new Model(opened, work.unsure_below);
  const saving = new Saving(name, model);
  open = { name, model, saving, opened };
  editing = null;
  model.addEventListener("changed", () => { saving.now(); render(); });
  model.addEventListener("moved", () => { editing = null; follow(); render(); });
  saving.addEventListener("said", ({ detail }) => told(detail));
  saving.addEventListener("conflict", ({ detail }) => settle(detail));
  document.body.className = "reviewing";
  document.title = visible(`${opened.review.document_id} – Review`);
  warn(opened.claimed_by ? `${opened.claimed_by} has this document open, too. You may go on: whoever saves second chooses what stands.` : "");
  told({ state: "saved", sentence: opened.review.version ? "All saved" : "" });
  if (location.hash.slice(1) !== encodeURIComponent(name)) history.pushState(null, "", `#${encodeURIComponent(name)}`);
  if (!model.locked) await restore(name, model, saving);
  if (!model.locked && !model.isUnsure(model.current ?? {})) model.nextUnsure();
  at("list").scrollTop = 0;
  sheet.show(name, opened.review.pages, pageOf(model) ?? 1);
  follow();
  render();
  return true;
}

async function restore(name, model, saving) {
  const kept = unsaved(name);
  if (!kept) return;
  const again = await ask("Changes that were not saved", "This browser has changes to this document that never reached the server. Use them?", "Use them", "Drop them");
  if (!again) { forget(name); return; }
  model.questions = kept.questions;
  saving.version = kept.version;
  model.settle();
  saving.now();
}

async function close() {
  if (!open) return;
  commit();
  const { name, saving } = open;
  open = null;
  await saving.now();
  api.release(name).catch(() => {});
}

async function leave() {
  await close();
  document.body.className = "listing";
  document.title = "Review";
  told({ state: "", sentence: "" });
  warn("");
  if (location.hash) history.pushState(null, "", location.pathname);
  await refresh();
}

async function goNext() {
  const name = open?.name ?? null;
  await refresh();
  // One that cannot be opened is passed over: the list says why.
  for (let next = work && list.next(work, name); next; next = work && list.next(work, name)) {
    if (await take(next)) return;
    await refresh();
    if (work?.items.find((item) => item.name === next && list.canBeTaken(item))) return;
  }
  const left = work?.items.filter((item) => !item.absent && item.state !== "done" && item.name !== name) ?? [];
  await leave();
  const waiting = left.filter((item) => !list.canBeTaken(item)).length;
  if (waiting) say(`${waiting} more still to be read by the model: they come by themselves.`, true);
  else if (left.length) say(`Others work on the remaining documents (${left.length}). You can still open them from the list.`, true);
  else say("No other document needs review.", true);
}

async function settle(theirs) {
  const { model, saving } = open;
  commit();
  const chosen = await conflict(model.questions, theirs.questions, saving.base, theirs.user ?? "Somebody");
  editing = null;
  model.review = { ...theirs };
  await saving.takes(theirs.version, chosen);
  model.locked = false;
  render();
}

const pageOf = (model) => model.answer()?.page ?? model.question()?.page ?? null;

// The page and the place of what is lit.
function follow() {
  const { model, name, opened } = open;
  sheet.stop();
  const page = pageOf(model);
  if (page) sheet.show(name, opened.review.pages, page);
}

function parts(model) {
  return model.questions.flatMap((question) => {
    const lit = model.current?.question === question.id;
    const own = lit && question.box && question.page === sheet.page?.number
      ? [{ id: { question: question.id, answer: null }, part: question, box: question.box, kind: "question", state: "", current: true, title: question.text }] : [];
    const answers = question.answers.filter((answer) => answer.box && answer.page === sheet.page?.number).map((answer) => {
      const place = { question: question.id, answer: answer.id, ...(answer.row === null ? {} : { row: answer.row, column: answer.column }) };
      const state = model.isUnsure(place) ? "unsure" : answer.checked ? "checked" : "";
      return { id: place, part: answer, box: answer.box, kind: "answer", state, current: model.isAt(place), title: `${question.text} ${answer.text}` };
    });
    return [...own, ...answers];
  });
}

function render() {
  if (!open) return;
  const { model, opened } = open;
  const review = model.review;
  const left = model.unsure().length;
  at("name").textContent = visible(review.document_id);
  at("facts").textContent = [review.outcome?.replaceAll("_", " "), work ? `${work.done} of ${work.total} done` : ""].filter(Boolean).join(" · ");
  at("panel-title").textContent = model.isField ? "Fields" : "Questions and answers";
  at("left").textContent = model.locked ? "" : left ? `${left} of ${model.places().length} marked unsure` : `Nothing is marked unsure any more. Look over the page, then press “Done, next”.`;
  const note = model.locked
    ? `Done by ${review.user ?? "somebody"}${review.changed_at ? ` on ${new Date(review.changed_at).toLocaleString()}` : ""}.`
    : [review.error, opened.note, model.questions.length ? null : "Nothing was read here. Draw the questions of the page with “New question”."].filter(Boolean).join(" ");
  at("note").textContent = visible(note ?? "");
  at("note").hidden = !note;
  at("reopen").hidden = !model.locked;
  for (const button of document.querySelectorAll("[data-do=finish], [data-do=new-question], [data-do=undo], [data-do=redo]")) button.disabled = model.locked;
  document.querySelector("[data-do=new-question]").hidden = model.isField;
  document.querySelector("[data-do=undo]").disabled = model.locked || !model.steps.length;
  document.querySelector("[data-do=redo]").disabled = model.locked || !model.undone.length;
  at("paging").hidden = opened.review.pages.length < 2;
  at("page-number").textContent = `${sheet.page?.number ?? 1} of ${opened.review.pages.length}`;
  sheet.movableNow = !model.locked;
  sheet.mark(parts(model));
  draw(at("list"), model, sheet, editing);
  if (sheet.lit) sheet.reveal(sheet.lit);
}

// ---- text

function beginEdit(what) {
  if (open.model.locked || !open.model.current) return;
  editing = what;
  render();
}

// While a person types, what they typed is saved; Esc brings back what stood there.
function commit(taken = true) {
  const field = document.querySelector("[data-edit]");
  if (!field || !editing || !open) return false;
  const [what, text] = [editing, field.value.replace(/\s*\n\s*/g, " ").trim()];
  const { model, saving } = open;
  editing = null;
  model.endTyping();
  const changed = taken && (what === "answer" ? model.setAnswer(text) : model.setQuestion(text));
  model.typedId = null;
  if (!changed) { saving.now(); render(); }
  return changed;
}

// ---- drawing

function mode(sentence) {
  at("mode").textContent = sentence;
  at("mode").hidden = !sentence;
}

async function drawn(sentence, start = null) {
  mode(`${sentence} Drag with the mouse${start ? "" : ", or press Enter"}; arrows move the box, Shift and arrows resize it, Enter accepts, Esc cancels.`);
  at("desk").focus({ preventScroll: true });
  const box = await sheet.draw(start);
  mode("");
  return box;
}

async function read(box) {
  say("Reading …", true);
  try {
    const found = await api.wordsIn(open.name, sheet.page.number, box);
    say(found.note ?? (found.text ? "" : "No words were found there: write them."));
    return found;
  } catch (fault) {
    say(fault.message);
    return { text: "", box };
  }
}

async function addAnswer() {
  const { model, name } = open;
  if (model.locked || !model.current) return;
  const place = model.current;
  const box = await drawn(`Draw a box around the answer to “${model.question().text}”.`);
  if (!box || open?.name !== name) { render(); return; }
  const found = await read(box);
  model.current = place;
  model.addDrawn(found.text, sheet.page.number, found.box);
  beginEdit("answer");
}

async function newQuestion() {
  const { model, name } = open;
  if (model.locked || model.isField) return;
  const box = await drawn("Draw a box around the question.");
  if (!box || open?.name !== name) { render(); return; }
  const found = await read(box);
  model.addQuestion(found.text, sheet.page.number, found.box);
  const place = model.current;
  beginEdit("question");
  say("Correct the question, press Enter, then draw its answer with A, or B if it was left blank.");
  model.current = place;
}

async function moveBox() {
  const { model, name } = open;
  const part = model.answer() ?? model.question();
  if (model.locked || !part) return;
  const start = part.box && part.page === sheet.page.number ? part.box : null;
  const box = await drawn("Set the box right.", start);
  if (box && open?.name === name) model.setBox(part, sheet.page.number, box);
  else render();
}

async function otherQuestion() {
  const { model } = open;
  if (model.locked || model.isField || !model.answer()) return;
  const chosen = await chooseQuestion(model.questions, model.current.question);
  if (chosen) model.moveTo(chosen.id, chosen.text);
  else render();
}

// ---- what buttons and keys do

function accept(all = false) {
  const { model } = open;
  if (model.locked || !model.current) return;
  if (all) model.acceptAll();
  else model.accept();
  model.nextUnsure();
}

async function finish() {
  const { model, saving, name } = open;
  if (model.locked) return;
  commit();
  const left = model.unsure().length;
  if (left && !(await ask("Some answers are still marked unsure", `${left} ${left === 1 ? "answer is" : "answers are"} marked unsure and you have not said that ${left === 1 ? "it is" : "they are"} right.`, "All is right: done", "Go on reviewing"))) { model.nextUnsure(); return; }
  try {
    const answer = await saving.done();
    if (!answer || open?.name !== name) return;
    const words = [`${model.review.document_id} is done: ${answer.written.join(", ")}.`, answer.known].filter(Boolean).join(" ");
    await goNext();
    say(words);
  } catch (fault) {
    if (fault.status === 409 && fault.body.review) settle(fault.body.review);
    else warn(`Not done: ${fault.message}`);
  }
}

async function reopen() {
  const { model, saving, name } = open;
  if (!model.locked || open.name !== name) return;
  model.locked = false;
  saving.saved = "";
  if (await saving.now()) model.review = { ...model.review, state: "draft" };
  render();
}

function page(by) {
  const { pages } = open.opened.review;
  const here = pages.findIndex((one) => one.number === sheet.page.number);
  const next = pages[Math.min(pages.length - 1, Math.max(0, here + by))];
  sheet.stop();
  sheet.show(open.name, pages, next.number);
  sheet.mark(parts(open.model));
  at("page-number").textContent = `${next.number} of ${pages.length}`;
}

const guarded = (work) => () => { if (open && !open.model.locked && open.model.current) work(open.model); };
const changed = (step) => say(step ? `Undone: ${step.toLowerCase()}.` : "There is nothing to undo.");

const DOES = {
  help,
  list: leave,
  start: () => goNext(),
  finish,
  skip: () => goNext(),
  reopen,
  accept: () => accept(),
  "accept-all": () => accept(true),
  edit: () => beginEdit("answer"),
  "edit-question": () => { if (!open.model.isField) beginEdit("question"); },
  add: addAnswer,
  "new-question": newQuestion,
  blank: guarded((model) => model.leaveBlank()),
  absent: guarded((model) => model.setAbsent()),
  remove: guarded((model) => model.remove()),
  tick: guarded((model) => { if (model.canBeTicked(model.question())) model.tick(); }),
  place: moveBox,
  move: otherQuestion,
  "add-row": guarded((model) => { if (model.addRow()) beginEdit("answer"); }),
  "remove-row": guarded((model) => model.removeRow()),
  "next-unsure": () => { if (!open.model.nextUnsure()) say("Nothing is marked unsure any more."); },
  "last-unsure": () => { open.model.nextUnsure(-1); },
  up: () => open.model.stepRow(-1),
  down: () => open.model.stepRow(1),
  left: () => { if (open.model.current?.row !== undefined) open.model.step(-1); },
  right: () => { if (open.model.current?.row !== undefined) open.model.step(1); },
  undo: () => changed(open.model.undo()),
  redo: () => { const step = open.model.redo(); if (step) say(`Redone: ${step.toLowerCase()}.`); },
  "zoom-in": () => { sheet.zoomBy(1); },
  "zoom-out": () => { sheet.zoomBy(-1); },
  "zoom-fit": () => { sheet.zoomTo(1); },
  turn: () => sheet.turn(),
  "page-on": () => page(1),
  "page-back": () => page(-1),
};

const LETTERS = { e: "edit", q: "edit-question", a: "add", c: "new-question", b: "blank", x: "absent", t: "tick", r: "place", m: "move", i: "add-row", n: "next-unsure", N: "last-unsure", f: "finish", s: "skip", l: "list", "?": "help", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", "−": "zoom-out", 0: "zoom-fit", ".": "turn", "[": "page-back", "]": "page-on" };
const OTHERS = { Enter: "accept", ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", Delete: "remove", Backspace: "remove", PageDown: "page-on", PageUp: "page-back" };
const ON_THE_LIST = new Set(["help", "start"]);

function act(does) {
  if (!does || (!open && !ON_THE_LIST.has(does) && does !== "list")) return;
  if (does !== "finish" && does !== "list" && editing) commit();
  if (sheet.drawing && !does.startsWith("zoom") && does !== "turn") sheet.stop();
  warn("");
  DOES[does]();
}

document.addEventListener("click", (event) => {
  const does = event.target.closest("[data-do]");
  if (does) { act(does.dataset.do); return; }
  const place = event.target.closest("[data-place]");
  if (place && open) { commit(); open.model.go(JSON.parse(place.dataset.place)); return; }
  const opens = event.target.closest("[data-open]");
  if (opens) { take(opens.dataset.open); return; }
  const card = event.target.closest("[data-question]");
  if (card && open && !event.target.closest("textarea, .actions")) {
    const first = open.model.places().find((one) => one.question === card.dataset.question);
    if (first && open.model.current?.question !== first.question) { commit(); open.model.go(first); }
  }
});
document.addEventListener("dblclick", (event) => {
  if (event.target.closest(".answer .text, td .text")) beginEdit("answer");
  else if (event.target.closest(".question h3") && !open.model.isField) beginEdit("question");
});

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const field = event.target.closest("textarea, input, select");
  if (field?.dataset.edit) { typed(event); return; }
  if (field) return;
  if (open && sheet.key(event)) { event.preventDefault(); return; }
  const control = event.ctrlKey || event.metaKey;
  if (open && control && event.key.toLowerCase() === "z") { event.preventDefault(); act(event.shiftKey ? "redo" : "undo"); return; }
  if (open && control && event.key.toLowerCase() === "y") { event.preventDefault(); act("redo"); return; }
  if (open && control && event.key === "Enter") { event.preventDefault(); act("finish"); return; }
  if (control || event.altKey) return;
  const onButton = event.target.closest("button, select, summary");
  if (event.key === "Enter" && onButton && !onButton.dataset.place) return; // that button's own
  const letter = at("letters").checked ? LETTERS[event.key] ?? LETTERS[event.key.toLowerCase()] : null;
  let does = open ? letter ?? OTHERS[event.key] : letter === "help" ? letter : null;
  if (does === "remove" && event.shiftKey) does = "remove-row";
  if (does === "accept" && event.shiftKey) does = "accept-all";
  if (!does) return;
  event.preventDefault();
  act(does);
});

// A new row is filled cell by cell: goes to the next one, if it is empty.
function isRowUnfinished() {
  const { model } = open;
  const next = model.places()[model.index() + 1];
  if (!next || next.answer || next.row === undefined || next.row !== model.current.row) return false;
  model.go(next);
  return true;
}

function typed(event) {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    const wasQuestion = editing === "question";
    commit();
    if (wasQuestion) return;
    if (event.ctrlKey || event.metaKey) finish();
    else if (isRowUnfinished()) beginEdit("answer");
    else open.model.nextUnsure();
  } else if (event.key === "Escape") {
    event.preventDefault();
    commit(false);
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.dataset.edit || !open) return;
  open.model.type(event.target.dataset.edit, event.target.value);
  open.saving.later();
});
sheet.addEventListener("chosen", ({ detail }) => { commit(); open.model.go(detail); });
sheet.addEventListener("dragged", ({ detail }) => { commit(); open.model.setBox(detail.part.part, sheet.page.number, detail.box); });
sheet.addEventListener("laid", () => { if (open && sheet.boxes?.childElementCount) sheet.mark(parts(open.model)); });

at("filter").addEventListener("change", () => { if (work) list.show(work); });
at("letters").checked = localStorage.getItem("letters are keys") !== "no";
at("letters").addEventListener("change", () => localStorage.setItem("letters are keys", at("letters").checked ? "yes" : "no"));
addEventListener("popstate", () => route());
addEventListener("pagehide", () => {
  if (!open) return;
  commit();
  open.saving.last();
  api.release(open.name).catch(() => {});
});

function route() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (name && name !== open?.name) take(name);
  else if (!name && open) leave();
}

// While the model reads on, the list grows; else it changes with what others do.
setInterval(() => { if (!document.hidden && !document.querySelector("dialog[open]")) refresh(); }, 4000);
await refresh();
route();
