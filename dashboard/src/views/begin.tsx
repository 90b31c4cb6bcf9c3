/** Starting something: a file or URL to watch, or a meeting; the flags as the service itself describes them. */

import { useState } from "preact/hooks";
import type { NewMeeting, NewStream } from "@v100/client";
import { to } from "../route";
import { v100, words } from "../service";
import { Failed, Loading, useAnswer } from "../ui";

interface Schema {
  title?: string;
  description?: string;
  default?: unknown;
  oneOf?: Schema[];
  type?: string;
}

async function flags(): Promise<Record<string, Schema>> {
  const answer = await fetch("/v1/openapi.json");
  const document = (await answer.json()) as {
    components: { schemas: Record<string, { properties: Record<string, Schema> }> };
  };
  const every = Object.entries(document.components.schemas["Layers"]?.properties ?? {});
  // A flag is what may be a yes or a no, or an object of settings.
  return Object.fromEntries(every.filter(([, schema]) => schema.oneOf?.some(({ type }) => type === "boolean")));
}

export function Begin() {
  const { value, error, again } = useAnswer(flags, 0);
  const [kind, choose] = useState<"streams" | "meetings">("streams");
  const [failed, fail] = useState<string | null>(null);
  const start = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const layers: Record<string, unknown> = {};
    for (const name of Object.keys(value ?? {})) if (fields.has(name)) layers[name] = true;
    const text = (name: string) => String(fields.get(name) ?? "").trim() || undefined;
    fail(null);
    try {
      const more = String(fields.get("settings") ?? "").trim();
      if (more) Object.assign(layers, JSON.parse(more));
      const name = text("name") ?? "";
      const made =
        kind === "streams"
          ? await v100.streams.create({
              name,
              source: text("source") ?? null,
              reference: text("reference") ?? null,
              analysis: layers as NewStream["analysis"],
            } as NewStream)
          : await v100.meetings.create({ name, ai: layers as NewMeeting["ai"] } as NewMeeting);
      location.hash = to(kind, made.id);
    } catch (refused) {
      fail(words(refused));
    }
  };
  if (error !== null) return <Failed error={error} again={again} />;
  if (value === null) return <Loading />;
  const usual = kind === "streams" ? ["scene_complexity", "motion_estimation", "visual"] : ["active_speaker", "highlights"];
  return (
    <>
      <h1>Start</h1>
      <form class="begin" onSubmit={start} key={kind}>
        <fieldset>
          <legend>What</legend>
          <label>
            <input type="radio" name="kind" checked={kind === "streams"} onChange={() => choose("streams")} /> a stream: a file or URL
          </label>
          <label>
            <input type="radio" name="kind" checked={kind === "meetings"} onChange={() => choose("meetings")} /> a meeting: people, by the
            room's page or your program
          </label>
        </fieldset>
        <label>
          Name <input name="name" required maxLength={200} />
        </label>
        {kind === "streams" && (
          <>
            <label>
              Source <input name="source" placeholder="launch.mp4, https://…, rtsp://…" />
            </label>
            <label>
              Reference <input name="reference" placeholder="what it is scored against, if anything" />
            </label>
          </>
        )}
        <fieldset>
          <legend>Layers</legend>
          {Object.keys(value).map((name) => (
            <label>
              <input type="checkbox" name={name} defaultChecked={usual.includes(name)} /> {name.replaceAll("_", " ")}
            </label>
          ))}
        </fieldset>
        <label>
          Settings of layers, as JSON
          <textarea name="settings" rows={3} placeholder={'{"active_speaker": {"layout": "grid"}}'} />
        </label>
        <button class="primary">Start</button>
        {failed !== null && <Failed error={failed} />}
      </form>
    </>
  );
}
