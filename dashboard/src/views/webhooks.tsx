/** Where events are sent, what became of each, and what to do about it. */

import { useState } from "preact/hooks";
import { v100 } from "../service";
import { Action, Empty, Failed, Loading, Table, moment, useAnswer } from "../ui";

const BEAT = 5000;

export function Webhooks() {
  const { value, error, again } = useAnswer(() => v100.webhooks.list(), BEAT);
  const [told, tell] = useState<string | null>(null);
  const [open, show] = useState<string | null>(null);
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const types = String(fields.get("types")).split(/[\s,]+/).filter(Boolean);
    try {
      const made = await v100.webhooks.create({ url: String(fields.get("url")), types });
      tell(`The secret that signs what is sent, told this once: ${made.secret}`);
      form.reset();
    } catch (failed) {
      tell(failed instanceof Error ? failed.message : String(failed));
    }
    again();
  };
  return (
    <>
      <h1>Webhooks</h1>
      <form class="bar" onSubmit={add}>
        <label>
          URL <input name="url" type="url" required placeholder="https://…" />
        </label>
        <label>
          Types <input name="types" placeholder="all, or alert.opened, clip.ready" />
        </label>
        <button class="primary">Add</button>
      </form>
      {told !== null && (
        <p class="notice" role="status">
          {told}
        </p>
      )}
      {error !== null && <Failed error={error} again={again} />}
      {value === null && error === null && <Loading />}
      {value?.items.length === 0 && <Empty>Events are sent nowhere yet.</Empty>}
      {value !== null && value.items.length > 0 && (
        <Table
          head={["URL", "types", "state", ""]}
          rows={value.items.map((each) => [
            each.url,
            each.types.join(", ") || "all",
            each.enabled ? "on" : `off: ${each.disabled ?? ""}`,
            <span class="bar">
              <button aria-expanded={open === each.id} onClick={() => show(open === each.id ? null : each.id)}>
                Deliveries
              </button>
              <Action work={() => v100.webhooks.test(each.id)}>Test</Action>
              <Action
                work={async () => {
                  const { secret } = await v100.webhooks.rotate(each.id);
                  tell(`The new secret, told this once: ${secret}. The last one signs too until the next rotation.`);
                }}
              >
                Rotate
              </Action>
              <Action work={async () => (await v100.webhooks.update(each.id, { enabled: !each.enabled }), again())}>
                {each.enabled ? "Disable" : "Enable"}
              </Action>
              <Action kind="danger" sure={`Send nothing more to ${each.url}?`} work={async () => (await v100.webhooks.delete(each.id), again())}>
                Delete
              </Action>
            </span>,
          ])}
        />
      )}
      {open !== null && <Deliveries id={open} />}
    </>
  );
}

function Deliveries({ id }: { id: string }) {
  const { value, error, again } = useAnswer(() => v100.webhooks.deliveries(id, { limit: 100 }), BEAT, id);
  if (error !== null) return <Failed error={error} again={again} />;
  if (value === null) return <Loading />;
  return (
    <section>
      <h2>Deliveries</h2>
      {value.items.length === 0 && <Empty>Nothing was sent yet.</Empty>}
      {value.items.length > 0 && (
        <Table
          head={["event", "of", "state", "attempts", "answer", "due", ""]}
          rows={value.items.map((each) => [
            each.type,
            `${each.session} ${each.seq}`,
            each.state,
            each.attempts,
            each.error ?? each.status ?? "",
            moment(each.due),
            <Action work={async () => (await v100.webhooks.replay(id, { events: [each.event] }), again())}>Send again</Action>,
          ])}
        />
      )}
    </section>
  );
}
