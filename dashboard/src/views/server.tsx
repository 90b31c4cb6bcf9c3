/** The server: whether it takes work, and its counters. */

import { useState } from "preact/hooks";
import { may, v100, who } from "../service";
import { Failed, Loading, Table, figure, useAnswer } from "../ui";

const BEAT = 5000;

/** Lines of Prometheus' text: name, labels, value. */
function read(text: string): { name: string; labels: string; value: number }[] {
  return text.split("\n").flatMap((line) => {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!found || found[1]!.endsWith("_bucket") || found[1]!.endsWith("_created")) return [];
    return [{ name: found[1]!, labels: found[2] ?? "", value: Number(found[3]) }];
  });
}

export function Server() {
  const ready = useAnswer(() => v100.server.ready(), BEAT);
  const counters = useAnswer(() => (may("metrics") ? v100.server.metrics() : Promise.resolve("")), BEAT);
  const [wanted, search] = useState("");
  const found = who.value;
  const rows = read(counters.value ?? "").filter(({ name }) => name.includes(wanted));
  return (
    <>
      <h1>Server</h1>
      {ready.error !== null && <Failed error={ready.error} again={ready.again} />}
      {ready.value === null && ready.error === null && <Loading />}
      {ready.value !== null && (
        <p>
          <span class={ready.value.status === "ready" ? "badge live" : "badge alarm"}>{ready.value.status}</span>{" "}
          {ready.value.detail ?? ""} {ready.value.model ?? ""} {found ? `version ${found.version}, media ${found.media ? "on" : "off"}` : ""}
        </p>
      )}
      {!may("metrics") && <p class="faint">Counters need a key of the scope metrics.</p>}
      {counters.error !== null && <Failed error={counters.error} again={counters.again} />}
      {rows.length + wanted.length > 0 && (
        <>
          <label>
            Counter <input type="search" value={wanted} onInput={(event) => search(event.currentTarget.value)} />
          </label>
          <Table head={["counter", "of", "value"]} rows={rows.map(({ name, labels, value }) => [name, labels, figure(value)])} />
        </>
      )}
    </>
  );
}
