import { ApiError, HistoryLost, ServiceUnreachable, problem } from "./errors.js";
import type { SessionEvent } from "./generated/events.js";
import type { Http } from "./http.js";
import { AWAY, Backoff, pause } from "./retry.js";
import { type Message, type Place, Refused, type Transport, overFetch, overWebSocket } from "./transports.js";

const FIRST = 0.1;
const LONGEST = 10;
/** Seconds without a word after which a connection is dead: the service speaks every 20. */
const SILENCE = 45;
const PATIENCE = 600;

/** How events are followed. */
export interface Following<Type extends SessionEvent["type"] = SessionEvent["type"]> {
  /** The number of the last event that was seen; 0 for all there are, the default; `latest` for none of before. */
  after?: number | "latest";
  /** That of the last event that was seen, where it is known. */
  epoch?: number;
  /** Which types of events; all without. */
  types?: readonly Type[];
  /** When the event that follows is not kept: throw `HistoryLost`, or go on with what is. */
  lost?: "throw" | "continue";
  /** Seconds without contact after which the service is given up. */
  patience?: number;
  signal?: AbortSignal;
  /** Another transport: WebSocket where there is one, else `fetch`. */
  transport?: Transport;
}

/** The connection says what cannot be: another one is needed. */
class Broken extends Error {}

/** Each event of a session once, in order, with none left out, over any cut; until the session ends. */
export async function* follow<Type extends SessionEvent["type"]>(
  http: Http,
  path: string,
  session: string,
  options: Following<Type> = {},
): AsyncGenerator<Extract<SessionEvent, { type: Type }>> {
  const place: Place = {
    path,
    after: options.after ?? 0,
    epoch: options.epoch,
    types: options.types ?? [],
    partial: false,
  };
  const transport = options.transport ?? (typeof WebSocket === "undefined" ? overFetch : overWebSocket);
  const backoff = new Backoff(FIRST, LONGEST);
  const patience = options.patience ?? PATIENCE;
  let heard = performance.now();
  for (;;) {
    let reason: unknown = "closed";
    const silence = new Silence(options.signal);
    try {
      for await (const message of transport(http, place, silence.signal)) {
        heard = performance.now();
        silence.restart();
        if (message.type === "end") return;
        const event = taken(message, place, session, options.lost ?? "throw");
        if (event === undefined) continue;
        backoff.reset();
        // However long the reader takes over an event, that is no silence of the service.
        silence.pause();
        yield event as Extract<SessionEvent, { type: Type }>;
        if (event.type === "session.ended") return;
        silence.restart();
      }
    } catch (error) {
      if (error instanceof HistoryLost || error instanceof ApiError) throw error;
      if (error instanceof Refused && error.status < 500 && !AWAY.has(error.status)) {
        throw problem(error.status, error.content);
      }
      options.signal?.throwIfAborted();
      reason = error;
    } finally {
      silence.stop();
    }
    const silent = (performance.now() - heard) / 1000;
    if (silent >= patience) {
      throw new ServiceUnreachable(`no word from the service for ${silent.toFixed(0)} s: ${reason}`);
    }
    await pause(backoff.wait(), options.signal);
  }
}

/** The event that the message brings, if it is a new one; moves the place. */
function taken(
  message: Exclude<Message, { type: "end" }>,
  place: Place,
  session: string,
  lost: "throw" | "continue",
): SessionEvent | undefined {
  if (message.type === "hello") {
    if (place.after === "latest" && message.after !== undefined) place.after = message.after;
    place.partial = message.partial === true;
    return undefined;
  }
  if (message.type === "heartbeat") return undefined;
  const seen = place.after === "latest" ? 0 : place.after;
  if (message.type === "resync") {
    if (lost === "throw") throw new HistoryLost(session, seen + 1, message.first, message.last);
    // What was seen of another history counts for nothing; what is kept of this one is all new.
    place.after = Math.max(message.first - 1, 0);
    place.epoch = undefined;
    throw new Broken("begins anew");
  }
  const event = message.event as SessionEvent & { seq?: number };
  if (typeof event.seq !== "number") return undefined;
  if (event.seq <= seen) return undefined;
  const all = place.types.length === 0 && place.partial === false;
  if (place.after !== "latest" && all && event.seq > seen + 1) {
    throw new Broken(`expected event ${seen + 1}, found ${event.seq}`);
  }
  place.after = event.seq;
  place.epoch = event.epoch;
  return event;
}

/** Aborts what is silent for too long, and with the caller's signal. */
class Silence {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly outer: () => void;

  constructor(private readonly asked: AbortSignal | undefined) {
    this.outer = () => this.controller.abort(asked?.reason);
    asked?.addEventListener("abort", this.outer, { once: true });
    if (asked?.aborted) this.outer();
    this.restart();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  restart(): void {
    this.pause();
    this.timer = setTimeout(() => this.controller.abort(new Error("silent")), SILENCE * 1000);
  }

  pause(): void {
    clearTimeout(this.timer);
  }

  stop(): void {
    this.pause();
    this.asked?.removeEventListener("abort", this.outer);
    this.controller.abort();
  }
}
