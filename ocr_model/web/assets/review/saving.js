// Saves every change at once, one save after another. What the server does not take is kept in this
// browser, which the page says, until it does.

import * as api from "./api.js";

const RETRY_MS = 2000;
const key = (name) => `unsaved review: ${name}`;

export class Saving extends EventTarget {
  constructor(name, model) {
    super();
    this.name = name;
    this.model = model;
    this.version = model.review.version;
    this.saved = JSON.stringify(model.questions);
    this.base = model.review.questions; // as the latest version that this tab knows has them
    this.running = null;
    this.stopped = false;
  }

  get isDirty() { return JSON.stringify(this.model.questions) !== this.saved; }

  say(state, sentence) {
    this.dispatchEvent(new CustomEvent("said", { detail: { state, sentence } }));
  }

  later(ms = 700) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), ms);
  }

  // Resolves when all that was changed before is on the server's disk; false where it is not.
  now() {
    clearTimeout(this.timer);
    this.running = (this.running ?? Promise.resolve()).then(() => this.save());
    return this.running;
  }

  async save() {
    if (this.stopped || !this.isDirty) return !this.isDirty;
    const sent = JSON.stringify(this.model.questions);
    this.say("saving", "Saving …");
    try {
      const { version } = await api.save(this.name, this.version, JSON.parse(sent));
      this.version = version;
      this.saved = sent;
      this.base = JSON.parse(sent);
      localStorage.removeItem(key(this.name));
      this.say("saved", "All saved");
      return true;
    } catch (fault) {
      if (fault.status === 409 && fault.body.review) {
        this.keep();
        this.stopped = true;
        this.dispatchEvent(new CustomEvent("conflict", { detail: fault.body.review }));
      } else if (fault instanceof api.Unreachable || fault.status >= 500) {
        this.keep();
        this.say("fault", "Not saved: the server does not answer. Kept in this browser; trying again.");
        this.later(RETRY_MS);
      } else {
        this.keep();
        this.say("fault", `Not saved: ${fault.message}`);
      }
      return false;
    }
  }

  keep() {
    try {
      localStorage.setItem(key(this.name), JSON.stringify({ version: this.version, questions: this.model.questions }));
    } catch { /* a browser that keeps nothing: the sentence still says that it is not saved */ }
  }

  // When the tab closes: the browser sends it after the page is gone.
  last() {
    if (this.stopped || !this.isDirty) return;
    this.keep();
    api.save(this.name, this.version, this.model.questions, { keepalive: true })
      .then(() => localStorage.removeItem(key(this.name))).catch(() => {});
  }

  async done() {
    await this.now();
    if (this.stopped || this.isDirty) return null;
    const answer = await api.done(this.name, this.version, this.model.questions);
    this.version = answer.version;
    return answer;
  }

  takes(version, questions) {
    this.stopped = false;
    this.version = version;
    this.saved = "";
    this.model.questions = questions;
    this.model.steps = [];
    this.model.undone = [];
    this.model.settle();
    return this.now();
  }
}

export function unsaved(name) {
  try { return JSON.parse(localStorage.getItem(key(name))); } catch { return null; }
}

export function forget(name) {
  localStorage.removeItem(key(name));
}
