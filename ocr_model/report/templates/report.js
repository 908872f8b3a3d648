// Comfort only: everything can be read without. What belongs together lights up together.
document.addEventListener("mouseover", (event) => {
  document.querySelectorAll(".hot").forEach((lit) => lit.classList.remove("hot"));
  const part = event.target.closest("[data-n]");
  if (!part) return;
  part.closest(".form").querySelectorAll(`[data-n="${part.dataset.n}"]`)
    .forEach((same) => same.classList.add("hot"));
});
document.addEventListener("click", (event) => {
  const drawn = event.target.closest("g[data-n]");
  if (drawn) {
    const line = drawn.closest(".form").querySelector(`tr[data-n="${drawn.dataset.n}"]`);
    if (line.closest("details")) line.closest("details").open = true;
    line.scrollIntoView({ block: "nearest" });
  }
  // MLflow shows artifacts in a sandboxed frame, where Chromium follows no link within the page.
  const link = event.target.closest('a[href^="#"]');
  if (link) {
    event.preventDefault();
    document.querySelector(link.getAttribute("href")).scrollIntoView();
  }
});
// Nor does that frame let a page be opened: there a trace is an id to search for.
if (window !== window.top) {
  document.querySelectorAll("a.trace").forEach((link) => {
    link.removeAttribute("href");
    link.title = "Search for this id in the run's Traces tab";
  });
}
