/** Clips of all streams: what they are, why, and how they look. */

import { useEffect, useState } from "preact/hooks";
import { to } from "../route";
import { may, v100, words } from "../service";
import { Action, Empty, Failed, Loading, clock, figure, useAnswer } from "../ui";

const BEAT = 5000;
const MOST = 100;

type Shown = Awaited<ReturnType<typeof v100.clips.get>>;

async function found() {
  const { items } = await v100.streams.list({ limit: MOST });
  const pages = await Promise.all(
    items.map(async (stream) => (await v100.clips.list(stream.id)).items.map((clip: Shown) => ({ stream, clip }))),
  );
  return pages.flat().sort((a, b) => (b.clip.rank_score ?? 0) - (a.clip.rank_score ?? 0));
}

export function Clips() {
  const { value, error, again } = useAnswer(found, BEAT);
  return (
    <>
      <h1>Clips</h1>
      {error !== null && <Failed error={error} again={again} />}
      {value === null && error === null && <Loading />}
      {value?.length === 0 && <Empty>There are no clips: a stream with the flag `clips` makes them.</Empty>}
      <ul class="cards">
        {value?.map(({ stream, clip }) => (
          <li key={clip.id}>
            <h3>
              <a href={to("streams", stream.id)}>{stream.name}</a> {clock(clip.from_pts)}
            </h3>
            <p>
              <span class="badge">{clip.status}</span> rank {figure(clip.rank_score)}, {figure(clip.duration)} s
              {clip.why && `: ${clip.why}`}
            </p>
            {clip.reasons.length > 0 && <p class="faint">{clip.reasons.join("; ")}</p>}
            <p>{clip.text}</p>
            {clip.status === "ready" && <Preview clip={clip} />}
            {may("admin") && (
              <Action work={async () => (await v100.clips.delete(clip.id), again())} sure="Remove the files of this clip?">
                Remove
              </Action>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Preview({ clip }: { clip: Shown }) {
  const [url, set] = useState<string | null>(null);
  const [error, fail] = useState<string | null>(null);
  const [wanted, want] = useState(false);
  const name = clip.files.find((each) => each.endsWith(".mp4"));
  useEffect(() => {
    if (!wanted || name === undefined) return;
    let made: string | null = null;
    v100.clips.file(clip.id, name).then(
      (content) => set((made = URL.createObjectURL(content))),
      (failed) => fail(words(failed)),
    );
    return () => {
      if (made) URL.revokeObjectURL(made);
    };
  }, [wanted, name, clip.version]);
  if (name === undefined) return null;
  if (error !== null) return <Failed error={error} />;
  if (url !== null) return <video controls src={url} />;
  return <button onClick={() => want(true)}>{wanted ? "Loading…" : "Preview"}</button>;
}
