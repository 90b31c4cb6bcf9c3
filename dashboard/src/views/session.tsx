/** One stream or meeting: its charts, what was said and found in it, and who was there. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { Chart, type Panel, type Zoom, zoomed } from "../chart";
import { to } from "../route";
import { may, v100 } from "../service";
import { Action, Empty, Failed, Loading, Table, clock, figure, moment, useBeat } from "../ui";
import { type Kind, Watched } from "../watched";
import { Meeting } from "./meeting";

const PANELS: Panel[] = [
  { title: "VMAF", readings: ["vmaf"], range: [0, 100] },
  { title: "SSIM", readings: ["ssim"] },
  { title: "PSNR", readings: ["psnr"], unit: "dB" },
  { title: "Complexity", readings: ["scene_complexity", "complexity_spatial", "complexity_temporal"] },
  { title: "Motion", readings: ["motion_magnitude", "motion_difference"] },
  { title: "Picture", readings: ["visual_blur", "visual_blockiness", "visual_black_ratio", "visual_exposure"] },
  { title: "Face region altered", readings: ["deepfake_score"], range: [0, 1] },
  { title: "Viral score", readings: ["viral_score", "rank_score"], range: [0, 100] },
];
const STALE = 12;

export function SessionView({ kind, id }: { kind: Kind; id: string }) {
  const watched = useMemo(() => new Watched(kind, id), [kind, id]);
  const zoom = useMemo(zoomed, [kind, id]);
  useEffect(() => {
    void watched.follow();
    return () => watched.close();
  }, [watched]);
  const session = watched.session.value;
  watched.changed.value;
  if (watched.failed.value !== null && session === null) return <Failed error={watched.failed.value} />;
  if (session === null) return <Loading />;
  const active = session.state === "active" && !watched.ended;
  const api = v100[kind];
  return (
    <>
      <div class="bar">
        <h1>{session.name}</h1>
        <State watched={watched} active={active} />
        <a class="button" href={`/v1/${kind}/${id}/report`} target="_blank" rel="noopener">
          Report
        </a>
        {kind === "meetings" && active && (
          <a class="button" href={`/rooms/${id}`} target="_blank" rel="noopener">
            Room
          </a>
        )}
        {may("admin") && active && (
          <Action work={() => api.end(id)} sure={`End ${session.name}? Its events and its report stay.`}>
            End
          </Action>
        )}
        {may("admin") && (
          <Action
            kind="danger"
            work={async () => {
              await api.delete(id);
              location.hash = to();
            }}
            sure={`Remove ${session.name} and all that is kept of it? This cannot be undone.`}
          >
            Delete
          </Action>
        )}
      </div>
      {watched.failed.value !== null && <Failed error={watched.failed.value} />}
      {watched.notices.map(({ code, detail }) => (
        <p class="notice">
          <b>{code}</b> {detail}
        </p>
      ))}
      <Alarms watched={watched} />
      <Charts watched={watched} zoom={zoom} />
      <Meeting watched={watched} />
      <Scores watched={watched} />
      <Counts watched={watched} />
    </>
  );
}

function State({ watched, active }: { watched: Watched; active: boolean }) {
  useBeat(1000);
  if (!active) return <span class="badge">ended: {watched.session.value?.reason ?? ""}</span>;
  const silent = Math.round((performance.now() - watched.heard) / 1000);
  if (silent > STALE && watched.series.size > 0) return <span class="badge stale">last value {silent} s ago</span>;
  return <span class="badge live">live {clock(watched.now)}</span>;
}

function Alarms({ watched }: { watched: Watched }) {
  watched.changed.value;
  const found = [...watched.incidents.values()].reverse();
  if (found.length === 0) return null;
  return (
    <section>
      <h2>Alarms</h2>
      <Table
        head={["state", "rule", "reading", "value", "limit", "from", "to"]}
        rows={found
          .slice(0, 50)
          .map(({ opened, resolved }) => [
            <span class={resolved ? "badge" : "badge alarm"}>{resolved ? "resolved" : "open"}</span>,
            opened.rule,
            opened.reading,
            figure(Number(opened.value)),
            figure(opened.limit),
            clock(opened.start),
            resolved ? clock(resolved.end) : "",
          ])}
      />
    </section>
  );
}

function Charts({ watched, zoom }: { watched: Watched; zoom: Zoom }) {
  watched.changed.value;
  const [at, pick] = useState<number | null>(null);
  const tracks = new Set([...watched.series.keys()].map((name) => (name.includes("\u0000") ? name.split("\u0000")[0]! : "")));
  const [track, choose] = useState<string | null>(null);
  const shown = track ?? [...tracks].sort()[0] ?? "";
  if (watched.series.size === 0) {
    if (watched.kind === "meetings") return null;
    return <Empty>No frame has been measured yet.</Empty>;
  }
  return (
    <section>
      <div class="bar">
        <h2>Readings</h2>
        {tracks.size > 1 && (
          <label>
            Picture{" "}
            <select value={shown} onChange={(event) => choose(event.currentTarget.value)}>
              {[...tracks].map((each) => (
                <option value={each}>{each || "main"}</option>
              ))}
            </select>
          </label>
        )}
        {zoom.value !== null && (
          <button onClick={() => (zoom.value = null)}>
            All of it (now {clock(zoom.value[0])} to {clock(zoom.value[1])})
          </button>
        )}
        <span class="faint">Drag to look closer; click for a moment's values.</span>
      </div>
      {PANELS.map((panel) => (
        <Chart watched={watched} panel={panel} track={shown} zoom={zoom} picked={pick} />
      ))}
      {at !== null && <Moment watched={watched} track={shown} at={at} />}
      <Marks watched={watched} zoom={zoom} />
    </section>
  );
}

function Moment({ watched, track, at }: { watched: Watched; track: string; at: number }) {
  watched.changed.value;
  const prefix = track ? `${track}\u0000` : "";
  const rows: string[][] = [];
  for (const [name, series] of watched.series) {
    if (!name.startsWith(prefix) || (!prefix && name.includes("\u0000"))) continue;
    let i = series.at.findIndex((each) => each >= at);
    if (i < 0) i = series.at.length - 1;
    rows.push([name.slice(prefix.length), figure(series.least[i]), figure(series.mean[i]), figure(series.greatest[i])]);
  }
  return (
    <div class="moment">
      <h3>At {clock(at)}</h3>
      <Table head={["reading", "least", "mean", "greatest"]} rows={rows} />
    </div>
  );
}

function Marks({ watched, zoom }: { watched: Watched; zoom: Zoom }) {
  watched.changed.value;
  const found = watched.marks.filter(({ kind }) => kind !== "cut" && kind !== "alert").slice(-100).reverse();
  const cuts = watched.marks.filter(({ kind }) => kind === "cut").length;
  if (watched.marks.length === 0) return null;
  return (
    <details>
      <summary>
        {found.length} faults, gaps, flags and clips; {cuts} cuts
      </summary>
      <Table
        head={["what", "from", "to", ""]}
        rows={found.map(({ kind, from, to: until, text }) => [
          `${kind}: ${text}`,
          clock(from),
          clock(until),
          <button onClick={() => (zoom.value = [Math.max(0, from - 10), until + 10])}>Show</button>,
        ])}
      />
    </details>
  );
}

function Scores({ watched }: { watched: Watched }) {
  watched.changed.value;
  const last = watched.scores[watched.scores.length - 1];
  if (last === undefined) return null;
  return (
    <section>
      <h2>
        Viral score {figure(last.viral_score)} <small class="faint">confidence {figure(last.confidence)}, {last.calibration}</small>
      </h2>
      <p class="faint">A ranking signal from content, not a promise.</p>
      <Table
        head={["factor", "value", "points", "because"]}
        rows={last.factors.map((factor) => [
          factor.name.replaceAll("_", " "),
          figure(factor.value),
          figure(factor.points),
          (factor.reasons ?? []).map((reason) => `${reason.text ?? reason.feature} (${figure(reason.points)})`).join("; "),
        ])}
      />
      {last.missing.length > 0 && <p class="faint">Not there: {last.missing.join(", ")}</p>}
    </section>
  );
}

function Counts({ watched }: { watched: Watched }) {
  watched.changed.value;
  const session = watched.session.value;
  const rows = Object.entries(watched.counts).flatMap(([place, counts]) =>
    Object.entries(counts).map(([name, value]) => [place, name, figure(value)]),
  );
  return (
    <details>
      <summary>About this session</summary>
      <p>
        {session?.id}, begun {moment(session?.created)}
      </p>
      <pre>{JSON.stringify(session?.settings, null, 2)}</pre>
      {rows.length > 0 && <Table head={["where", "what", "count"]} rows={rows} />}
    </details>
  );
}
