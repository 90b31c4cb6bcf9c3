/* What only a session has: its talk, its alerts and gaps, and what was asked, decided and promised. */

const talk = (session && session.talk) || {};
const alerts = (session && session.alerts) || [];
const gaps = (session && session.gaps) || [];
const VOICES = 16;
const TINTS = ["--frozen", "--motion", "--visual", "--quality", "--cut", "--blurred", "--blocky", "--complexity"];
const VIEWS = { speaker: "--frozen", grid: "--motion", spotlight: "--visual", side_by_side: "--cut" };
const TYPES = { decision: "Decisions", action_item: "Action items", question: "Questions", topic: "Topics", sentiment: "Sentiment" };
const LISTS = { topics: "Topics", decisions: "Decisions", open_questions: "Open questions", answered_questions: "Answered questions" };
const voiceTints = new Map((talk.lanes || []).map((lane, index) => [lane.participant, TINTS[index % TINTS.length]]));

/* Whether there is anything to put on a time axis. */
const staged = !session || [lanes, report.cuts, report.faults, alerts, gaps, talk.lanes, talk.layouts, session.viral].some((each) => each && each.length);

const known = (names, key) => (Object.hasOwn(names, key) ? names[key] : null);
const lasting = (each) => (each.end === undefined || each.end === null ? end : each.end);

function dot(tint) {
  return make("i", { className: "dot", style: { background: colour(tint) } });
}

/* Rows of the stage. */

function flag(from, to, top, tint, words, title) {
  const [left, right] = [Math.max(0, share(from)), Math.min(1, share(to))];
  if (right < 0 || left > 1) return [];
  return [make("div", { className: "flag", textContent: words, title, dir: "auto",
    style: { left: `${left * 100}%`, width: `${(right - left) * 100}%`, top: `${top}px`, background: colour(tint) } })];
}

function stageRow(kind, title, note, ...content) {
  const label = make("div", { className: "label" }, ...title, ...(note ? [make("span", { textContent: note })] : []));
  return make("div", { className: `row ${kind}` }, label, make("div", { className: "plot" }, ...content));
}

function boxes(spans, top, height) {
  let path = "";
  for (const [from, to] of spans) {
    if (to < view.from || from > view.to) continue;
    const left = Math.max(0, share(from)) * 1000;
    const wide = Math.max(Math.min(1, share(to)) * 1000 - left, 0.8);
    path += `M${left.toFixed(2)} ${top}h${wide.toFixed(2)}v${height}h${(-wide).toFixed(2)}Z`;
  }
  return path;
}

function voiceRow(lane) {
  const tint = colour(voiceTints.get(lane.participant));
  const chart = svg();
  chart.append(draw("path", { class: "voice", d: boxes(lane.spans, 18, 46), fill: tint }), draw("path", { class: "floor", d: boxes(lane.floor, 78, 12), fill: tint }), draw("path", { class: "camera", d: boxes(lane.camera || [], 94, 4), fill: tint }));
  const title = [said("b", lane.name, "name")];
  return stageRow("talk", title, clock(lane.seconds, 0), chart);
}

function sessionRows() {
  const rows = [];
  if (alerts.length || gaps.length) {
    const drawn = [
      ...alerts.flatMap((each) => flag(each.start, lasting(each), 4, "--alarm", each.rule, `${each.rule}, ${clock(each.start)} to ${clock(lasting(each))}`)),
      ...gaps.flatMap((each) => flag(each.start, each.end, 23, "--faint", "gap", `${clock(each.start)} to ${clock(each.end)}: ${each.reason}`)),
    ];
    rows.push(stageRow("flags", [make("b", { textContent: "Alerts and gaps" })], `${plural(alerts.length, "alert")}, ${plural(gaps.length, "gap")}`, ...drawn));
  }
  const voices = (talk.lanes || []).slice(0, VOICES);
  rows.push(...voices.map(voiceRow));
  const layouts = talk.layouts || [];
  if (layouts.length) {
    const drawn = layouts.flatMap((each, index) => {
      const until = index + 1 < layouts.length ? layouts[index + 1].at : end;
      const named = share(until) - share(each.at) > 0.06 ? each.view.replaceAll("_", " ") : "";
      return flag(each.at, until, 6, known(VIEWS, each.view) || "--soft", named, `${each.view} from ${clock(each.at)}: ${each.reason}`);
    });
    rows.push(stageRow("layouts", [make("b", { textContent: "Layout" })], plural(talk.layout_changes, "change"), ...drawn));
  }
  const scores = session.viral || [];
  if (scores.length) rows.push(scoreRow(scores));
  return rows;
}

/* The viral score as steps; nothing where nothing was known. */
function scoreRow(scores) {
  let path = "";
  for (const [from, to, viral] of scores) {
    if (viral === null || to < view.from || from > view.to) continue;
    const [left, right] = [Math.max(0, share(from)) * 1000, Math.min(1, share(to)) * 1000];
    path += `M${left.toFixed(2)} 100V${(100 - viral).toFixed(1)}H${right.toFixed(2)}V100Z`;
  }
  const chart = svg();
  chart.append(draw("path", { class: "floor", d: path, fill: colour("--quality") }));
  return stageRow("talk", [make("b", { textContent: "Viral score" })], "a ranking signal, not a promise", chart);
}

function viralBoard() {
  const best = session.viral_best || [];
  if (!best.length) return [];
  const rows = best.map((each) => line(each.start, each.end, cell(clock(each.start, 0)), cell(number(each.rank_score), "number"),
    cell(each.viral_score === null ? "–" : number(each.viral_score), "number"),
    words(each.reasons.map((reason) => `${reason.feature.replaceAll("_", " ")} +${number(reason.points)}${reason.text ? `: ${reason.text}` : ""}`).join(" · "))));
  const titles = [["At"], ["Rank", "number"], ["Score", "number"], ["Why"]];
  return [board("Best moments", "A ranking signal from content, not a promise", make("div", { className: "long" }, table(titles, rows)))];
}

/* Bands behind a chart: where nothing was seen, and where an alert on it was open. */
function bands(lane) {
  const spans = gaps.filter(own).map((each) => [each.start, each.end]);
  const bad = alerts.filter((each) => own(each) && each.reading === lane.column).map((each) => [each.start, lasting(each)]);
  return [draw("path", { class: "unseen", d: boxes(spans, 0, 100) }), draw("path", { class: "alarming", d: boxes(bad, 0, 100) })];
}

/* Tiles and boards. */

function sessionFacts() {
  const moment = (text) => text && `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
  const until = session.ended ? `to ${moment(session.ended)}` : session.last_event && `seen until ${moment(session.last_event)}`;
  return [session.kind, [moment(session.started), until].filter(Boolean).join(" "), session.reason && `ended: ${session.reason}`, session.layers && `layers ${session.layers.join(", ")}`];
}

function sessionTiles() {
  const sums = talk.summary || {};
  const matters = session.highlights || [];
  const open = matters.filter((each) => each.type === "question" && !each.answered).length;
  const lost = gaps.reduce((sum, each) => sum + each.end - each.start, 0);
  const counts = session.counts || {};
  const faulty = report.faults.reduce((sum, each) => sum + each.end - each.start, 0);
  return [
    ["Length", clock(session.seconds || 0, 0), "by the clock"],
    report.frames && ["Frames", report.frames.toLocaleString("en"), "measured"],
    counts.cuts && ["Cuts", counts.cuts.toLocaleString("en"), plural(counts.cuts + 1, "scene")],
    counts.faults && ["Faults", counts.faults.toLocaleString("en"), `${faulty.toFixed(2)} s in all`, true],
    counts.alerts && ["Alerts", counts.alerts.toLocaleString("en"), `${alerts.filter((each) => !each.end).length} open`, true],
    counts.gaps && ["Gaps", counts.gaps.toLocaleString("en"), `${lost.toFixed(2)} s not seen`, true],
    talk.participants && ["Participants", String(talk.participants), `${(talk.lanes || []).length} spoke`],
    talk.floor_changes && ["Floor", talk.floor_changes.toLocaleString("en"), "changes"],
    sums.silence != null && ["Silence", clock(sums.silence, 0), `${number((100 * sums.silence) / (sums.seconds || 1))} % of the time`],
    sums.overlap != null && ["Overlap", clock(sums.overlap, 0), "two or more at once"],
    matters.length && ["Highlights", String(matters.length), open ? plural(open, "open question") : "no open question"],
    session.notifications && ["Notified", String(session.notifications), "of action items"],
  ].filter(Boolean);
}

function board(title, hint, ...content) {
  const bar = make("div", { className: "bar" }, make("h2", { textContent: title }), make("p", { className: "hint", textContent: hint || "" }));
  const node = make("section", { className: "board" }, bar, ...content);
  node.setAttribute("aria-label", title);
  return node;
}

const cell = (text, className) => make("td", { textContent: text, className: className || "" });
const words = (text, className) => make("td", {}, said("span", text, className));
const figure = (value) => (typeof value === "string" ? value.replace("inf", "∞") : number(value));

function line(at, until, ...cells) {
  const row = make("tr", {}, ...cells);
  if (at === null || at === undefined || !staged) return row;
  row.dataset.at = at;
  row.onclick = () => show(at, until);
  return row;
}

function speakingBoard() {
  const sums = talk.summary;
  if (!sums || !sums.speakers.length) return [];
  const rows = sums.speakers.map((each) => {
    const part = make("i", { className: "part", style: { width: `${Math.min(1, each.share || 0) * 100}%`, background: colour(voiceTints.get(each.participant) || "--soft") } });
    const counts = ["turns", "interjections", "interruptions", "interrupted"].map((name) => cell(each[name] === null ? "–" : String(each[name]), "number"));
    return line(null, null, make("td", { className: "who" }, dot(voiceTints.get(each.participant) || "--soft"), said("span", each.name, "name")),
      cell(clock(each.seconds || 0, 0), "number"), make("td", { className: "parts" }, part), cell(`${number(100 * (each.share || 0))} %`, "number"),
      counts[0], cell(clock(each.longest_turn || 0, 0), "number"), ...counts.slice(1));
  });
  const titles = [["Participant"], ["Speech", "number"], ["Share"], [""], ["Turns", "number"], ["Longest", "number"], ["Interjections", "number"], ["Interruptions", "number"], ["Interrupted", "number"]];
  return [board("Speaking time", `Silence ${clock(sums.silence || 0, 0)} · overlap ${clock(sums.overlap || 0, 0)} · the floor changed ${talk.floor_changes || 0} times`, make("div", { className: "long" }, table(titles, rows)))];
}

function summaryBoard() {
  const { summary } = session;
  if (!summary) return [];
  const item = (each) => make("li", {}, said("span", each.text, "text"), make("small", { textContent: [each.timestamp, each.deadline && `due ${each.deadline}`].filter(Boolean).join(" · ") }),
    ...(each.answered_by ? [make("small", { textContent: " · answered by " }, said("bdi", each.answered_by))] : []),
    ...(each.deferred_to ? [make("small", { textContent: " · put off by " }, said("bdi", each.deferred_to))] : []));
  const list = (title, lines) => (lines.length ? [make("div", {}, title, make("ul", {}, ...lines.map(item)))] : []);
  const lists = [
    ...Object.entries(LISTS).flatMap(([name, title]) => list(make("h3", { textContent: title }), summary[name])),
    ...Object.entries(summary.actions).flatMap(([owner, lines]) => list(make("h3", { textContent: "To do: " }, said("bdi", owner || "nobody yet")), lines)),
  ];
  const prose = summary.text ? [said("p", summary.text, "prose")] : [];
  return [board("Summary", summary.held_back ? `${summary.held_back} held back by the budget` : "", ...prose, make("div", { className: "columns" }, ...lists))];
}

function highlightRow(each) {
  const answered = each.answered ? [make("span", { textContent: each.answered.at === null ? "" : `${clock(each.answered.at, 0)} ` }), said("bdi", each.answered.by)] : each.deferred_to ? [make("span", { textContent: "put off by " }), said("bdi", each.deferred_to)] : [];
  const said_ = make("td", {}, said("span", each.text, "text"), ...(each.quote && each.quote !== each.text ? [said("small", each.quote, "quote text")] : []));
  return line(each.start, each.start, cell(each.timestamp || "", "number"), said_, words(each.speaker, "text"), words(each.assignee, "text"), cell(each.deadline || "", "number"), cell(each.status || ""), make("td", {}, ...answered));
}

function highlightBoard() {
  const all = session.highlights || [];
  if (!all.length) return [];
  const titles = [["At", "number"], ["What"], ["Said by"], ["For"], ["Due", "number"], ["Status"], ["Answered"]];
  const groups = [...new Set(all.map((each) => each.type))].map((type) => {
    const own = all.filter((each) => each.type === type);
    const head = make("tr", {}, make("th", { className: "group", colSpan: titles.length }, said("span", known(TYPES, type) || type), make("small", { textContent: ` ${own.length}` })));
    return [head, ...own.map(highlightRow)];
  });
  return [board("Highlights", staged ? "Click one to see it on the timeline" : "", make("div", { className: "wide" }, table(titles, groups.flat())))];
}

function alertBoard() {
  if (!alerts.length) return [];
  const rows = alerts.map((each) => line(each.start, lasting(each), make("td", {}, dot("--alarm"), said("span", each.rule), make("small", { textContent: ` ${each.reading}` })),
    cell(clock(each.start), "number"), cell(each.end === null ? "open" : clock(each.end), "number"), cell(figure(each.limit), "number"), cell(figure(each.worst), "number")));
  return [board("Alerts", "Click one to see it on the timeline", make("div", { className: "long" }, table([["Rule"], ["From", "number"], ["To", "number"], ["Limit", "number"], ["Worst", "number"]], rows)))];
}

function gapBoard() {
  if (!gaps.length) return [];
  const rows = gaps.map((each) => line(each.start, each.end, cell(clock(each.start), "number"), cell(clock(each.end), "number"), cell(`${(each.end - each.start).toFixed(2)} s`, "number"), words(each.reason, "text")));
  return [board("Gaps", "Nothing was seen there", make("div", { className: "long" }, table([["From", "number"], ["To", "number"], ["Length", "number"], ["Why"]], rows)))];
}

function counterBoard() {
  const counted = Object.entries(session.counters || {});
  const rows = [...counted, ...(session.omitted ? [["left out of this report", session.omitted]] : [])].filter(([, count]) => count)
    .map(([name, count]) => line(null, null, words(name), cell(count.toLocaleString("en"), "number")));
  return rows.length ? [board("Counters", "What went through, and what was dropped where", make("div", { className: "long" }, table([["What"], ["Count", "number"]], rows)))] : [];
}

function transcriptBoard() {
  const segments = session.transcript || [];
  if (!segments.length) return [];
  const rows = segments.map((each) => line(each.start, each.end, cell(each.start === null ? "" : clock(each.start, 0), "number"), words(each.name, "text"), words(each.text, "text")));
  return [board("Transcript", "", make("div", { className: "long" }, table([["At", "number"], ["Who"], ["Words"]], rows)))];
}

/* Sections in their places; those with nothing in them go. */
function sessionBoards() {
  if (!session) return;
  const [left, right] = document.querySelectorAll(".stack");
  const gone = (id, empty) => empty && byId(id).closest("section").remove();
  gone("faults", !report.faults.length);
  gone("scenes", !report.cuts.length);
  gone("measures", !lanes.length);
  left.append(...alertBoard(), ...gapBoard());
  right.append(...counterBoard());
  document.querySelector("main").append(...transcriptBoard());
  byId("quality").before(...summaryBoard(), ...viralBoard(), ...highlightBoard(), ...speakingBoard());
  gone("stage", !staged);
  const stacks = [left, right].filter((each) => each.children.length || each.remove());
  stacks.forEach((each) => each.classList.toggle("alone", stacks.length === 1));
  const sizes = { voices: talk.lanes, alerts, gaps, highlights: session.highlights, segments: session.transcript };
  for (const [name, list] of Object.entries(sizes)) document.documentElement.dataset[name] = list ? list.length : 0;
}
