/** The service behind this page: one client, who is signed in, and whether it answers. */

import { signal } from "@preact/signals";
import { ApiError, ServiceUnreachable, V100 } from "@v100/client";

export const v100 = new V100({ url: location.origin });

export type Who = Awaited<ReturnType<V100["signIn"]["who"]>>;

/** Null until it is known, false for nobody. */
export const who = signal<Who | false | null>(null);

/** Milliseconds on the page's clock when the service last answered; what is not reachable is said everywhere. */
export const heard = signal(performance.now());
export const reachable = signal(true);

const BEAT = 5000;

export async function ask(): Promise<void> {
  try {
    who.value = await v100.signIn.who();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) who.value = false;
    else if (error instanceof ApiError && error.status === 403) who.value = false;
    else setTimeout(ask, BEAT);
  }
}

/** Looks whether the service answers, for as long as the page is open. */
export function watch(): void {
  const look = async () => {
    try {
      await v100.server.ready();
      heard.value = performance.now();
      reachable.value = true;
    } catch {
      reachable.value = false;
    }
    setTimeout(look, BEAT);
  };
  void look();
}

export function may(scope: "admin" | "read" | "ingest" | "metrics"): boolean {
  const found = who.value;
  return !!found && (found.scopes.includes("admin") || found.scopes.includes(scope));
}

/** What went wrong, in words for people. */
export function words(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 401) who.value = false;
    return error.detail;
  }
  if (error instanceof ServiceUnreachable) return "The service does not answer.";
  return error instanceof Error ? error.message : String(error);
}
