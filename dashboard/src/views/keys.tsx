/** Who may ask: keys, made and revoked. */

import type { NewKey } from "@v100/client";
import { useState } from "preact/hooks";
import { v100, words } from "../service";
import { Action, Empty, Failed, Loading, Table, moment, useAnswer } from "../ui";

const SCOPES = ["read", "ingest", "metrics", "admin"] as const;

export function Keys() {
  const { value, error, again } = useAnswer(() => v100.keys.list(), 0);
  const [told, tell] = useState<string | null>(null);
  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const scopes = SCOPES.filter((scope) => fields.has(scope)) as unknown as NewKey["scopes"];
    try {
      const made = await v100.keys.create({ name: String(fields.get("name")), scopes });
      tell(`The key, told this once: ${made.secret}`);
      form.reset();
    } catch (failed) {
      tell(words(failed));
    }
    again();
  };
  return (
    <>
      <h1>Keys</h1>
      <form class="bar" onSubmit={add}>
        <label>
          Name <input name="name" required maxLength={200} />
        </label>
        {SCOPES.map((scope) => (
          <label>
            <input type="checkbox" name={scope} defaultChecked={scope === "read"} /> {scope}
          </label>
        ))}
        <button class="primary">Make a key</button>
      </form>
      {told !== null && (
        <p class="notice" role="status">
          {told}
        </p>
      )}
      {error !== null && <Failed error={error} again={again} />}
      {value === null && error === null && <Loading />}
      {value?.items.length === 0 && (
        <Empty>There are no keys: whoever reaches this server may do everything. With the first one, a key is needed.</Empty>
      )}
      {value !== null && value.items.length > 0 && (
        <Table
          head={["name", "scopes", "session", "made", "state", ""]}
          rows={value.items.map((each) => [
            each.name,
            each.scopes.join(", "),
            each.session ?? "all",
            moment(each.created),
            each.revoked ? `revoked ${moment(each.revoked)}` : each.expires ? `until ${moment(each.expires)}` : "good",
            each.revoked ? (
              ""
            ) : (
              <Action kind="danger" sure={`Revoke ${each.name}? Whoever uses it is sent away.`} work={async () => (await v100.keys.revoke(each.id), again())}>
                Revoke
              </Action>
            ),
          ])}
        />
      )}
    </>
  );
}
