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

/* Lanes. */

function svg() {
  return draw("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none" });
}

/* From zero to the bound where values come near it, else to the greatest; a few peaks that would flatten all else are cut off. */
function scaleOf(lane) {
  const low = Math.min(0, lane.low);
  // What cuts are decided from fills its lane only where there is one.
  if (lane.id === "visual.scene_change") return { low: 0, high: lane.top, cut: false };
  if (lane.top !== null && lane.high > lane.top * 0.35) return { low, high: lane.top, cut: false };
  const sorted = lane.highs.filter((value) => value !== null).sort((a, b) => a - b);
  const usual = 1.6 * sorted[Math.floor(0.97 * (sorted.length - 1))];
  if (usual > low && lane.high > 2 * usual) return { low, high: usual, cut: true };
  return { low, high: lane.high > low ? lane.high : low + 1, cut: false };
}

/* Indices of the points that lie behind a gap: no line is drawn to them. */
let anew = behindGaps(pictures[0]);

function behindGaps(picture) {
  const found = new Set(picture.anew || []);
  const gaps = session ? (session.gaps || []).filter(own).map((gap) => [gap.start, gap.end]) : [];
  for (const [, until] of [...picture.holes, ...gaps]) {
    const index = indexAt(until - 1e-6);
    found.add(time[index] >= until - 1e-6 ? index : index + 1);
  }
  return found;
}

/* Chart another picture. */
function choose(picture) {
  ({ time, lanes } = picture);
  view.track = picture.track ?? null;
  Object.assign(report, { frame: picture.frame, frames: picture.frames });
  [cuts, faults] = [report.cuts.filter(own), report.faults.filter(own)];
  anew = behindGaps(picture);
  boards();
  render();
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
    if (!run || anew.has(index)) runs.push((run = []));
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

/* Times without frames. */
function unseen() {
  return (report.gaps || []).filter((gap) => gap.end > view.from && gap.start < view.to).map((gap) => {
    const from = Math.max(0, share(gap.start)) * 1000, to = Math.min(1, share(gap.end)) * 1000;
    return draw("rect", { class: "unseen", x: from, y: 0, width: Math.max(1, to - from), height: 100 });
  });
}

function laneRow(lane) {
  const scale = scaleOf(lane);
  const { line, area, band, points } = paths(lane, scale);
  const tint = colour(COLOURS[lane.layer] || "--soft");
  const chart = svg();
  for (const level of [6, 50, 94]) chart.append(draw("line", { class: "grid", x1: 0, x2: 1000, y1: level, y2: level }));
  if (session) chart.append(...bands(lane));
  else chart.append(...unseen());
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
    const found = index === null ? meanOf(lane) : number(lane.values[index], lane.top);
    value.replaceChildren(found, make("small", { textContent: ` ${index === null ? "mean, " : ""}${lane.unit}` }));
  };
  lane.show(null);
  return { row: make("div", { className: "row lane" }, label, plot), points };
}

const tintOf = (kind) => (Object.hasOwn(KINDS, kind) ? `--${kind}` : "--soft");
const numbered = (frame) => (frame === null ? "" : `, frame ${frame}`);

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
    make("i", { className: "cutmark", title: `Cut at ${clock(cut.pts)}${numbered(cut.frame)}`, style: { left: `${share(cut.pts) * 100}%` } }));
  for (const each of faults) {
    const left = Math.max(0, share(each.start)), right = Math.min(1, share(each.end));
    if (right < 0 || left > 1) continue;
    nodes.push(make("div", {
      className: "flag", textContent: KINDS[each.kind] || each.kind, title: `${KINDS[each.kind] || each.kind}, ${clock(each.start)} to ${clock(each.end)}`,
      style: { left: `${left * 100}%`, width: `${(right - left) * 100}%`, top: each.kind === "black" || each.kind === "frozen" ? "19px" : "28px", background: colour(tintOf(each.kind)) },
    }));
  }
  byId("flags").replaceChildren(...nodes);
  byId("legend").textContent = `${plural(cuts.length, "cut")}, ${plural(faults.length, "fault")}`;
}

function axis() {
  const span = view.to - view.from;
  const wanted = span / Math.max(2, Math.floor((byId("axis").clientWidth || 1000) / 110));
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].find((each) => each >= wanted) || 14400 * Math.ceil(wanted / 14400);
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
  byId("lanes").replaceChildren(...(session ? sessionRows() : []), ...rows);
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
  byId("now").textContent = off ? `${thumbnails.length} of ${report.frames} frames` : `${clock(view.at)}${time.length ? ` · frame ${report.frame[indexAt(view.at)]}` : ""}`;
  byId("at").textContent = off || thumbnails.length ? "" : byId("now").textContent;
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
    if (!step) return;
    event.preventDefault();
    const steps = step * (event.shiftKey ? 10 : 1);
    const index = view.at === null ? 0 : Math.min(time.length - 1, Math.max(0, indexAt(view.at) + steps));
    const along = Math.min(view.to, Math.max(view.from, (view.at ?? view.from) + (steps * (view.to - view.from)) / 200));
    Object.assign(view, { at: time.length ? time[index] : along, held: true });
    point();
  });
  window.addEventListener("resize", render);
  window.addEventListener("beforeprint", () => { Object.assign(view, { at: null, held: false, from: start, to: Math.max(end, start + 1e-3) }); render(); });
}

function picks() {
  const layers = ["key", ...new Set(lanes.map((lane) => lane.layer)), "all"];
  const whose = make("select", { ariaLabel: "Whose picture", onchange: () => choose(pictures[whose.selectedIndex]) },
    ...pictures.map((each) => make("option", { textContent: each.called, dir: "auto", selected: each.track === view.track })));
  byId("picks").replaceChildren(...(pictures.length > 1 ? [whose] : []), ...layers.map((layer) => make("button", {
    type: "button", textContent: NAMES[layer] || layer, ariaPressed: String(layer === view.layer),
    onclick: () => { view.layer = layer; picks(); render(); },
  })));
}
