/* Head and tiles. */

function facts() {
  const shapes = report.shapes.map(([width, height]) => `${width}×${height}`).join(" → ");
  const parts = [...(session ? sessionFacts() : []), report.codec, shapes, report.rate && `${number(report.rate)} frames/s`];
  byId("facts").replaceChildren(...parts.filter(Boolean).flatMap((each, index) => [index ? " · " : "", said("bdi", each)]));
  byId("maker").textContent = `v100_ai ${report.version}`;
  byId("lost").hidden = !report.lost;
  byId("lost").textContent = report.lost || "";
}

function tiles() {
  const mean = (id) => lanes.find((lane) => lane.id === id);
  const entries = session ? sessionTiles() : [
    ["Length", clock(report.seconds), "first to last frame"],
    ["Frames", report.frames.toLocaleString("en"), "measured"],
    ["Scenes", String(report.frames ? cuts.length + 1 : 0), plural(cuts.length, "cut")],
    ["Faults", String(faults.length), faults.length ? `${faults.reduce((sum, each) => sum + each.end - each.start, 0).toFixed(2)} s in all` : "none found", faults.length > 0],
  ];
  if (report.against || session) {
    const [vmaf, psnr] = [mean("quality.vmaf"), mean("quality.psnr")];
    if (vmaf) entries.push(["VMAF", number(vmaf.mean), `mean, least ${number(vmaf.low)}`]);
    if (psnr) entries.push(["PSNR", number(psnr.mean), `mean, dB`]);
  }
  for (const [title, id] of session ? [] : [["Scene complexity", "complexity.scene"], ["Motion", "motion.magnitude"], ["Exposure", "visual.exposure"], ["Sharpness", "visual.sharpness_laplacian_variance"]].slice(0, report.against ? 2 : 4)) {
    const lane = mean(id);
    if (lane) entries.push([title, number(lane.mean), `mean, ${lane.unit}`]);
  }
  byId("tiles").replaceChildren(...entries.map(([title, value, note, alarm]) =>
    make("div", { className: alarm ? "tile alarm" : "tile" }, make("span", { textContent: title }),
      make("b", { textContent: value }), make("small", { textContent: note || "\u00a0" }))));
}

report.ratio = report.shapes.length ? report.shapes[0][0] / report.shapes[0][1] : 16 / 9;
facts();
tiles();
worst();
picks();
faultTable();
sceneTable();
measureTable();
byId("strip").parentNode.hidden = !thumbnails.length;
byId("flags").parentNode.hidden = session && !cuts.length && !faults.length;
byId("picks").hidden = !lanes.length;
sessionBoards();
if (staged) { listen(); render(); }
