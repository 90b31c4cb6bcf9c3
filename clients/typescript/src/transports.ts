import type { Http } from "./http.js";

/** What a connection says, whatever it goes over: one vocabulary for the follower. */
export type Message =
  | { type: "hello"; after?: number; partial?: boolean }
  | { type: "heartbeat" }
  | { type: "resync"; first: number; last: number }
  | { type: "end" }
  | { type: "event"; event: unknown };

/** The service refused to open a connection. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly content: string,
  ) {
    super(`answered ${status}`);
  }
}

/** Where a reader stands, and what it wants. */
export interface Place {
  path: string;
  after: number | "latest";
  epoch: number | undefined;
  types: readonly string[];
  /** Whether there may be events that this reader is not to see, so that numbers have gaps. */
  partial: boolean;
}

/** Opens a connection and yields what it says until it closes. Throws whatever breaks it. */
export type Transport = (http: Http, place: Place, signal: AbortSignal) => AsyncGenerator<Message>;

const SUBPROTOCOL = "v100.v1";

/** Over a WebSocket, which browsers give more of than of requests. */
export async function* overWebSocket(
  http: Http,
  place: Place,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  const url = http.at(place.path, {
    after: place.after,
    epoch: place.epoch,
    types: place.types.join(",") || undefined,
  });
  url.protocol = url.protocol.replace("http", "ws");
  // A page cannot send a header with a socket: the key goes as a second subprotocol, which is no part of a URL.
  const protocols = http.key === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, `bearer.${http.key}`];
  const socket = new WebSocket(url, protocols);
  const queue: (Message | Error | null)[] = [];
  let wake = () => {};
  const put = (item: Message | Error | null) => {
    queue.push(item);
    wake();
  };
  socket.onmessage = ({ data }) => put(read(String(data)));
  socket.onclose = ({ code, reason }) => put(code === 1000 ? null : new Error(`closed with ${code} ${reason}`));
  // Node tells of a connection that never stood by its error alone.
  socket.onerror = () => put(new Error("the connection failed"));
  const aborted = () => put(new Error("aborted"));
  signal.addEventListener("abort", aborted, { once: true });
  try {
    for (;;) {
      const item = queue.shift();
      if (item === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (item === null) return;
      else if (item instanceof Error) throw item;
      else yield item;
    }
  } finally {
    signal.removeEventListener("abort", aborted);
    socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }
}

/** Over server-sent events, read by `fetch`: for runtimes without a WebSocket, and networks that cut them. */
export async function* overFetch(
  http: Http,
  place: Place,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  const headers: Record<string, string> = { ...http.headers(), accept: "text/event-stream" };
  if (place.after !== "latest" && place.epoch !== undefined) {
    headers["last-event-id"] = `${place.epoch}-${place.after}`;
  }
  const query = { after: place.after, types: place.types.join(",") || undefined };
  const answer = await http.once({ method: "GET", path: place.path, query, signal }, headers, null);
  if (answer.status === 204) {
    yield { type: "hello" };
    yield { type: "end" };
    return;
  }
  if (!answer.ok || answer.body === null) {
    const content = await answer.text();
    const lost = answer.status === 410 ? (JSON.parse(content) as Record<string, unknown>) : {};
    if (lost["code"] !== "history_lost") throw new Refused(answer.status, content);
    yield { type: "resync", first: Number(lost["first"]), last: Number(lost["last"]) };
    return;
  }
  // Server-sent events do not say whether all may be seen; they are as whole as the connection they come by.
  yield { type: "hello", partial: true };
  const decoder = new TextDecoder();
  const reader = answer.body.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) yield* told(block);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function* told(block: string): Generator<Message> {
  const data = block.split("\n").filter((line) => line.startsWith("data:"));
  if (data.length === 0) yield { type: "heartbeat" };
  else yield { type: "event", event: JSON.parse(data.map((line) => line.slice(5)).join("\n")) };
}

function read(text: string): Message | Error {
  try {
    const found = JSON.parse(text) as { type?: unknown; seq?: unknown; data?: unknown };
    const control = ["hello", "heartbeat", "resync", "end"].includes(String(found.type));
    return control ? (found as Message) : { type: "event", event: found };
  } catch {
    return new Error("expected JSON");
  }
}
