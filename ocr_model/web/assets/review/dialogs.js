// What asks the person: help, which question, yes or no, and whose version.

import { differences, merged } from "./model.js";
import { element } from "./panel.js";

const at = (id) => document.getElementById(id);

export const KEYS = [
  ["Go", [["Enter", "right; next unsure"], ["Shift+Enter", "all answers right, or the row"], ["N", "next unsure (Shift+N: before)"], ["↑ ↓", "one up, one down; ← → in tables"], ["F", "done, next document"], ["S", "skip this document"], ["L", "list of documents"], ["?", "this help"]]],
  ["Change", [["E", "edit answer"], ["Q", "edit question"], ["B", "left blank"], ["X", "not on the page"], ["T", "tick"], ["M", "belongs to another question"], ["Del", "delete"], ["I", "new row (Shift+Del: delete it)"], ["Ctrl+Z", "undo (Ctrl+Y: redo)"]]],
  ["Draw", [["A", "another answer to this question"], ["C", "a question that was missed"], ["R", "move the box: arrows; Shift+arrows: its size"], ["Enter", "take the box"], ["Esc", "cancel"]]],
  ["Page", [["+ −", "larger, smaller"], ["0", "fit the width"], [".", "turn"], ["[ ]", "page before, next page"]]],
];

export function help() {
  at("keys").replaceChildren(...KEYS.map(([title, keys]) => element("section", {}, element("h3", {}, title),
    element("dl", {}, ...keys.map(([key, does]) => element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, does)))))));
  at("help").showModal();
}

const closed = (dialog) => new Promise((resolve) => { dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }); });

export async function ask(title, text, yes, no) {
  at("ask-title").textContent = title;
  at("ask-text").textContent = visible(text);
  at("ask-yes").textContent = yes;
  at("ask-no").textContent = no;
  at("ask").returnValue = "no";
  at("ask").showModal();
  return (await closed(at("ask"))) === "yes";
}

// The id of a question, or { text } of a new one; null where the person gave up.
export async function chooseQuestion(questions, current) {
  const dialog = at("choose");
  const input = at("choose-text");
  const list = at("choose-list");
  let chosen = 0;
  let options = [];
  const lay = () => {
    const asked = input.value.trim().toLowerCase();
    options = questions.filter((question) => question.id !== current && question.text.toLowerCase().includes(asked)).map(({ id, text }) => ({ id, text }));
    if (asked) options.push({ id: null, text: input.value.trim() });
    chosen = Math.min(chosen, options.length - 1);
    list.replaceChildren(...options.map((option, i) => element("li", { role: "option", id: `option-${i}`, "aria-selected": String(i === chosen), "data-option": String(i) }, option.id ? option.text || "(no question)" : `New question: ${option.text}`)));
    input.setAttribute("aria-activedescendant", options.length ? `option-${chosen}` : "");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  input.value = "";
  dialog.returnValue = "";
  input.oninput = () => { chosen = 0; lay(); };
  input.onkeydown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { chosen = Math.min(options.length - 1, Math.max(0, chosen + by)); lay(); event.preventDefault(); }
    if (event.key === "Enter" && options.length) { event.preventDefault(); dialog.close("taken"); }
  };
  list.onclick = (event) => {
    const option = event.target.closest("[data-option]");
    if (option) { chosen = Number(option.dataset.option); dialog.close("taken"); }
  };
  chosen = 0;
  lay();
  dialog.showModal();
  input.focus();
  return (await closed(dialog)) === "taken" ? options[chosen] ?? null : null;
}

const said = (question) => {
  if (!question) return "(deleted)";
  if (question.absent) return "not on the page";
  return question.answers.map((answer) => answer.text || "(empty)").join("; ") || "left blank";
};

// Both versions; a promise of the questions that were chosen. What only one of the two changed since
// `base` is chosen already.
export async function conflict(mine, theirs, base, who) {
  const dialog = at("conflict");
  const found = differences(mine, theirs);
  const theirChanges = new Set(differences(base, theirs).map(({ id }) => id));
  at("conflict-text").textContent = `${who} saved a version while you worked. Nothing was overwritten. Choose what is right; what only one of you changed is chosen already.`;
  at("conflict-list").replaceChildren(...found.map(({ id, mine: ours, theirs: others }) => {
    const choice = (value, title, question, checked) => element("label", { class: "choice" },
      element("input", { type: "radio", name: `choice-${id}`, value, checked }), element("span", { class: "soft" }, title), element("b", {}, question?.text ?? ""), element("span", {}, said(question)));
    return element("fieldset", {}, element("legend", {}, (ours ?? others).text || "(no question)"),
      choice("theirs", `${who}:`, others, theirChanges.has(id)), choice("mine", "You:", ours, !theirChanges.has(id)));
  }));
  const all = (value) => { for (const radio of dialog.querySelectorAll(`input[value=${value}]`)) radio.checked = true; };
  at("all-theirs").onclick = () => all("theirs");
  at("all-mine").onclick = () => all("mine");
  const stay = (event) => event.preventDefault(); // a choice must be made
  dialog.addEventListener("cancel", stay);
  dialog.showModal();
  await closed(dialog);
  dialog.removeEventListener("cancel", stay);
  const takesMine = (id) => dialog.querySelector(`input[name="choice-${CSS.escape(id)}"][value=mine]`)?.checked ?? false;
  return merged(mine, theirs, takesMine);
}
