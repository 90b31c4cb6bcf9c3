import { V100 } from "@v100/client";
import { useState } from "preact/hooks";
import { who, words } from "./service";

/** A key, once: the browser keeps it where no script reads it. */
export function SignIn() {
  const [error, set] = useState<string | null>(null);
  const enter = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const key = String(new FormData(form).get("key")).trim();
    try {
      who.value = await new V100({ url: location.origin, key }).signIn.keep();
    } catch (failed) {
      set(words(failed));
    }
    form.reset();
  };
  return (
    <main class="door">
      <h1>v100</h1>
      <form onSubmit={enter}>
        <label>
          Key
          <input name="key" type="password" autocomplete="current-password" required placeholder="v100_…" autofocus />
        </label>
        <button class="primary">Sign in</button>
        {error !== null && <p role="alert">{error}</p>}
      </form>
      <p>
        Keys are made with <code>v100 keys create</code>; one with the scope <code>read</code> sees, one with{" "}
        <code>admin</code> may change.
      </p>
    </main>
  );
}
