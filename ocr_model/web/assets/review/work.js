// The list of documents: which need a person, how far the work is, what is known so far.

import { element } from "./panel.js";

const at = (id) => document.getElementById(id);
const STATES = { open: "to do", draft: "begun", done: "✓ done" };

export const canBeTaken = (item) => !item.absent && (item.outcome !== null || item.state !== "open");

export function show(work) {
  at("who").textContent = work.user ? `Reviewing as ${work.user}` : "";
  at("count").textContent = `${work.done} of ${work.total} done`;
  at("progress").max = work.total || 1;
  at("progress").value = work.done;
  const left = work.total - work.read;
  at("reading").textContent = work.fault ?? (work.model && left ? `${work.model} has read ${work.read} of ${work.total}; you can begin with those.` : "");
  at("reading").classList.toggle("fault", Boolean(work.fault));
  at("known").textContent = work.known ?? "";
  at("where").textContent = `Saved in ${work.folder}/reviews at every change. Done documents and their labels go to the same folder, and what is right onto the document's trace in MLflow, where it has one.`;
  const shown = work.items.filter(({ state, needs_review: doubtful }) => ({ all: true, open: state !== "done", doubtful: doubtful && state !== "done", done: state === "done" })[at("filter").value]);
  const more = work.total > work.items.length ? `, the first ${work.items.length} of ${work.total}` : "";
  at("shown").textContent = `${shown.length} shown${more}; ${work.order === "random" ? "in the order they were drawn in" : "the least sure first"}`;
  const focused = document.activeElement?.dataset?.open;
  at("rows").replaceChildren(...shown.map(row));
  if (focused) document.querySelector(`[data-open="${CSS.escape(focused)}"]`)?.focus();
}

function row(item) {
  const taken = canBeTaken(item);
  const name = element("th", { scope: "row" }, taken
    ? element("button", { type: "button", class: "link", "data-open": item.name, title: `Open ${item.document_id}` }, item.document_id)
    : element("span", {}, item.document_id));
  if (item.absent || item.error) name.append(element("span", { class: "why" }, item.absent ?? item.error));
  const state = element("td", {}, element("span", { class: `chip ${item.state}` }, STATES[item.state]));
  if (item.claimed_by) state.append(element("span", { class: "why" }, `${item.claimed_by} is at it`));
  if (item.told || item.sending) state.append(element("span", { class: "why" }, item.told ?? "being written to MLflow …"));
  const outcome = item.absent ? "–" : item.outcome === null ? "not read yet" : item.outcome.replaceAll("_", " ");
  return element("tr", { class: item.needs_review && item.state !== "done" ? "doubtful" : null },
    name, state,
    element("td", {}, outcome, item.needs_review && item.state !== "done" ? element("span", { class: "mark" }, "needs a person") : null),
    element("td", { class: "number" }, item.lowest_confidence === null ? "–" : `${Math.floor(100 * item.lowest_confidence)} %`),
    element("td", {}, item.user ?? ""));
}

// The next document to take, from this one on and round again; null where there is none. What the
// person has open in another tab comes last: that tab may be long gone.
export function next(work, name) {
  const { items, user } = work;
  const here = items.findIndex((item) => item.name === name);
  const left = [...items.slice(here + 1), ...items.slice(0, Math.max(0, here))].filter((item) => item.state !== "done" && canBeTaken(item));
  return (left.find((item) => !item.claimed_by) ?? left.find((item) => item.claimed_by === user))?.name ?? null;
}
