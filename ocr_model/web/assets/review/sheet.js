// The picture of a page with its boxes: zoom, turn, draw a box, move one, by mouse and by keys.
// Boxes are in pixels of the page, whatever is shown of it.

import { picture } from "./api.js";

const SVG = "http://www.w3.org/2000/svg";
const STEPS = [0.5, 0.75, 1, 1.5, 2, 3, 4.5, 6];
const HANDLES = [["left", "top"], ["right", "top"], ["left", "bottom"], ["right", "bottom"]];

function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const sorted = ([a, b, c, d]) => [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];

export class Sheet extends EventTarget {
  constructor(desk, svg) {
    super();
    this.desk = desk;
    this.svg = svg;
    this.zoom = 1;
    this.turns = 0;
    this.page = null;
    this.aspects = new Map(); // height to width of pages with pixels that are not square
    this.drawing = null;
    svg.addEventListener("pointerdown", (event) => this.down(event));
    new ResizeObserver(() => this.lay()).observe(desk);
  }

  show(name, pages, number) {
    const page = pages.find((one) => one.number === number) ?? pages[0];
    if (!page) return;
    if (this.name === name && this.page?.number === page.number) return;
    if (this.name !== name) { this.zoom = 1; this.turns = 0; }
    this.name = name;
    this.pages = pages;
    this.page = page;
    this.svg.setAttribute("aria-label", `Page ${page.number} of ${pages.length}; what is on it is in the list`);
    this.href = this.hrefOf(page.number);
    this.turned = shape("g", {});
    this.image = shape("image", { href: this.href, width: page.width, height: page.height, preserveAspectRatio: "none" });
    this.boxes = shape("g", {});
    this.turned.append(this.image, this.boxes);
    this.svg.replaceChildren(this.turned);
    this.lay();
    this.desk.scrollTo(0, 0);
    this.measure(this.href);
  }

  hrefOf(number) { return picture(this.name, number); }

  async measure(href) {
    if (this.aspects.has(href)) return;
    const image = new Image();
    image.src = href;
    try { await image.decode(); } catch { return; }
    this.aspects.set(href, image.naturalHeight / image.naturalWidth);
    if (this.href === href) this.lay();
  }

  // How much taller a pixel of the page is shown than wide: 1 but for faxes.
  get stretch() {
    const { width, height } = this.page;
    const aspect = this.aspects.get(this.href);
    const stretch = aspect ? (aspect * width) / height : 1;
    return Math.abs(stretch - 1) < 0.02 ? 1 : stretch;
  }

  lay() {
    if (!this.page) return;
    const width = this.page.width;
    const height = this.page.height * this.stretch;
    const [across, down] = this.turns % 2 ? [height, width] : [width, height];
    const moves = ["", `translate(${height} 0)`, `translate(${width} ${height})`, `translate(0 ${width})`][this.turns];
    this.turned.setAttribute("transform", `${moves} rotate(${90 * this.turns}) scale(1 ${this.stretch})`);
    this.svg.setAttribute("viewBox", `0 0 ${across} ${down}`);
    const shown = Math.max(200, this.desk.clientWidth - 2) * this.zoom;
    this.svg.style.width = `${shown}px`;
    this.svg.style.height = `${(shown * down) / across}px`;
    this.scale = shown / across;
    this.svg.classList.toggle("small", this.scale < 0.6);
    this.dispatchEvent(new Event("laid"));
  }

  zoomBy(by) {
    const near = STEPS.findIndex((step) => step >= this.zoom - 0.01);
    this.zoomTo(STEPS[Math.min(STEPS.length - 1, Math.max(0, near + by))]);
  }

  zoomTo(zoom) {
    const middle = [this.desk.scrollLeft + this.desk.clientWidth / 2, this.desk.scrollTop + this.desk.clientHeight / 2];
    const by = zoom / this.zoom;
    this.zoom = zoom;
    this.lay();
    this.desk.scrollTo(middle[0] * by - this.desk.clientWidth / 2, middle[1] * by - this.desk.clientHeight / 2);
    if (this.lit) this.reveal(this.lit);
  }

  turn() {
    this.turns = (this.turns + 1) % 4;
    this.lay();
    if (this.lit) this.reveal(this.lit);
  }

  // parts: { id, box, kind: "answer" | "question", state: "unsure" | "checked" | "", current, title }
  mark(parts) {
    this.boxes.replaceChildren();
    this.lit = null;
    const lit = parts.filter((part) => part.current);
    const [question, answer] = ["question", "answer"].map((kind) => lit.find((part) => part.kind === kind));
    if (question && answer) this.boxes.append(this.tie(question.box, answer.box));
    for (const part of parts) {
      // Around what is lit, so that its letters are not covered.
      const room = part.current ? 3 / this.scale : 0;
      const [left, top, right, bottom] = [part.box[0] - room, part.box[1] - room, part.box[2] + room, part.box[3] + room];
      const box = shape("rect", { x: left, y: top, width: right - left, height: bottom - top, class: `box ${part.kind === "question" ? "asked" : "answered"} ${part.state} ${part.current ? "lit" : ""}` });
      const title = shape("title", {});
      title.textContent = visible(part.title);
      box.append(title);
      box.addEventListener("click", () => { if (!this.drawing) this.dispatchEvent(new CustomEvent("chosen", { detail: part.id })); });
      this.boxes.append(box);
    }
    this.lit = (answer ?? question)?.box ?? null;
    this.movable = answer ?? question ?? null;
    if (this.movable && !this.drawing && this.movableNow) this.handles(this.movable.box);
  }

  tie(from, to) {
    const middle = ([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2];
    const [[x1, y1], [x2, y2]] = [middle(from), middle(to)];
    return shape("line", { x1, y1, x2, y2, class: "tie" });
  }

  handles(box) {
    const [left, top, right, bottom] = box;
    const size = 4.5 / this.scale;
    const out = size + 2 / this.scale;
    const at = { left: left - out, top: top - out, right: right + out, bottom: bottom + out };
    const grip = shape("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "grip" });
    grip.dataset.handle = "move";
    this.boxes.append(grip);
    for (const [x, y] of HANDLES) {
      const handle = shape("rect", { x: at[x] - size, y: at[y] - size / this.stretch, width: 2 * size, height: (2 * size) / this.stretch, class: `handle ${x}-${y}` });
      handle.dataset.handle = `${x} ${y}`;
      this.boxes.append(handle);
    }
  }

  reveal(box) {
    const spots = this.boxes.getScreenCTM();
    if (!spots) return;
    const point = new DOMPoint((box[0] + box[2]) / 2, (box[1] + box[3]) / 2).matrixTransform(spots);
    const frame = this.desk.getBoundingClientRect();
    const room = [frame.width * 0.12, frame.height * 0.18];
    const [x, y] = [point.x - frame.left, point.y - frame.top];
    if (x < room[0] || x > frame.width - room[0]) this.desk.scrollLeft += x - frame.width / 2;
    if (y < room[1] || y > frame.height - room[1]) this.desk.scrollTop += y - frame.height / 2;
  }

  // The person draws a box, or sets one right; a promise of the box, null where they gave up.
  draw(start = null) {
    this.stop();
    this.desk.classList.add("drawing");
    return new Promise((resolve) => {
      this.drawing = { resolve, box: start, byKeys: start !== null };
      if (start) this.outline();
    });
  }

  stop(box = null) {
    const drawing = this.drawing;
    if (!drawing) return;
    this.drawing = null;
    this.desk.classList.remove("drawing");
    this.outlined?.remove();
    drawing.resolve(box && sorted(box).map((edge) => Math.round(edge * 10) / 10));
  }

  // A dash is a box, too: at least a few pixels each way.
  grown([left, top, right, bottom]) {
    const { width, height } = this.page;
    const [x, y] = [Math.max(0, 5 - (right - left)) / 2, Math.max(0, 5 - (bottom - top)) / 2];
    return [Math.max(0, left - x), Math.max(0, top - y), Math.min(width, right + x), Math.min(height, bottom + y)];
  }

  // While a box is drawn, keys move its edges; true where the key was for that.
  key(event) {
    if (!this.drawing) return false;
    const { width, height } = this.page;
    const by = event.altKey || event.ctrlKey ? 1 : Math.max(2, width / 160);
    const along = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key];
    if (event.key === "Escape") this.stop();
    else if (event.key === "Enter") {
      if (this.drawing.box) this.stop(this.drawing.box);
      else this.begin();
    } else if (along) {
      if (!this.drawing.box) this.begin();
      const turned = this.unturned(along);
      let [left, top, right, bottom] = this.drawing.box;
      if (event.shiftKey) {
        right = Math.min(width, Math.max(left + 3, right + turned[0]));
        bottom = Math.min(height, Math.max(top + 3, bottom + turned[1]));
      } else {
        const x = Math.min(width - right, Math.max(-left, turned[0]));
        const y = Math.min(height - bottom, Math.max(-top, turned[1]));
        [left, top, right, bottom] = [left + x, top + y, right + x, bottom + y];
      }
      this.drawing.box = [left, top, right, bottom];
      this.outline();
    } else return false;
    return true;
  }

  // An arrow means what it shows on a page that is turned, too.
  unturned([x, y]) {
    return [[x, y], [y, -x], [-x, -y], [-y, x]][this.turns];
  }

  // Where keys begin to draw: right of what is lit, of its height, else in the middle of what is seen.
  begin() {
    const { width, height } = this.page;
    const clip = (box) => [Math.max(0, box[0]), Math.max(0, box[1]), Math.min(width, box[2]), Math.min(height, box[3])];
    if (this.lit && this.lit[2] + 20 < width) {
      const tall = this.lit[3] - this.lit[1];
      this.drawing.box = clip([this.lit[2] + tall / 2, this.lit[1], this.lit[2] + tall * 6, this.lit[3]]);
    } else {
      const frame = this.desk.getBoundingClientRect();
      const [x, y] = this.point({ clientX: frame.left + frame.width / 2, clientY: frame.top + frame.height / 2 });
      this.drawing.box = clip([x - width / 10, y - height / 60, x + width / 10, y + height / 60]);
    }
    this.outline();
  }

  outline() {
    this.outlined?.remove();
    const [left, top, right, bottom] = sorted(this.drawing.box);
    this.outlined = shape("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "box drawn" });
    this.boxes.append(this.outlined);
    this.reveal(this.drawing.box);
  }

  point(event) {
    const { width, height } = this.page;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.boxes.getScreenCTM().inverse());
    return [Math.min(width, Math.max(0, point.x)), Math.min(height, Math.max(0, point.y))];
  }

  down(event) {
    if (event.button !== 0 || !this.page) return;
    const handle = event.target.dataset?.handle;
    if (this.drawing) this.drag(event, (from, to) => { this.drawing.box = [...from, ...to]; this.outline(); }, (from, to) => {
      const box = sorted([...from, ...to]);
      if (Math.max(box[2] - box[0], box[3] - box[1]) * this.scale > 3) this.stop(this.grown(box));
    });
    else if (handle) this.dragHandle(event, handle, this.movable);
  }

  drag(event, moved, ended) {
    event.preventDefault();
    const from = this.point(event);
    this.svg.setPointerCapture(event.pointerId);
    const move = (next) => moved(from, this.point(next));
    const end = (next) => {
      this.svg.removeEventListener("pointermove", move);
      this.svg.removeEventListener("pointerup", end);
      this.svg.removeEventListener("pointercancel", end);
      if (next.type === "pointerup") ended(from, this.point(next));
    };
    this.svg.addEventListener("pointermove", move);
    this.svg.addEventListener("pointerup", end);
    this.svg.addEventListener("pointercancel", end);
  }

  dragHandle(event, handle, part) {
    const { width, height } = this.page;
    const start = part.box;
    const boxAt = (from, to) => {
      let [x, y] = [to[0] - from[0], to[1] - from[1]];
      const box = [...start];
      if (handle === "move") {
        x = Math.min(width - box[2], Math.max(-box[0], x));
        y = Math.min(height - box[3], Math.max(-box[1], y));
        return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
      }
      const [across, down] = handle.split(" ");
      box[across === "left" ? 0 : 2] += x;
      box[down === "top" ? 1 : 3] += y;
      return sorted(box);
    };
    const lit = this.boxes.querySelector(part.kind === "question" ? ".lit.asked" : ".lit.answered");
    this.drag(event, (from, to) => {
      const [left, top, right, bottom] = boxAt(from, to);
      for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) lit?.setAttribute(name, value);
    }, (from, to) => {
      const box = boxAt(from, to).map((edge) => Math.round(edge * 10) / 10);
      const far = Math.hypot(to[0] - from[0], to[1] - from[1]) * this.scale;
      if (far < 3) return; // a click, no drag
      this.dispatchEvent(new CustomEvent("dragged", { detail: { part, box } }));
    });
  }
}

// A part of the page, larger, with its box: what the person compares with.
export function closeUp(sheet, page, href, boxes) {
  const pad = Math.max(14, (boxes[0][3] - boxes[0][1]) * 0.7);
  const left = Math.max(0, Math.min(...boxes.map((box) => box[0])) - pad);
  const top = Math.max(0, Math.min(...boxes.map((box) => box[1])) - pad);
  const right = Math.min(page.width, Math.max(...boxes.map((box) => box[2])) + pad);
  const bottom = Math.min(page.height, Math.max(...boxes.map((box) => box[3])) + pad);
  const stretch = sheet.stretch;
  const svg = shape("svg", { viewBox: `${left} ${top * stretch} ${right - left} ${(bottom - top) * stretch}`, class: "close-up", "aria-hidden": "true", preserveAspectRatio: "xMinYMid meet" });
  const group = shape("g", { transform: `scale(1 ${stretch})` });
  group.append(shape("image", { href, width: page.width, height: page.height, preserveAspectRatio: "none" }));
  for (const [index, box] of boxes.entries()) {
    group.append(shape("rect", { x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1], class: index ? "box asked lit" : "box answered lit" }));
  }
  svg.append(group);
  return svg;
}
