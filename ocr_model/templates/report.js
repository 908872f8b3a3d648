// Comfort only: what belongs together lights up together. Everything else works without.
document.addEventListener("mouseover", (event) => {
  document.querySelectorAll(".hot").forEach((lit) => lit.classList.remove("hot"));
  const part = event.target.closest("[data-n]");
  if (!part) return;
  part.closest(".form").querySelectorAll(`[data-n="${part.dataset.n}"]`)
    .forEach((same) => same.classList.add("hot"));
});
document.addEventListener("click", (event) => {
  const drawn = event.target.closest("g[data-n]");
  if (!drawn) return;
  const line = drawn.closest(".form").querySelector(`tr[data-n="${drawn.dataset.n}"]`);
  if (line.closest("details")) line.closest("details").open = true;
  line.scrollIntoView({ block: "nearest" });
});
