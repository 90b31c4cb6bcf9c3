/* Head and tiles. */

function facts() {
  const shapes = report.shapes.map(([width, height]) => `${width}×${height}`).join(" → ");
  const told = report.words && report.words.length ? report.words : [report.codec, shapes, report.rate && `${number(report.rate)} frames/s`];
  const parts = [...(session ? sessionFacts() : []), ...told, told === report.words && report.shapes.length > 1 && shapes];
  byId("facts").replaceChildren(...parts.filter(Boolean).flatMap((each, index) => [index ? " · " : "", said("bdi", each)]));
  byId("maker").textContent = `v100_ai ${report.version}`;
  byId("lost").hidden = !report.lost;
  byId("lost").textContent = report.lost || "";
  const kinds = [[compared(), ""], [report.warnings, "doubt"], [report.notes, "note"]];
  const lines = kinds.flatMap(([texts, kind]) => (texts || []).map((text) => said("li", text, kind)));
  byId("warnings").hidden = !lines.length;
  byId("warnings").replaceChildren(...lines);
}

/* How the input and its reference lie to each other, before anything that is said of scores. */
function compared() {
  const { against } = report;
  if (!against) return [];
  const lie = against.alignment;
  const count = (name) => lie[name] && `${lie[name]} ${name}`;
  const found = lie ? [`${lie.paired} paired`, ...["unpaired", "duplicated", "dropped"].map(count),
    lie.offset && `offset ${lie.offset.toFixed(3)} s`, lie.confidence !== null && `confidence ${lie.confidence.toFixed(2)}`] : [];
  return [[`Compared with ${against.reference}`, against.model, ...found].filter(Boolean).join(" · ")];
}

function tiles() {
  const mean = (id) => lanes.find((lane) => lane.id === id);
  const entries = session ? sessionTiles() : [
    ["Length", clock(report.seconds), report.gaps && report.gaps.length ? plural(report.gaps.length, "gap") : "first to last frame"],
    ["Frames", report.frames.toLocaleString("en"), "measured"],
    ["Scenes", String(report.frames ? cuts.length + 1 : 0), plural(cuts.length, "cut")],
    ["Faults", String(faults.length), faults.length ? `${faults.reduce((sum, each) => sum + each.end - each.start, 0).toFixed(2)} s in all` : report.frames ? "none found" : "nothing measured", faults.length > 0],
  ];
  if (report.against || session) {
    const [vmaf, psnr] = [mean("quality.vmaf"), mean("quality.psnr")];
    if (vmaf) entries.push(["VMAF", meanOf(vmaf), `mean, least ${number(vmaf.low, vmaf.top)}`]);
    if (psnr) entries.push(["PSNR", meanOf(psnr), ["dB, of the mean error", equals(psnr)].filter(Boolean).join(", ")]);
  }
  for (const [title, id] of session ? [] : [["Scene complexity", "complexity.scene"], ["Motion", "motion.magnitude"], ["Exposure", "visual.exposure"], ["Sharpness", "visual.sharpness_laplacian_variance"]].slice(0, report.against ? 2 : 4)) {
    const lane = mean(id);
    if (lane) entries.push([title, number(lane.mean, lane.top), `mean, ${lane.unit}`]);
  }
  byId("tiles").replaceChildren(...entries.map(([title, value, note, alarm]) =>
    make("div", { className: alarm ? "tile alarm" : "tile" }, make("span", { textContent: title }),
      make("b", { textContent: value }), make("small", { textContent: note || "\u00a0" }))));
}

/* What is told of the picture that is charted. */
function boards() {
  tiles();
  picks();
  if (byId("faults")) faultTable();
  if (byId("scenes")) sceneTable();
  if (byId("measures")) measureTable();
}

report.ratio = report.shapes.length ? report.shapes[0][0] / report.shapes[0][1] : 16 / 9;
facts();
worst();
boards();
byId("strip").parentNode.hidden = !thumbnails.length;
byId("flags").parentNode.hidden = session && !report.cuts.length && !report.faults.length;
byId("picks").hidden = !lanes.length;
sessionBoards();
if (staged) { listen(); render(); }
