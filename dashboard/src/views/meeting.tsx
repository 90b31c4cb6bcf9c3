/** What people say and do: who speaks, what was said, what follows from it, and flags of their pictures. */

import { useState } from "preact/hooks";
import { may, v100 } from "../service";
import { Action, Empty, clock, figure } from "../ui";
import type { Flag, Highlight, Watched } from "../watched";
import { Windowed } from "../windowed";

const HUES = [210, 25, 145, 285, 60, 330, 180, 0, 250, 100];
/** Seconds of who spoke that are drawn. */
const SHOWN = 300;

export function Meeting({ watched }: { watched: Watched }) {
  watched.changed.value;
  const named = (id: string) => watched.present.get(id) ?? id;
  const some = watched.turns.length + watched.said.length + watched.highlights.size + watched.present.size + watched.flags.size;
  if (some === 0) return watched.kind === "meetings" ? <Empty>Nobody is here yet, and nothing was said.</Empty> : null;
  return (
    <>
      <Floor watched={watched} named={named} />
      {watched.flags.size > 0 && <Flags watched={watched} named={named} />}
      <div class="columns">
        {watched.highlights.size > 0 && <Highlights watched={watched} named={named} />}
        {watched.said.length > 0 && <Said watched={watched} named={named} />}
      </div>
    </>
  );
}

type Named = (id: string) => string;

function hue(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)!) % 9973;
  return `hsl(${HUES[sum % HUES.length]} 55% 50%)`;
}

function Floor({ watched, named }: { watched: Watched; named: Named }) {
  watched.changed.value;
  if (watched.turns.length === 0 && watched.present.size === 0) return null;
  const end = Math.max(watched.now, 1);
  const begin = Math.max(0, end - SHOWN);
  const people = new Set([...watched.present.keys(), ...watched.turns.map(({ speaker }) => speaker)]);
  const talk = new Map(watched.talk?.speakers.map((each) => [each.participant, each]));
  return (
    <section>
      <h2>Who speaks</h2>
      <ul class="lanes" aria-label="Who held the floor">
        {[...people].map((id) => (
          <li data-speaks={watched.speaker === id || undefined}>
            <span class="person">
              <i style={{ background: hue(id) }} />
              {named(id)}
              {watched.speaker === id && <b> speaks</b>}
            </span>
            <span class="lane" aria-hidden="true">
              {watched.turns
                .filter((turn) => turn.speaker === id && (turn.to ?? end) > begin)
                .map((turn) => {
                  const from = Math.max(turn.from, begin);
                  const until = turn.to ?? end;
                  const style = {
                    left: `${(100 * (from - begin)) / (end - begin)}%`,
                    width: `${(100 * (until - from)) / (end - begin)}%`,
                    background: hue(id),
                  };
                  return <i style={style} />;
                })}
            </span>
            <span class="faint">{talk.has(id) ? `${clock(talk.get(id)!.seconds)}, ${talk.get(id)!.turns} turns` : ""}</span>
          </li>
        ))}
      </ul>
      {watched.layout !== null && (
        <div class="stage" role="img" aria-label={`Layout ${watched.layout.view}: ${watched.layout.tiles.map(({ participant }) => named(participant)).join(", ")}`}>
          {watched.layout.tiles.map((tile) => (
            <span
              style={{
                left: `${tile.x * 100}%`,
                top: `${tile.y * 100}%`,
                width: `${tile.width * 100}%`,
                height: `${tile.height * 100}%`,
              }}
            >
              {named(tile.participant)}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}

const STATES: Record<Flag["state"], string> = {
  flagged: "face region altered (filter or swap)",
  insufficient: "not enough to judge",
  clear: "nothing unusual",
};

function Flags({ watched, named }: { watched: Watched; named: Named }) {
  watched.changed.value;
  return (
    <section>
      <h2>Pictures of faces</h2>
      <p class="faint">Statistics of the signal, no verdict. Fully generated video is not detected.</p>
      <ul class="cards">
        {[...watched.flags].map(([id, { state, flagged, because }]) => (
          <li data-alarm={state === "flagged" || undefined}>
            <h3>{id === "" ? "this stream" : named(id)}</h3>
            <p>
              {STATES[state]}
              {because && `, because ${because}`}
            </p>
            {flagged && (
              <>
                <p>
                  since {clock(flagged.since)}, score {figure(flagged.score)}, confidence {figure(flagged.confidence)}
                </p>
                <ul>
                  {flagged.signals.map((signal) => (
                    <li>
                      {signal.name.replaceAll("_", " ")}: {figure(signal.value)}, usual {figure(signal.usual as number | null)}
                    </li>
                  ))}
                </ul>
                <p class="faint">{flagged.note}</p>
                {may("admin") && <Verdict watched={watched} track={flagged.track} />}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Verdict({ watched, track }: { watched: Watched; track: string | undefined }) {
  const [by, write] = useState("");
  const say = (verdict: "confirmed" | "dismissed") => () => {
    if (by.trim() === "") throw new Error("Say who decides this.");
    return v100[watched.kind].verdict(watched.id, { verdict, by: by.trim(), ...(track ? { track } : {}) });
  };
  return (
    <p class="bar">
      <label>
        Decided by <input value={by} maxLength={200} onInput={(event) => write(event.currentTarget.value)} />
      </label>
      <Action work={async () => say("dismissed")()}>It is none</Action>
      <Action work={async () => say("confirmed")()}>Tell everybody</Action>
    </p>
  );
}

const NAMES: Record<Highlight["type"], string> = {
  action_item: "Action items",
  decision: "Decisions",
  question: "Questions",
  topic: "Topics",
  sentiment: "Sentiment",
};

function Highlights({ watched, named }: { watched: Watched; named: Named }) {
  watched.changed.value;
  const kept = [...watched.highlights.values()].filter(({ status }) => status !== "retracted");
  const kinds = Object.keys(NAMES) as Highlight["type"][];
  return (
    <section>
      <h2>Highlights</h2>
      {kinds.map((kind) => {
        const found = kept.filter(({ type }) => type === kind).sort((a, b) => b.start - a.start);
        if (found.length === 0) return null;
        return (
          <>
            <h3>
              {NAMES[kind]} <small class="faint">{found.length}</small>
            </h3>
            <ul class="highlights">
              {found.map((each) => (
                <li data-status={each.status} title={each.quote}>
                  <span>{each.text}</span>
                  <small class="faint">
                    {each.timestamp}
                    {each.assignee && ` · ${named(each.assignee)}`}
                    {each.deadline && ` · due ${each.deadline}`}
                    {each.type === "question" && (each.answered ? ` · answered by ${named(each.answered.by)}` : " · open")}
                    {each.status === "provisional" && " · not sure yet"}
                  </small>
                </li>
              ))}
            </ul>
          </>
        );
      })}
      {watched.summary?.text && <p>{watched.summary.text}</p>}
    </section>
  );
}

function Said({ watched, named }: { watched: Watched; named: Named }) {
  watched.changed.value;
  return (
    <section>
      <h2>Transcript</h2>
      <Windowed
        items={watched.said}
        height={44}
        label="Transcript"
        tail
        row={(segment) => (
          <div role="listitem" class="said" key={segment.id}>
            <small class="faint">{clock(segment.start)}</small>
            <b style={{ color: hue(segment.participant) }}>{named(segment.participant)}</b>
            <span>{segment.text}</span>
          </div>
        )}
      />
    </section>
  );
}
