/** The dashboard: whoever is signed in, where they are, and whether the service answers. */

import { render } from "preact";
import { useEffect } from "preact/hooks";
import { route, to } from "./route";
import { ask, heard, may, reachable, v100, watch, who } from "./service";
import { SignIn } from "./sign-in";
import "./style.css";
import { Loading, useBeat } from "./ui";
import { Alarms } from "./views/alarms";
import { Begin } from "./views/begin";
import { Clips } from "./views/clips";
import { Keys } from "./views/keys";
import { Server } from "./views/server";
import { SessionView } from "./views/session";
import { Wall } from "./views/wall";
import { Webhooks } from "./views/webhooks";

const PLACES = [
  { path: [], name: "Live", needs: "read" },
  { path: ["alarms"], name: "Alarms", needs: "read" },
  { path: ["clips"], name: "Clips", needs: "read" },
  { path: ["begin"], name: "Start", needs: "admin" },
  { path: ["webhooks"], name: "Webhooks", needs: "admin" },
  { path: ["keys"], name: "Keys", needs: "admin" },
  { path: ["server"], name: "Server", needs: "read" },
] as const;

function View() {
  const [first, second] = route.value;
  if ((first === "meetings" || first === "streams") && second) return <SessionView key={second} kind={first} id={second} />;
  switch (first) {
    case undefined:
      return <Wall />;
    case "alarms":
      return <Alarms />;
    case "clips":
      return <Clips />;
    case "begin":
      return <Begin />;
    case "webhooks":
      return <Webhooks />;
    case "keys":
      return <Keys />;
    case "server":
      return <Server />;
    default:
      return <p class="empty">There is no such page.</p>;
  }
}

function Silent() {
  useBeat(1000);
  if (reachable.value) return null;
  const seconds = Math.round((performance.now() - heard.value) / 1000);
  return (
    <p class="silent" role="status">
      Disconnected: the service last answered {seconds} s ago. What is shown is of then; it goes on by itself.
    </p>
  );
}

function App() {
  useEffect(() => {
    void ask();
    watch();
  }, []);
  const found = who.value;
  if (found === null) return <Loading />;
  if (found === false) return <SignIn />;
  const here = route.value[0] ?? "";
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        To the content
      </a>
      <header>
        <a class="name" href={to()}>
          v100
        </a>
        <nav aria-label="Views">
          {PLACES.filter(({ needs }) => may(needs)).map(({ path, name }) => (
            <a href={to(...path)} aria-current={here === (path[0] ?? "") ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <span class="who">
          {found.key === null ? "no keys: open on this machine" : `${found.tenant}: ${found.scopes.join(", ")}`}
          {found.key !== null && (
            <button
              onClick={async () => {
                await v100.signIn.forget();
                who.value = false;
              }}
            >
              Sign out
            </button>
          )}
        </span>
      </header>
      <Silent />
      <main id="main" tabIndex={-1}>
        <View />
      </main>
    </>
  );
}

render(<App />, document.getElementById("app")!);
