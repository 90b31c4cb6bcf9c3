/** Everything that runs, a tile each, the worst first. */

import type { Session } from "@v100/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { to } from "../route";
import { may, v100 } from "../service";
import { Empty, Failed, Loading, figure, useAnswer, useBeat } from "../ui";
import { type Kind, Watched } from "../watched";

const BEAT = 5000;
const MOST = 200;
/** Seconds without a word after which what a tile shows is called stale. */
const STALE = 12;

async function sessions(state: "active" | "ended"): Promise<Session[]> {
  const pages = await Promise.all([
    v100.streams.list({ limit: MOST, state }),
    v100.meetings.list({ limit: MOST, state }),
  ]);
  return pages.flatMap((page) => page.items).sort((a, b) => (a.created < b.created ? 1 : -1));
}

export function Wall() {
  const [state, show] = useState<"active" | "ended">("active");
  const { value, error, again } = useAnswer(() => sessions(state), BEAT, state);
  const [wanted, search] = useState("");
  const found = (value ?? []).filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <>
      <div class="bar">
        <h1>{state === "active" ? "Live" : "Ended"}</h1>
        <label>
          Name <input type="search" value={wanted} onInput={(event) => search(event.currentTarget.value)} />
        </label>
        <button aria-pressed={state === "ended"} onClick={() => show(state === "active" ? "ended" : "active")}>
          {state === "active" ? "Show ended" : "Show live"}
        </button>
      </div>
      {error !== null && <Failed error={error} again={again} />}
      {value === null && error === null && <Loading />}
      {value !== null && found.length === 0 && (
        <Empty>
          {wanted ? "Nothing of that name." : state === "active" ? "Nothing runs. " : "Nothing has ended yet."}
          {!wanted && state === "active" && may("admin") && <a href={to("begin")}>Start something.</a>}
        </Empty>
      )}
      <ul class="wall">
        {found.map((session) => (
          <Tile key={session.id} session={session} />
        ))}
      </ul>
    </>
  );
}

function Tile({ session }: { session: Session }) {
  const place = useRef<HTMLLIElement>(null);
  const [watched, set] = useState<Watched | null>(null);
  const kind: Kind = session.kind === "meeting" ? "meetings" : "streams";
  useEffect(() => {
    const element = place.current;
    if (!element || session.state !== "active") return;
    let open: Watched | null = null;
    // Only tiles in sight have a connection.
    const seen = new IntersectionObserver((entries) => {
      const near = entries[entries.length - 1]?.isIntersecting ?? false;
      if (near && open === null) {
        open = new Watched(kind, session.id, Math.max(session.seq - 20, 0));
        void open.follow();
        set(open);
      } else if (!near && open !== null) {
        open.close();
        open = null;
      }
    });
    seen.observe(element);
    return () => {
      seen.disconnect();
      open?.close();
    };
  }, [session.id, session.state]);
  const alerts = useAnswer(() => v100[kind].alerts(session.id), session.state === "active" ? 10_000 : 0, session.id);
  const open = (alerts.value?.items.length ?? 0) > 0 || [...(watched?.incidents.values() ?? [])].some((each) => !each.resolved);
  return (
    <li class="tile" ref={place} data-alarm={open || undefined}>
      <a href={to(kind, session.id)}>
        <h2>{session.name}</h2>
        <p class="faint">
          {session.kind}, {session.state === "active" ? "live" : `ended: ${session.reason ?? ""}`}
        </p>
        {watched && <Live watched={watched} />}
        {open && <p class="alarm">Alarm: {alerts.value?.items[0]?.rule ?? "open"}</p>}
      </a>
    </li>
  );
}

const SHOWN: [string, string][] = [
  ["vmaf", "VMAF"],
  ["ssim", "SSIM"],
  ["psnr", "PSNR"],
  ["scene_complexity", "complexity"],
  ["motion_magnitude", "motion"],
  ["viral_score", "viral"],
];

function Live({ watched }: { watched: Watched }) {
  useBeat(1000);
  watched.changed.value;
  const silent = Math.round((performance.now() - watched.heard) / 1000);
  const values = SHOWN.filter(([name]) => watched.latest.has(name));
  const flagged = [...watched.flags.values()].some(({ state }) => state === "flagged");
  return (
    <>
      <dl>
        {values.map(([name, label]) => (
          <div>
            <dt>{label}</dt>
            <dd>{figure(watched.latest.get(name))}</dd>
          </div>
        ))}
        {watched.speaker !== null && (
          <div>
            <dt>speaks</dt>
            <dd>{watched.present.get(watched.speaker) ?? watched.speaker}</dd>
          </div>
        )}
      </dl>
      {flagged && <p class="alarm">A face region is altered: filter or swap.</p>}
      {values.length > 0 && silent > STALE && <p class="stale">last value {silent} s ago</p>}
    </>
  );
}
