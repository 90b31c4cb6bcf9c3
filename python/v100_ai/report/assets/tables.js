/* The reference, and the frames that are furthest from it. */

function worst() {
  const { against } = report;
  if (!against) return;
  byId("quality").hidden = false;
  const lie = against.alignment;
  byId("against").textContent = [`Reference left: ${against.reference}`, against.model, lie && lie.confidence !== null && `confidence ${lie.confidence.toFixed(2)}`].filter(Boolean).join(" · ");
  byId("worst").replaceChildren(...against.worst.map((each) => make("figure", { onclick: () => show(each.pts, each.pts), data: { at: each.pts } },
    make("div", {}, make("img", { src: each.reference, alt: "reference" }), make("img", { src: each.distorted, alt: "distorted" })),
    make("figcaption", {}, make("b", { textContent: `VMAF ${number(each.score)}` }), `${clock(each.pts)}, frame ${each.frame}`))));
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
      make("td", {}, make("i", { className: "dot", style: { background: colour(tintOf(each.kind)) } }), KINDS[each.kind] || each.kind),
      ...[clock(each.start), clock(each.end), `${(each.end - each.start).toFixed(2)} s`, each.frames === null ? "–" : String(each.frames), number(each.worst)].map((text) => make("td", { className: "number", textContent: text })));
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
  const starts = report.frames ? [{ pts: time.length ? time[0] : first, frame: report.frame[0], score: null }, ...cuts] : [];
  const rows = starts.map((scene, index) => {
    const until = index + 1 < starts.length ? starts[index + 1].pts : end;
    const picture = thumbnails.find((each) => each.frame === scene.frame);
    const row = make("tr", { data: { at: scene.pts } },
      make("td", { className: "picture" }, ...(picture ? [make("img", { src: picture.src, alt: "" })] : [])),
      ...[String(index + 1), clock(scene.pts), `${(until - scene.pts).toFixed(2)} s`, scene.frame === null ? "" : String(scene.frame), scene.score === null ? "" : number(scene.score)].map((text) => make("td", { className: "number", textContent: text })));
    row.onclick = () => show(scene.pts, until);
    return row;
  });
  byId("scenes").replaceChildren(table([[""], ["Scene", "number"], ["From", "number"], ["Length", "number"], ["Frame", "number"], ["Change", "number"]], rows));
}

function measureTable() {
  const rows = lanes.map((lane) => make("tr", { title: lane.definition },
    make("td", {}, make("i", { className: "dot", style: { background: colour(COLOURS[lane.layer] || "--soft") } }), `${lane.title} `, make("small", { textContent: [lane.unit, equals(lane)].filter(Boolean).join(", ") })),
    ...[number(lane.low, lane.top), meanOf(lane), lane.equal ? "∞" : number(lane.high, lane.top)].map((textContent) => make("td", { className: "number", textContent }))));
  byId("measures").replaceChildren(table([["Measure"], ["Least", "number"], ["Mean", "number"], ["Most", "number"]], rows));
}
