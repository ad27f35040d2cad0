"use strict";
(() => {
  const data = JSON.parse(document.getElementById("points").textContent);
  const box = document.getElementById("plot");
  const note = document.getElementById("plot-note");
  const recipeInput = document.getElementById("recipe");
  const findInput = document.getElementById("find");
  const SVG = "http://www.w3.org/2000/svg";
  const edge = { left: 58, right: 12, top: 14, bottom: 46 };
  let shown = { marks: [], size: 0 };
  let active = -1;
  let stop = 0; // the one mark that Tab reaches

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.id = "tip";
  tip.hidden = true;

  function add(parent, tag, attributes, text) {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  }

  const minus = (text) => text.replace("-", "\u2212");
  const written = (value) =>
    minus(Math.abs(value) < 1000 ? value.toFixed(2) : value.toPrecision(4));

  // All measured values, and predictions up to a third of their range outside.
  function range(points) {
    let low = Infinity, high = -Infinity, near = [];
    for (const [, , y, p] of points) {
      low = Math.min(low, y);
      high = Math.max(high, y);
      near.push(p);
    }
    const span = high - low || 1;
    const bottom = low - span / 3, top = high + span / 3;
    for (const p of near) {
      low = Math.min(low, Math.max(p, bottom));
      high = Math.max(high, Math.min(p, top));
    }
    return [low - 0.04 * span, high + 0.04 * span];
  }

  function ticks(low, high) {
    const rough = (high - low) / 6;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((m) => m * power >= rough) * power;
    const decimals = Math.max(0, -Math.floor(Math.log10(step)));
    const found = [];
    for (let i = Math.ceil(low / step); i * step <= high; i++) {
      found.push([i * step, minus((i * step).toFixed(decimals))]);
    }
    return found;
  }

  function state() {
    const recipe = data.recipes[Number(recipeInput.value)];
    const which = document.querySelector("input[name=set]:checked").value;
    return { recipe, which, points: recipe[which] };
  }

  function draw() {
    const { recipe, which, points } = state();
    const size = Math.max(240, Math.min(box.clientWidth, 640));
    const inner = { x: size - edge.left - edge.right, y: size - edge.top - edge.bottom };
    const [low, high] = range(recipe.test.concat(recipe.train));
    const clamp = (v) => Math.min(Math.max(v, low), high);
    const x = (v) => edge.left + ((clamp(v) - low) / (high - low)) * inner.x;
    const y = (v) => size - edge.bottom - ((clamp(v) - low) / (high - low)) * inner.y;

    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
    svg.setAttribute("role", "group");
    svg.setAttribute(
      "aria-label",
      `Predicted against measured ${data.target}, ${recipe.title}, ${which} sets; arrow keys move between rows`,
    );
    frame(svg, size, x, y, low, high);
    const layer = add(svg, "g", { class: which });
    const marks = points.map((point, i) => {
      const [row, fold, measured, predicted] = point;
      const outside = predicted < low || predicted > high;
      const at = { x: x(measured), y: y(predicted), row, point };
      at.node = add(layer, "circle", {
        cx: at.x.toFixed(1), cy: at.y.toFixed(1), r: which === "test" ? 5 : 3.2,
        tabindex: i === 0 ? 0 : -1, role: "img", class: outside ? "outside" : "",
        "aria-label": `${data.names[row]}: measured ${written(measured)}, predicted ${written(predicted)}, ${which} set of outer fold ${fold}`,
      });
      return at;
    });
    const ring = add(svg, "circle", { class: "ring", r: 8, visibility: "hidden" });
    shown = { marks, size, which, layer, ring };
    active = -1;
    stop = 0;
    tip.hidden = true;
    box.replaceChildren(svg, tip);
    listen(svg);
    listWorst();
    find();
  }

  // One line per row: with repeats, or in training sets, its largest error.
  function listWorst() {
    const off = (mark) => mark.point[3] - mark.point[2];
    const order = shown.marks.map((_, i) => i);
    order.sort((a, b) => Math.abs(off(shown.marks[b])) - Math.abs(off(shown.marks[a])));
    const seen = new Set();
    const items = [];
    for (const i of order) {
      const mark = shown.marks[i];
      if (seen.has(mark.row) || items.length === 8) continue;
      seen.add(mark.row);
      const button = document.createElement("button");
      button.type = "button";
      const error = off(mark);
      const number = document.createElement("span");
      number.textContent = (error > 0 ? "+" : "") + written(error);
      button.append(data.names[mark.row] + " ", number);
      button.addEventListener("click", () => show(i, false));
      button.addEventListener("focus", () => show(i, false));
      button.addEventListener("pointerenter", () => show(i, false));
      const item = document.createElement("li");
      item.append(button);
      items.push(item);
    }
    document.getElementById("worst").replaceChildren(...items);
  }

  function frame(svg, size, x, y, low, high) {
    for (const [value, label] of ticks(low, high)) {
      add(svg, "line", { class: "grid", x1: x(value), x2: x(value), y1: y(low), y2: y(high) });
      add(svg, "line", { class: "grid", x1: x(low), x2: x(high), y1: y(value), y2: y(value) });
      add(svg, "text", { x: x(value), y: size - edge.bottom + 17, "text-anchor": "middle" }, label);
      add(svg, "text", { x: edge.left - 7, y: y(value) + 4, "text-anchor": "end" }, label);
    }
    add(svg, "line", { class: "identity", x1: x(low), y1: y(low), x2: x(high), y2: y(high) });
    add(svg, "text", { class: "name", x: (x(low) + x(high)) / 2, y: size - 8, "text-anchor": "middle" }, `measured ${data.target}`);
    const middle = (y(low) + y(high)) / 2;
    add(svg, "text", { class: "name", transform: `translate(15 ${middle}) rotate(-90)`, "text-anchor": "middle" }, `predicted ${data.target}`);
    if (box.dataset.synthetic) {
      add(svg, "text", { class: "mark-synthetic", x: x(high) - 4, y: y(low) - 8, "text-anchor": "end" }, box.dataset.synthetic);
    }
  }

  function show(i, focus) {
    shown.marks[stop].node.setAttribute("tabindex", -1);
    active = stop = i;
    const mark = shown.marks[i];
    for (const key of ["x", "y"]) shown.ring.setAttribute(`c${key}`, mark[key].toFixed(1));
    shown.ring.setAttribute("visibility", "visible");
    mark.node.setAttribute("tabindex", 0);
    if (focus) mark.node.focus({ preventScroll: true });
    tell(mark);
  }

  function tell(mark) {
    const [row, fold, measured, predicted] = mark.point;
    const line = (tag, text) => {
      const node = document.createElement(tag);
      node.textContent = text;
      return node;
    };
    tip.replaceChildren(
      line("b", data.names[row]),
      line("div", `measured ${written(measured)}`),
      line("div", `predicted ${written(predicted)}`),
      line("div", `${shown.which === "test" ? "test" : "training"} set, outer fold ${fold}`),
    );
    tip.hidden = false;
    const scale = box.clientWidth / shown.size;
    const px = mark.x * scale, py = mark.y * scale;
    const flip = px + 16 + tip.offsetWidth > box.clientWidth;
    tip.style.left = `${Math.max(0, flip ? px - 14 - tip.offsetWidth : px + 14)}px`;
    tip.style.top = `${Math.max(0, py - tip.offsetHeight - 8)}px`;
  }

  function hide() {
    shown.ring.setAttribute("visibility", "hidden");
    tip.hidden = true;
  }

  function nearest(event) {
    const frame = box.getBoundingClientRect();
    const scale = shown.size / frame.width;
    const px = (event.clientX - frame.left) * scale, py = (event.clientY - frame.top) * scale;
    let best = -1, reach = (event.pointerType === "touch" ? 28 : 18) ** 2;
    shown.marks.forEach((mark, i) => {
      const gap = (mark.x - px) ** 2 + (mark.y - py) ** 2;
      if (gap <= reach) [best, reach] = [i, gap];
    });
    return best;
  }

  function listen(svg) {
    const point = (event) => {
      const i = nearest(event);
      if (i >= 0) show(i, false);
      else hide();
    };
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerdown", point);
    svg.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") hide();
    });
    svg.addEventListener("focusin", (event) => {
      const i = shown.marks.findIndex((mark) => mark.node === event.target);
      if (i >= 0) show(i, false);
    });
    svg.addEventListener("focusout", hide);
    svg.addEventListener("keydown", (event) => {
      const last = shown.marks.length - 1;
      const to = {
        ArrowRight: active + 1, ArrowUp: active + 1, ArrowLeft: active - 1, ArrowDown: active - 1,
        Home: 0, End: last, PageDown: active - 10, PageUp: active + 10,
      }[event.key];
      if (event.key === "Escape") hide();
      if (to === undefined) return;
      event.preventDefault();
      show(Math.min(Math.max(to, 0), last), true);
    });
  }

  // A minus is written in many ways; a reader types the one on the keyboard.
  const folded = (name) => name.toLowerCase().replace(/[\u00af\u02c9\u207b\u2212]/g, "-");

  function find() {
    const wanted = folded(findInput.value.trim());
    const { recipe } = state();
    const matches = [];
    shown.marks.forEach((mark, i) => {
      const hit = wanted !== "" && folded(data.names[mark.row]).includes(wanted);
      mark.node.classList.toggle("found", hit);
      if (hit) matches.push(i);
    });
    shown.layer.classList.toggle("searching", wanted !== "");
    const rows = new Set(matches.map((i) => shown.marks[i].row)).size;
    const outside = shown.marks.filter((mark) => mark.node.classList.contains("outside")).length;
    const words = [`${shown.marks.length.toLocaleString("en")} predictions of ${shown.which} sets.`];
    if (recipe.thinned) words.push("Thinned evenly: not every prediction is drawn.");
    if (outside) words.push(`${outside} outside the axes, at the edge.`);
    if (wanted) words.push(`${rows} ${data.row}${rows === 1 ? "" : "s"} found.`);
    note.textContent = words.join(" ");
    return matches;
  }

  recipeInput.addEventListener("change", draw);
  document.querySelectorAll("input[name=set]").forEach((input) => input.addEventListener("change", draw));
  findInput.addEventListener("input", find);
  findInput.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const [first] = find();
    if (first !== undefined) show(first, true);
  });
  let width = 0;
  new ResizeObserver(() => {
    if (Math.abs(box.clientWidth - width) < 2) return;
    width = box.clientWidth;
    draw();
  }).observe(box);
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  });
})();
