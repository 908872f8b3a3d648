// The questions and answers beside the page. What a document says goes in as text, never as HTML.

import { closeUp } from "./sheet.js";

const READ = new Set(["title", "aria-label"]); // by people; the other attributes are read by us

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, READ.has(name) ? visible(value) : value);
  }
  const shown = children.filter((child) => child !== null && child !== undefined);
  made.append(...shown.map((child) => (typeof child === "string" ? visible(child) : child)));
  return made;
}

function button(does, label, key, title, disabled = false) {
  return element("button", { type: "button", "data-do": does, title: key ? `${title} (${key})` : title, disabled }, label, key ? element("kbd", {}, key) : null);
}

// What can be done with what is lit; the same buttons for every answer, so that a hand finds them.
function actions(model) {
  const question = model.question();
  const answer = model.answer();
  const table = model.columnsOf(question) !== null;
  const several = answer && question.answers.length > 1;
  const single = answer && !model.isList(question);
  return element("div", { class: "actions", role: "toolbar", "aria-label": "What to do with this answer" },
    element("div", { class: "first" },
      button("accept", "✓ Right", "Enter", "It is right: mark it, and go to the next unsure one"),
      several ? button("accept-all", table ? "✓ Row right" : "✓ All right", "Shift+Enter", table ? "All of this row is right" : "All answers to this question are right") : null,
      button("edit", answer ? "Edit answer" : "Write answer", "E", "Change the answer"),
      button("add", single ? "Draw anew" : answer ? "Add answer" : "Draw answer", "A", "Draw a box around an answer on the page; its words are read")),
    element("div", { class: "more" },
      model.isField ? null : button("edit-question", "Edit question", "Q", "Change the question"),
      button("blank", "Left blank", "B", "The question is on the page, and nothing was filled in"),
      button("absent", "Not on page", "X", "The page has no such question"),
      button("remove", answer ? "Delete answer" : "Delete question", "Del", answer ? "Remove this answer" : "Remove this question", model.isField && !answer),
      model.canBeTicked(question) ? button("tick", "Tick", "T", "Ticked, or not") : null,
      button("place", "Move box", "R", "Correct the box on the page: arrows move it, Shift and arrows resize it"),
      model.isField ? null : button("move", "Other question", "M", "This answer belongs to another question", !answer),
      table ? button("add-row", "New row", "I", "Add a row to the table") : null,
      table && model.current.row !== undefined ? button("remove-row", "Delete row", "Shift+Del", "Remove this row") : null));
}

const percent = (confidence) => (confidence === null ? "" : `${Math.floor(100 * confidence)} %`);

// Said by a sign and a word; colour only repeats it.
function stateOf(model, place) {
  const part = model.answer(place) ?? model.question(place.question);
  if (model.isUnsure(place)) return ["unsure", "unsure"];
  if (part.checked) return ["checked", "✓"];
  return ["", ""];
}

function answerLine(model, place, editing) {
  const question = model.question(place.question);
  const answer = model.answer(place);
  const lit = model.isAt(place);
  const [state, sign] = stateOf(model, place);
  const text = answer ? answer.text : question.absent ? "not on the page" : "left blank";
  const line = element("div", { class: `answer ${state} ${lit ? "lit" : ""}` });
  if (lit && editing === "answer") line.append(editor("answer", answer?.text ?? "", `Answer to ${question.text}`));
  else {
    line.append(element("button", { type: "button", class: answer ? "text" : "text none", "data-place": JSON.stringify(place), "aria-current": lit ? "true" : null }, text || "(empty)"));
  }
  const confidence = answer ? percent(answer.confidence) : "";
  line.append(element("span", { class: "state" }, state === "unsure" && confidence ? `unsure, ${confidence}` : sign || confidence));
  return line;
}

function editor(what, text, label) {
  const field = element("textarea", { rows: Math.min(4, 1 + Math.floor(text.length / 38)), "data-edit": what, "aria-label": label, spellcheck: "false" });
  field.value = text;
  return field;
}

function table(model, question, editing) {
  const columns = model.columnsOf(question);
  const rows = model.rowsOf(question);
  const head = element("tr", {}, ...columns.map((column) => element("th", { scope: "col" }, column)));
  const body = rows.map((row) => element("tr", {}, ...columns.map((column) => {
    const place = model.cells(question, columns).find((cell) => cell.row === row && cell.column === column);
    const answer = model.answer(place);
    const lit = model.isAt(place);
    const [state, sign] = answer ? stateOf(model, place) : ["", ""];
    if (lit && editing === "answer") return element("td", {}, editor("answer", answer?.text ?? "", `${column}, row ${row}`));
    return element("td", { class: `${state} ${lit ? "lit" : ""}` },
      element("button", { type: "button", class: answer ? "text" : "text none", "data-place": JSON.stringify(place), "aria-current": lit ? "true" : null, "aria-label": `${column}, row ${row}: ${answer?.text || "empty"}` }, answer?.text || "–"),
      sign ? element("span", { class: "state" }, sign === "unsure" ? "?" : sign, sign === "unsure" ? element("span", { class: "hidden" }, "unsure") : null) : null);
  })));
  if (!rows.length) return answerLine(model, { question: question.id, answer: null }, editing);
  return element("div", { class: "grid", tabindex: "-1" }, element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)));
}

export function draw(list, model, sheet, editing) {
  const scrolled = list.scrollTop;
  const cards = model.questions.map((question) => {
    const lit = model.current?.question === question.id;
    const card = element("article", { class: `question ${lit ? "lit" : ""} ${question.absent ? "absent" : ""}`, "data-question": question.id });
    if (lit && editing === "question") card.append(editor("question", question.text, "Question"));
    else card.append(element("h3", {}, question.text || "(no question)"));
    if (lit) {
      const shown = shownClose(model, sheet);
      if (shown) card.append(shown);
    }
    const places = model.columnsOf(question) ? null : question.answers.length ? question.answers.map((answer) => ({ question: question.id, answer: answer.id })) : [{ question: question.id, answer: null }];
    const doing = lit && !model.locked ? actions(model) : null;
    if (places) card.append(...places.map((place) => answerLine(model, place, editing)));
    if (question.reason && !question.checked) card.append(element("p", { class: "reason" }, question.reason));
    if (doing) card.append(doing);
    // A table may be long: what can be done stands above it.
    if (!places) card.append(table(model, question, editing));
    return card;
  });
  list.replaceChildren(...cards);
  list.scrollTop = scrolled;
  const field = list.querySelector("[data-edit]");
  const here = list.querySelector("article.lit");
  if (here) keepInView(list, here);
  const cell = list.querySelector("td [aria-current], td textarea");
  if (cell) cell.closest("tr").scrollIntoView({ block: "nearest" });
  if (field) { field.focus(); field.select(); }
  else list.querySelector("[aria-current]")?.focus({ preventScroll: true });
}

function shownClose(model, sheet) {
  const part = model.answer() ?? null;
  const question = model.question();
  const [first, second] = part?.box ? [part, question] : [question, null];
  if (!first.box) return null;
  const page = sheet.pages?.find((one) => one.number === first.page);
  if (!page) return null;
  const near = second?.box && second.page === first.page && Math.abs(second.box[1] - first.box[1]) < 4 * (first.box[3] - first.box[1]) ? [first.box, second.box] : [first.box];
  return closeUp(sheet, page, sheet.hrefOf(page.number), near);
}

function keepInView(list, card) {
  const [inner, outer] = [card.getBoundingClientRect(), list.getBoundingClientRect()];
  if (inner.top < outer.top + 8) list.scrollTop += inner.top - outer.top - 8;
  else if (inner.bottom > outer.bottom - 8) list.scrollTop += Math.min(inner.top - outer.top - 8, inner.bottom - outer.bottom + 8);
}
