/** Alarms of everything that runs, open first, and where each came from. */

import { to } from "../route";
import { v100 } from "../service";
import { Empty, Failed, Loading, Table, clock, figure, useAnswer } from "../ui";
import type { Kind } from "../watched";

const BEAT = 5000;
const MOST = 100;

interface Open {
  kind: Kind;
  id: string;
  name: string;
  alert: Awaited<ReturnType<typeof v100.streams.alerts>>["items"][number];
}

async function found(): Promise<Open[]> {
  const kinds: Kind[] = ["streams", "meetings"];
  const pages = await Promise.all(kinds.map((kind) => v100[kind].list({ limit: MOST, state: "active" })));
  const asked = pages.flatMap(({ items }, i) =>
    items.map(async ({ id, name }) => {
      const kind = kinds[i]!;
      const { items: open } = await v100[kind].alerts(id);
      return open.map((alert) => ({ kind, id, name, alert }));
    }),
  );
  return (await Promise.all(asked)).flat();
}

export function Alarms() {
  const { value, error, again } = useAnswer(found, BEAT);
  return (
    <>
      <h1>Alarms</h1>
      {error !== null && <Failed error={error} again={again} />}
      {value === null && error === null && <Loading />}
      {value?.length === 0 && <Empty>No alarm is open. What is over stands in each session's own page.</Empty>}
      {value !== null && value.length > 0 && (
        <Table
          head={["session", "rule", "reading", "worst", "limit", "since"]}
          rows={value.map(({ kind, id, name, alert }) => [
            <a href={to(kind, id)}>{name}</a>,
            alert.rule,
            alert.reading,
            figure(Number(alert.worst)),
            figure(alert.limit),
            clock(alert.start),
          ])}
        />
      )}
    </>
  );
}
