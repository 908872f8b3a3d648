// The document under review: its questions, where the person is, and every change with its undo.
// Knows nothing of the screen.

let count = 0;
const newId = (kind) => `${kind}${Date.now().toString(36)}${(count += 1).toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
const copy = (value) => JSON.parse(JSON.stringify(value));

export const TICKED = "☑";

export class Model extends EventTarget {
  constructor(opened, unsureBelow) {
    super();
    this.review = opened.review;
    this.columns = opened.columns;
    this.types = opened.types;
    this.unsureBelow = unsureBelow;
    this.questions = copy(opened.review.questions);
    this.isField = opened.review.kind === "fields";
    this.locked = opened.review.state === "done";
    this.undone = [];
    this.steps = [];
    // Where the person is: a question, one of its answers or none, in a table also the cell.
    this.current = this.places()[0] ?? null;
  }

  // Every answer, and every question without one, in the order of the list.
  places() {
    return this.questions.flatMap((question) => {
      const columns = this.columnsOf(question);
      if (columns) return this.cells(question, columns);
      if (!question.answers.length) return [{ question: question.id, answer: null }];
      return question.answers.map((answer) => ({ question: question.id, answer: answer.id }));
    });
  }

  columnsOf(question) {
    const named = this.columns[question.text];
    const used = question.answers.filter((answer) => answer.column !== null).map((answer) => answer.column);
    if (!named && !used.length) return null;
    return [...new Set([...(named ?? []), ...used])];
  }

  cells(question, columns) {
    const rows = this.rowsOf(question);
    if (!rows.length) return [{ question: question.id, answer: null }];
    return rows.flatMap((row) => columns.map((column) => {
      const cell = question.answers.find((answer) => answer.row === row && answer.column === column);
      return { question: question.id, answer: cell?.id ?? null, row, column };
    }));
  }

  rowsOf(question) {
    return [...new Set(question.answers.map((answer) => answer.row).filter((row) => row !== null))].sort((a, b) => a - b);
  }

  // Of a model without fields, and where the types are not known, anything may be.
  isList(question) { return !this.isField || this.types[question.text] === "list"; }

  canBeTicked(question) { return !(question.text in this.types) || this.types[question.text] === "boolean"; }

  question(id = this.current?.question) {
    return this.questions.find((question) => question.id === id) ?? null;
  }

  answer(place = this.current) {
    return this.question(place?.question)?.answers.find((answer) => answer.id === place.answer) ?? null;
  }

  isUnsure(place) {
    const question = this.question(place.question);
    const answer = this.answer(place);
    if (answer) return !answer.checked && (answer.confidence === null || answer.confidence < this.unsureBelow);
    if (question.checked || question.answers.length) return false;
    return this.isField && (question.absent || question.reason !== null);
  }

  unsure() {
    return this.places().filter((place) => this.isUnsure(place));
  }

  isAt(place) {
    const here = this.current;
    return here !== null && here.question === place.question && here.answer === place.answer && (here.row ?? null) === (place.row ?? null) && (here.column ?? null) === (place.column ?? null);
  }

  index() {
    return this.places().findIndex((place) => this.isAt(place));
  }

  go(place) {
    this.current = place;
    this.dispatchEvent(new Event("moved"));
  }

  step(by) {
    const places = this.places();
    if (places.length) this.go(places[Math.min(places.length - 1, Math.max(0, this.index() + by))]);
  }

  // To the cell above or below in a table.
  stepRow(by) {
    const { row, column } = this.current ?? {};
    if (row === undefined) return this.step(by);
    const question = this.question();
    const rows = this.rowsOf(question);
    const next = rows[rows.indexOf(row) + by];
    const place = this.cells(question, this.columnsOf(question)).find((cell) => cell.row === next && cell.column === column);
    if (place) return this.go(place);
    // Out of the table.
    const places = this.places();
    const own = places.filter((one) => one.question === question.id);
    const beyond = places[places.indexOf(by > 0 ? own.at(-1) : own[0]) + by] ?? places[this.index()];
    return this.go(beyond);
  }

  // The next unsure one from here, and round again; false where none is left.
  nextUnsure(by = 1) {
    const places = this.places();
    const here = this.index();
    for (let i = 1; i <= places.length; i += 1) {
      const place = places[(here + by * i + i * places.length) % places.length];
      if (this.isUnsure(place)) { this.go(place); return true; }
    }
    return false;
  }

  // All changes go through here, so that all can be undone.
  change(what, work) {
    if (this.locked) return false;
    const before = { questions: copy(this.questions), current: this.current };
    work();
    this.steps.push({ what, ...before });
    this.undone = [];
    this.settle();
    this.dispatchEvent(new Event("changed"));
    return true;
  }

  // Where the person is may be gone.
  settle() {
    const places = this.places();
    if (this.index() >= 0) return;
    const near = places.find((place) => place.question === this.current?.question);
    this.current = near ?? places[Math.min(places.length - 1, Math.max(0, this.lastIndex ?? 0))] ?? null;
  }

  undo() { return this.goBack(this.steps, this.undone); }

  redo() { return this.goBack(this.undone, this.steps); }

  goBack(from, to) {
    const step = this.locked ? null : from.pop();
    if (!step) return null;
    to.push({ what: step.what, questions: copy(this.questions), current: this.current });
    this.questions = step.questions;
    this.current = step.current;
    this.settle();
    this.dispatchEvent(new Event("changed"));
    return step.what;
  }

  accept() {
    return this.change("Right", () => {
      const answer = this.answer();
      if (answer) answer.checked = true;
      else this.question().checked = true;
    });
  }

  // What a person types is saved while they type; taken or dropped, it is one step to undo.
  type(what, text) {
    if (this.locked) return;
    this.typing ??= { questions: copy(this.questions), current: this.current };
    if (what === "question") this.question().text = text;
    else if (this.answer()) Object.assign(this.answer(), { text, checked: true });
    else if (text) {
      this.put({ text });
      this.typedId = this.current.answer;
    }
  }

  endTyping() {
    if (this.typing) Object.assign(this, this.typing);
    this.typing = null;
  }

  // The row of a table, else all answers to the question.
  acceptAll() {
    return this.change("All right", () => {
      const question = this.question();
      for (const answer of question.answers) if (answer.row === (this.current.row ?? null)) answer.checked = true;
      question.checked = true;
    });
  }

  setAnswer(text) {
    const answer = this.answer();
    if (answer && answer.text === text) return this.accept();
    if (!text.trim()) return answer ? this.remove() : false;
    return this.change("Answer", () => {
      if (answer) Object.assign(answer, { text, checked: true });
      else this.put({ text });
    });
  }

  setQuestion(text) {
    const question = this.question();
    if (!text.trim() || question.text === text) return false;
    return this.change("Question", () => { question.text = text; question.checked = true; });
  }

  // An answer where the person is: into the empty cell, or behind the others.
  put({ text, page = null, box = null }) {
    const question = this.question();
    const { row = null, column = null } = this.current;
    const answer = { id: this.typedId ?? newId("a"), text, page, box, confidence: null, row, column, checked: true };
    question.answers.push(answer);
    Object.assign(question, { absent: false, checked: true });
    this.current = { question: question.id, answer: answer.id, ...(row === null ? {} : { row, column }) };
  }

  // What was drawn and read: a field has one value, a question may have several answers.
  addDrawn(text, page, box) {
    const question = this.question();
    const answer = this.answer();
    const replaces = answer && !this.isList(question);
    return this.change("New answer", () => {
      if (replaces) Object.assign(answer, { text, page, box, checked: true });
      else this.put({ text, page, box });
    });
  }

  addQuestion(text, page, box) {
    return this.change("New question", () => {
      const question = { id: newId("q"), text, answers: [], page, box, absent: false, checked: true, reason: null };
      const after = this.questions.findIndex((other) => other.id === this.current?.question);
      this.questions.splice(after + 1, 0, question);
      this.current = { question: question.id, answer: null };
    });
  }

  leaveBlank() {
    return this.change("Left blank", () => {
      const question = this.question();
      Object.assign(question, { answers: [], absent: false, checked: true });
      this.current = { question: question.id, answer: null };
    });
  }

  setAbsent() {
    return this.change("Not on the page", () => {
      const question = this.question();
      Object.assign(question, { answers: [], absent: true, checked: true });
      this.current = { question: question.id, answer: null };
    });
  }

  // The answer; where there is none any more, the question.
  remove() {
    const question = this.question();
    const answer = this.answer();
    if (!answer && (this.isField || question.answers.length)) return false;
    this.lastIndex = this.index();
    return this.change("Deleted", () => {
      if (answer) {
        question.answers = question.answers.filter((other) => other !== answer);
        question.checked = true;
        this.current = { ...this.current, answer: null };
      } else this.questions = this.questions.filter((other) => other !== question);
    });
  }

  tick() {
    const [on, off] = this.isField ? ["true", "false"] : [TICKED, null];
    const question = this.question();
    const ticked = question.answers.find((answer) => answer.text === on);
    return this.change("Tick", () => {
      if (ticked && off) Object.assign(ticked, { text: off, checked: true });
      else if (ticked) question.answers = question.answers.filter((answer) => answer !== ticked);
      else if (off && this.answer()) Object.assign(this.answer(), { text: on, checked: true });
      else this.put({ text: on, page: question.page, box: question.box });
      question.checked = true;
    });
  }

  moveTo(id, text) {
    const answer = this.answer();
    const from = this.question();
    if (!answer || id === from.id) return false;
    return this.change("Other question", () => {
      from.answers = from.answers.filter((other) => other !== answer);
      let to = this.question(id);
      if (!to) {
        to = { id: newId("q"), text, answers: [], page: null, box: null, absent: false, checked: true, reason: null };
        this.questions.splice(this.questions.indexOf(from) + 1, 0, to);
      }
      to.answers.push(Object.assign(answer, { checked: true, row: null, column: null }));
      Object.assign(to, { absent: false, checked: true });
      this.current = { question: to.id, answer: answer.id };
    });
  }

  setBox(part, page, box) {
    return this.change("Place", () => Object.assign(part, { page, box }));
  }

  addRow() {
    const question = this.question();
    const columns = this.columnsOf(question);
    if (!columns) return false;
    const rows = this.rowsOf(question);
    const row = (rows.at(-1) ?? 0) + 1;
    return this.change("New row", () => {
      this.current = { question: question.id, answer: null, row, column: columns[0] };
      this.put({ text: "" });
    });
  }

  removeRow() {
    const { row } = this.current;
    const question = this.question();
    if (row === undefined) return false;
    this.lastIndex = this.index();
    return this.change("Row deleted", () => {
      question.answers = question.answers.filter((answer) => answer.row !== row);
      // Without gaps, as rows are counted.
      const rows = this.rowsOf(question);
      for (const answer of question.answers) if (answer.row !== null) answer.row = rows.indexOf(answer.row) + 1;
    });
  }
}

// Both versions, question by question: what differs, and one made of what was chosen.
export function differences(mine, theirs) {
  const ids = [...new Set([...theirs, ...mine].map((question) => question.id))];
  const of = (all, id) => all.find((question) => question.id === id) ?? null;
  return ids.map((id) => ({ id, mine: of(mine, id), theirs: of(theirs, id) }))
    .filter((one) => JSON.stringify(bare(one.mine)) !== JSON.stringify(bare(one.theirs)));
}

function bare(question) {
  return question && { ...question, checked: null, answers: question.answers.map((answer) => ({ ...answer, checked: null })) };
}

export function merged(mine, theirs, takesMine) {
  const chosen = theirs.map((question) => (takesMine(question.id) ? mine.find((other) => other.id === question.id) ?? null : question)).filter(Boolean);
  const added = mine.filter((question) => !theirs.some((other) => other.id === question.id) && takesMine(question.id));
  const seen = new Set();
  return copy([...chosen, ...added]).map((question) => {
    for (const answer of question.answers) {
      if (seen.has(answer.id)) answer.id = newId("a");
      seen.add(answer.id);
    }
    return question;
  });
}
