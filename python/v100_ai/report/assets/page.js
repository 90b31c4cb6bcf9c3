"use strict";
// Draws the report from the JSON beside it. Strings only ever become text nodes.

const report = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const { time, lanes, faults, cuts, thumbnails } = report;
const start = time.length ? time[0] : 0;
const end = time.length ? start + report.seconds : 0;
const view = { from: start, to: Math.max(end, start + 1e-3), layer: "key", at: null, held: false };
const COLOURS = { complexity: "--complexity", motion: "--motion", visual: "--visual", quality: "--quality" };
const NAMES = { key: "Key", complexity: "Complexity", motion: "Motion", visual: "Picture", quality: "Quality", all: "All" };
const KINDS = { black: "Black", frozen: "Frozen", blocky: "Blocky", blurred: "Blurred" };

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { style, data, ...rest } = properties;
  Object.assign(node, rest);
  for (const [name, value] of Object.entries(style || {})) node.style.setProperty(name, value);
  Object.assign(node.dataset, data || {});
  node.append(...children);
  return node;
}

function draw(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function number(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 10000) return Math.round(value).toLocaleString("en");
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

function clock(seconds, digits = 2) {
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.abs(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = (whole % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return sign + (hours ? `${hours}:${String(minutes).padStart(2, "0")}` : minutes) + ":" + rest;
}

const share = (at) => (at - view.from) / (view.to - view.from);
const colour = (name) => `var(${name})`;

/* The last index whose time is not after `at`. */
function indexAt(at) {
  let low = 0, high = time.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (time[middle] <= at) low = middle; else high = middle - 1;
  }
  return low;
}

function thumbnailAt(at) {
  let best = null;
  for (const each of thumbnails) {
    if (each.pts > at + 1e-6) break;
    best = each;
  }
  return best || thumbnails[0] || null;
}

function shownLanes() {
  if (view.layer === "all") return lanes;
  if (view.layer !== "key") return lanes.filter((lane) => lane.layer === view.layer);
  const keys = lanes.filter((lane) => lane.key);
  return keys.length ? keys : lanes;
}

/* Head and tiles. */

function facts() {
  const shapes = report.shapes.map(([width, height]) => `${width}×${height}`).join(" → ");
  const parts = [report.codec, shapes, report.rate && `${number(report.rate)} frames/s`];
  byId("facts").textContent = parts.filter(Boolean).join(" · ");
  byId("maker").textContent = `v100_ai ${report.version}`;
  byId("lost").hidden = !report.lost;
  byId("lost").textContent = report.lost ? `The input was lost: ${report.lost}. What was measured until then is below.` : "";
}

function tiles() {
  const mean = (id) => lanes.find((lane) => lane.id === id);
  const entries = [
    ["Length", clock(report.seconds), "first to last frame"],
    ["Frames", report.frames.toLocaleString("en"), "measured"],
    ["Scenes", String(report.frames ? cuts.length + 1 : 0), cuts.length === 1 ? "1 cut" : `${cuts.length} cuts`],
    ["Faults", String(faults.length), faults.length ? `${faults.reduce((sum, each) => sum + each.end - each.start, 0).toFixed(2)} s in all` : "none found", faults.length > 0],
  ];
  if (report.against) {
    const [vmaf, psnr] = [mean("quality.vmaf"), mean("quality.psnr")];
    if (vmaf) entries.push(["VMAF", number(vmaf.mean), `mean, least ${number(vmaf.low)}`]);
    if (psnr) entries.push(["PSNR", number(psnr.mean), `mean, dB`]);
  }
  for (const [title, id] of [["Scene complexity", "complexity.scene"], ["Motion", "motion.magnitude"], ["Exposure", "visual.exposure"], ["Sharpness", "visual.sharpness_laplacian_variance"]].slice(0, report.against ? 2 : 4)) {
    const lane = mean(id);
    if (lane) entries.push([title, number(lane.mean), `mean, ${lane.unit}`]);
  }
  byId("tiles").replaceChildren(...entries.map(([title, value, note, alarm]) =>
    make("div", { className: alarm ? "tile alarm" : "tile" }, make("span", { textContent: title }),
      make("b", { textContent: value }), make("small", { textContent: note || "\u00a0" }))));
}

/* The reference, and the frames that are furthest from it. */

function worst() {
  const { against } = report;
  if (!against) return;
  byId("quality").hidden = false;
  const lie = against.alignment;
  const count = (name) => lie[name] && `${lie[name]} ${name}`;
  const found = lie ? [`${lie.paired} paired`, ...["unpaired", "duplicated", "dropped"].map(count), lie.offset && `offset ${lie.offset.toFixed(3)} s`] : [];
  byId("against").textContent = [`Reference left: ${against.reference}`, against.model, ...found].filter(Boolean).join(" · ");
  byId("worst").replaceChildren(...against.worst.map((each) => make("figure", { onclick: () => show(each.pts, each.pts), data: { at: each.pts } },
    make("div", {}, make("img", { src: each.reference, alt: "reference" }), make("img", { src: each.distorted, alt: "distorted" })),
    make("figcaption", {}, make("b", { textContent: `VMAF ${number(each.score)}` }), `${clock(each.pts)}, frame ${each.frame}`))));
}

/* Lanes. */

function svg() {
  return draw("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none" });
}

/* From zero to the bound where values come near it, else to the greatest; a few peaks that would flatten all else are cut off. */
function scaleOf(lane) {
  const low = Math.min(0, lane.low);
  if (lane.top !== null && lane.high > lane.top * 0.35) return { low, high: lane.top, cut: false };
  const sorted = lane.highs.filter((value) => value !== null).sort((a, b) => a - b);
  const usual = 1.6 * sorted[Math.floor(0.97 * (sorted.length - 1))];
  if (usual > low && lane.high > 2 * usual) return { low, high: usual, cut: true };
  return { low, high: lane.high > low ? lane.high : low + 1, cut: false };
}

/* Path of one unbroken run of points after another; `below` closes each run into an area. */
function paths(lane, scale) {
  const x = (index) => (share(time[index]) * 1000).toFixed(2);
  const y = (value) => (94 - (88 * (Math.min(value, scale.high) - scale.low)) / (scale.high - scale.low)).toFixed(2);
  const first = Math.max(0, indexAt(view.from) - 1);
  const last = Math.min(time.length - 1, indexAt(view.to) + 1);
  const runs = [];
  let run = null;
  for (let index = first; index <= last; index += 1) {
    if (lane.values[index] === null) { run = null; continue; }
    if (!run) runs.push((run = []));
    run.push(index);
  }
  let line = "", area = "", band = "", points = 0;
  for (const each of runs) {
    const along = each.map((index) => `${x(index)} ${y(lane.values[index])}`).join("L");
    line += each.length === 1 ? `M${along}h1` : `M${along}`;
    area += `M${x(each[0])} ${y(0)}L${along}L${x(each[each.length - 1])} ${y(0)}Z`;
    const over = each.map((index) => `${x(index)} ${y(lane.highs[index])}`).join("L");
    const under = each.slice().reverse().map((index) => `${x(index)} ${y(lane.lows[index])}`).join("L");
    band += `M${over}L${under}Z`;
    points += each.length;
  }
  return { line, area, band, points };
}

function laneRow(lane) {
  const scale = scaleOf(lane);
  const { line, area, band, points } = paths(lane, scale);
  const tint = colour(COLOURS[lane.layer] || "--soft");
  const chart = svg();
  for (const level of [6, 50, 94]) chart.append(draw("line", { class: "grid", x1: 0, x2: 1000, y1: level, y2: level }));
  for (const cut of cuts) {
    const x = share(cut.pts) * 1000;
    if (x >= 0 && x <= 1000) chart.append(draw("line", { class: "cutline", x1: x, x2: x, y1: 0, y2: 100 }));
  }
  chart.append(draw("path", { class: "area", d: area, fill: tint }), draw("path", { class: "band", d: band, fill: tint }),
    draw("path", { class: "line", d: line, stroke: tint }));
  const value = make("span", { className: "value" });
  const plot = make("div", { className: "plot" }, chart,
    make("span", { className: "scale", style: { top: "0" }, textContent: (scale.cut ? "≥ " : "") + number(scale.high) }),
    make("span", { className: "scale", style: { bottom: "0" }, textContent: number(scale.low) }));
  const label = make("div", { className: "label", title: lane.definition }, make("b", { textContent: lane.title }), value);
  lane.show = (index) => {
    const found = index === null ? lane.mean : lane.values[index];
    value.replaceChildren(number(found), make("small", { textContent: ` ${index === null ? "mean, " : ""}${lane.unit}` }));
  };
  lane.show(null);
  return { row: make("div", { className: "row lane" }, label, plot), points };
}

function strip() {
  const plot = byId("strip");
  const width = plot.clientWidth || 1000;
  const kept = [];
  let free = -1;
  const inside = thumbnails.filter((each) => each.pts >= view.from && each.pts <= view.to);
  for (const each of inside) {
    const left = share(each.pts) * width;
    const image = make("img", { src: each.src, alt: `Picture at ${clock(each.pts)}`, style: { left: `${left}px` } });
    const wide = 52 * report.ratio;
    if (left < free || left + wide > width) continue;
    free = left + wide + 4;
    kept.push(image);
  }
  plot.replaceChildren(...kept);
}

function flags() {
  const nodes = cuts.filter((cut) => cut.pts >= view.from && cut.pts <= view.to).map((cut) =>
    make("i", { className: "cutmark", title: `Cut at ${clock(cut.pts)}, frame ${cut.frame}`, style: { left: `${share(cut.pts) * 100}%` } }));
  for (const each of faults) {
    const left = Math.max(0, share(each.start)), right = Math.min(1, share(each.end));
    if (right < 0 || left > 1) continue;
    nodes.push(make("div", {
      className: "flag", textContent: KINDS[each.kind] || each.kind, title: `${KINDS[each.kind] || each.kind}, ${clock(each.start)} to ${clock(each.end)}`,
      style: { left: `${left * 100}%`, width: `${(right - left) * 100}%`, top: each.kind === "black" || each.kind === "frozen" ? "19px" : "28px", background: colour(`--${each.kind}`) },
    }));
  }
  byId("flags").replaceChildren(...nodes);
  byId("legend").textContent = `${cuts.length} cuts, ${faults.length} faults`;
}

function axis() {
  const span = view.to - view.from;
  const wanted = span / Math.max(2, Math.floor((byId("axis").clientWidth || 1000) / 110));
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].find((each) => each >= wanted) || 14400;
  const ticks = [];
  for (let index = Math.ceil(view.from / step - 1e-9); index * step <= view.to + 1e-9; index += 1) {
    const at = index * step;
    const where = share(at);
    ticks.push(make("span", { className: where > 0.96 ? "tick end" : "tick", textContent: clock(at, step < 0.1 ? 2 : step < 1 ? 1 : 0), style: { left: `${where * 100}%` } }));
  }
  byId("axis").replaceChildren(...ticks);
}

function render() {
  let points = 0;
  const rows = shownLanes().map((lane) => {
    const drawn = laneRow(lane);
    points += drawn.points;
    return drawn.row;
  });
  byId("lanes").replaceChildren(...rows);
  strip();
  flags();
  axis();
  point();
  Object.assign(document.documentElement.dataset, { points, lanes: rows.length, thumbnails: thumbnails.length, faults: faults.length, cuts: cuts.length, worst: report.against ? report.against.worst.length : 0 });
}

/* The cursor. */

function point() {
  const cursor = byId("cursor"), peek = byId("peek");
  const off = view.at === null || view.at < view.from || view.at > view.to;
  cursor.hidden = off;
  peek.hidden = off || !thumbnails.length;
  byId("now").textContent = off ? `${thumbnails.length} of ${report.frames} frames` : `${clock(view.at)} · frame ${report.frame[indexAt(view.at)]}`;
  for (const lane of shownLanes()) lane.show(off ? null : indexAt(view.at));
  if (off) return;
  const plot = byId("axis").getBoundingClientRect(), stage = byId("stage").getBoundingClientRect();
  const x = plot.left - stage.left + share(view.at) * plot.width;
  cursor.style.left = `${x}px`;
  cursor.classList.toggle("held", view.held);
  const thumbnail = thumbnailAt(view.at);
  if (!thumbnail) return;
  const [image, caption] = [peek.querySelector("img"), peek.querySelector("figcaption")];
  if (image.src !== thumbnail.src) image.src = thumbnail.src;
  caption.textContent = `${clock(thumbnail.pts)} · frame ${thumbnail.frame}${thumbnail.cut ? " · cut" : ""}`;
  const wide = peek.offsetWidth || 270;
  peek.style.left = `${x + 14 + wide > stage.width ? x - wide - 14 : x + 14}px`;
  peek.style.top = "78px";
}

function timeAt(event) {
  const plot = byId("axis").getBoundingClientRect();
  const where = Math.min(1, Math.max(0, (event.clientX - plot.left) / plot.width));
  return view.from + where * (view.to - view.from);
}

function look(from, to) {
  view.from = Math.max(start, from);
  view.to = Math.min(Math.max(end, start + 1e-3), Math.max(to, from + 1e-3));
  render();
}

function listen() {
  const stage = byId("stage");
  let drag = null, zoom = null;
  stage.addEventListener("pointermove", (event) => {
    if (drag !== null && Math.abs(event.clientX - drag.x) > 5) {
      const plot = byId("axis").getBoundingClientRect();
      if (!zoom) stage.append((zoom = make("div", { className: "zoom" })));
      const [left, right] = [share(drag.at), share(timeAt(event))].sort((a, b) => a - b);
      zoom.style.left = `${plot.left - stage.getBoundingClientRect().left + left * plot.width}px`;
      zoom.style.width = `${(right - left) * plot.width}px`;
    }
    if (!view.held) { view.at = timeAt(event); point(); }
  });
  stage.addEventListener("pointerleave", () => { if (!view.held) { view.at = null; point(); } });
  stage.addEventListener("pointerdown", (event) => { if (event.button === 0) drag = { x: event.clientX, at: timeAt(event) }; });
  window.addEventListener("pointerup", (event) => {
    if (drag === null) return;
    const [from, to] = [drag.at, timeAt(event)].sort((a, b) => a - b);
    if (zoom) { zoom.remove(); look(from, to); }
    else { view.held = !view.held; view.at = timeAt(event); point(); }
    drag = zoom = null;
  });
  stage.addEventListener("dblclick", () => { view.held = false; look(start, end); });
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") { view.held = false; look(start, end); }
    if (!step || !time.length) return;
    event.preventDefault();
    const index = view.at === null ? 0 : Math.min(time.length - 1, Math.max(0, indexAt(view.at) + step * (event.shiftKey ? 10 : 1)));
    Object.assign(view, { at: time[index], held: true });
    point();
  });
  window.addEventListener("resize", render);
  window.addEventListener("beforeprint", () => { Object.assign(view, { at: null, held: false, from: start, to: Math.max(end, start + 1e-3) }); render(); });
}

function picks() {
  const layers = ["key", ...new Set(lanes.map((lane) => lane.layer)), "all"];
  byId("picks").replaceChildren(...layers.map((layer) => make("button", {
    type: "button", textContent: NAMES[layer] || layer, ariaPressed: String(layer === view.layer),
    onclick: () => { view.layer = layer; picks(); render(); },
  })));
}

/* Tables. */

function table(titles, rows) {
  const head = make("tr", {}, ...titles.map(([title, kind]) => make("th", { textContent: title, className: kind || "" })));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
}

function faultTable() {
  if (!faults.length) {
    byId("faults").replaceChildren(make("p", { className: "none", textContent: report.frames ? "No black, frozen, blocky or blurred stretch was found." : "No frame was measured." }));
    return;
  }
  const rows = faults.map((each) => {
    const row = make("tr", { data: { at: each.start } },
      make("td", {}, make("i", { className: "dot", style: { background: colour(`--${each.kind}`) } }), KINDS[each.kind] || each.kind),
      ...[clock(each.start), clock(each.end), `${(each.end - each.start).toFixed(2)} s`, String(each.frames), number(each.worst)].map((text) => make("td", { className: "number", textContent: text })));
    row.onclick = () => show(each.start, each.end);
    return row;
  });
  byId("faults").replaceChildren(table([["Kind"], ["From", "number"], ["To", "number"], ["Length", "number"], ["Frames", "number"], ["Worst", "number"]], rows));
}

function show(from, to) {
  const margin = Math.max(1, to - from) / 2;
  Object.assign(view, { at: from, held: true });
  look(from - margin, to + margin);
  byId("stage").scrollIntoView({ block: "center", behavior: "smooth" });
}

function sceneTable() {
  const starts = report.frames ? [{ pts: start, frame: report.frame[0], score: null }, ...cuts] : [];
  const rows = starts.map((scene, index) => {
    const until = index + 1 < starts.length ? starts[index + 1].pts : end;
    const picture = thumbnails.find((each) => each.frame === scene.frame);
    const row = make("tr", { data: { at: scene.pts } },
      make("td", { className: "picture" }, ...(picture ? [make("img", { src: picture.src, alt: "" })] : [])),
      ...[String(index + 1), clock(scene.pts), `${(until - scene.pts).toFixed(2)} s`, String(scene.frame), scene.score === null ? "" : number(scene.score)].map((text) => make("td", { className: "number", textContent: text })));
    row.onclick = () => show(scene.pts, until);
    return row;
  });
  byId("scenes").replaceChildren(table([[""], ["Scene", "number"], ["From", "number"], ["Length", "number"], ["Frame", "number"], ["Change", "number"]], rows));
}

function measureTable() {
  const rows = lanes.map((lane) => make("tr", { title: lane.definition },
    make("td", {}, make("i", { className: "dot", style: { background: colour(COLOURS[lane.layer] || "--soft") } }), `${lane.title} `, make("small", { textContent: lane.unit })),
    ...[lane.low, lane.mean, lane.high].map((value) => make("td", { className: "number", textContent: number(value) }))));
  byId("measures").replaceChildren(table([["Measure"], ["Least", "number"], ["Mean", "number"], ["Most", "number"]], rows));
}

report.ratio = report.shapes.length ? report.shapes[0][0] / report.shapes[0][1] : 16 / 9;
facts();
tiles();
worst();
picks();
faultTable();
sceneTable();
measureTable();
listen();
render();
