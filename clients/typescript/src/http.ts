import { ApiError, ServiceUnreachable, problem } from "./errors.js";
import { AWAY, Backoff, pause, retryAfter } from "./retry.js";

const TRIES = 4;
const FIRST = 0.2;
const LONGEST = 5;

/** How the service is reached. */
export interface Options {
  /** Where it is, such as `https://v100.example.com`; in a page of the service, its own origin. */
  url?: string | URL;
  /** A key, sent as a bearer token; never in a URL. */
  key?: string;
  /** Another `fetch`. */
  fetch?: typeof fetch;
}

/** One request. */
export interface Ask {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  query?: Readonly<Record<string, unknown>>;
  json?: unknown;
  body?: BodyInit;
  kind?: string;
  /** Whether it may be sent again when no answer came; the service answers a repeated POST once. */
  repeatable?: boolean;
  signal?: AbortSignal;
}

/** Requests with retries: what is away for a moment is asked again, a repeated POST bears the same key. */
export class Http {
  readonly url: URL;
  readonly key: string | undefined;
  private readonly send: typeof fetch;

  constructor(options: Options = {}) {
    this.url = new URL(options.url ?? globalThis.location?.origin ?? "http://127.0.0.1:8100");
    this.key = options.key;
    this.send = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  /** What the service answers, as JSON; null where it says nothing. */
  async json<T>(ask: Ask): Promise<T> {
    const answer = await this.answer(ask);
    const text = await answer.text();
    try {
      return (text === "" ? null : JSON.parse(text)) as T;
    } catch {
      throw new ApiError(answer.status, "unreadable", "expected JSON of the service");
    }
  }

  /** A good answer; throws `ApiError` for any other, `ServiceUnreachable` for none. */
  async answer(ask: Ask): Promise<Response> {
    const headers = new Headers(this.headers());
    let body = ask.body ?? null;
    if (ask.json !== undefined) {
      body = JSON.stringify(ask.json);
      headers.set("content-type", "application/json");
    } else if (ask.kind !== undefined) headers.set("content-type", ask.kind);
    const repeatable = ask.repeatable ?? true;
    if (ask.method === "POST" && repeatable) headers.set("idempotency-key", crypto.randomUUID());
    const backoff = new Backoff(FIRST, LONGEST);
    for (let left = repeatable ? TRIES : 1; ; ) {
      left -= 1;
      let wait = 0;
      try {
        const answer = await this.once(ask, headers, body);
        if (answer.ok) return answer;
        const failure = problem(answer.status, await answer.text());
        if (left === 0 || !AWAY.has(answer.status)) throw failure;
        wait = retryAfter(answer.headers.get("retry-after"), LONGEST);
      } catch (error) {
        if (error instanceof ApiError || ask.signal?.aborted) throw error;
        if (left === 0) throw new ServiceUnreachable(String(error), { cause: error });
      }
      await pause(Math.max(backoff.wait(), wait), ask.signal);
    }
  }

  /** One try, whatever comes of it. */
  once(ask: Ask, headers: HeadersInit, body: BodyInit | null): Promise<Response> {
    const init: RequestInit = { method: ask.method, headers, body, redirect: "error" };
    if (ask.signal !== undefined) init.signal = ask.signal;
    return this.send(this.at(ask.path, ask.query), init);
  }

  headers(): Record<string, string> {
    return this.key === undefined ? {} : { authorization: `Bearer ${this.key}` };
  }

  at(path: string, query: Readonly<Record<string, unknown>> = {}): URL {
    const url = new URL(this.url);
    url.pathname = url.pathname.replace(/\/$/, "") + path;
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
    }
    return url;
  }
}
