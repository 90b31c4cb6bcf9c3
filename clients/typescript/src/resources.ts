import { type Following, follow } from "./follower.js";
import type { paths } from "./generated/api.js";
import type { SessionEvent } from "./generated/events.js";
import type { Ask, Http } from "./http.js";

type Method = "get" | "post" | "patch" | "delete";
type Json<T> = T extends { content: { "application/json": infer Found } } ? Found : never;

/** What a request takes. */
export type Body<Path extends keyof paths, M extends Method> = paths[Path] extends {
  [key in M]: { requestBody: infer Asked };
}
  ? Json<Asked>
  : never;

/** What it answers. */
export type Result<Path extends keyof paths, M extends Method> = paths[Path] extends {
  [key in M]: { responses: infer Told };
}
  ? { [Status in keyof Told]: Status extends 200 | 201 | 202 ? Json<Told[Status]> : never }[keyof Told]
  : never;

/** Which page of a list. */
export interface Paging {
  limit?: number;
  after?: string;
  state?: "active" | "ended";
}

export type Session = Result<"/v1/meetings", "post">;
export type NewMeeting = Body<"/v1/meetings", "post">;
export type NewStream = Body<"/v1/streams", "post">;
export type Participant = Result<"/v1/meetings/{id}/participants", "post">;
export type NewWebhook = Body<"/v1/webhooks", "post">;
export type NewKey = Body<"/v1/keys", "post">;

class Resource {
  constructor(
    protected readonly http: Http,
    protected readonly home: string,
  ) {}

  protected ask<T>(method: Ask["method"], rest: readonly string[], more: Partial<Ask> = {}): Promise<T> {
    return this.http.json<T>({ method, path: this.path(...rest), ...more });
  }

  protected path(...rest: readonly string[]): string {
    return [this.home, ...rest.map(encodeURIComponent)].join("/");
  }
}

/** Meetings, or streams. */
export class Sessions<New> extends Resource {
  readonly participants = new Participants(this.http, this.home);
  readonly captions = new Captions(this.http, this.home);
  readonly levels = new Levels(this.http, this.home);
  readonly audio = new Audio(this.http, this.home);

  /** A new one; its layers are flags, or objects with their settings. */
  create(asked: New): Promise<Session> {
    return this.ask("POST", [], { json: asked });
  }

  /** Some of them, the newest first. */
  list(query: Paging = {}): Promise<Result<"/v1/meetings", "get">> {
    return this.ask("GET", [], { query: { ...query } });
  }

  get(id: string): Promise<Session> {
    return this.ask("GET", [id]);
  }

  /** The session under another name. */
  update(id: string, asked: Body<"/v1/meetings/{id}", "patch">): Promise<Session> {
    return this.ask("PATCH", [id], { json: asked });
  }

  /** The session, ended; its events and its report stay. */
  end(id: string): Promise<Session> {
    return this.ask("POST", [id, "end"]);
  }

  /** Ends it, whatever state it is in, and forgets all of it. */
  async delete(id: string): Promise<void> {
    await this.ask("DELETE", [id]);
  }

  /** What stands now: speaker, layout, talk, summary, alerts. */
  state(id: string): Promise<Result<"/v1/meetings/{id}/state", "get">> {
    return this.ask("GET", [id, "state"]);
  }

  /** The alerts that are open. */
  alerts(id: string): Promise<Result<"/v1/meetings/{id}/alerts", "get">> {
    return this.ask("GET", [id, "alerts"]);
  }

  /** Events after a number that are in the log by now, in order. */
  history(
    id: string,
    query: { after?: number; limit?: number; types?: readonly SessionEvent["type"][] } = {},
  ): Promise<{ events: SessionEvent[]; next: number; epoch: number }> {
    return this.ask("GET", [id, "events"], {
      query: { ...query, types: query.types?.join(",") || undefined },
    });
  }

  /** Every event once, in order, until the session ends; resumes by itself over any cut. */
  events<Type extends SessionEvent["type"] = SessionEvent["type"]>(
    id: string,
    options: Following<Type> = {},
  ): AsyncGenerator<Extract<SessionEvent, { type: Type }>> {
    return follow(this.http, this.path(id, "events"), id, options);
  }

  /** What the host says of an altered face's flag: everybody may know of it, or it is none. */
  async verdict(id: string, asked: Body<"/v1/meetings/{id}/deepfake", "post">): Promise<void> {
    await this.ask("POST", [id, "deepfake"], { json: asked });
  }

  /** What lets a participant of a meeting into its room. */
  token(
    id: string,
    asked: Body<"/v1/meetings/{id}/tokens", "post">,
  ): Promise<Result<"/v1/meetings/{id}/tokens", "post">> {
    return this.ask("POST", [id, "tokens"], { json: asked });
  }

  /** What a page opens one WebSocket with, once. */
  ticket(id: string): Promise<Result<"/v1/meetings/{id}/tickets", "post">> {
    return this.ask("POST", [id, "tickets"]);
  }

  /** The report as one page of HTML that needs no other file. */
  async report(id: string, query: { transcript?: boolean } = {}): Promise<string> {
    const answer = await this.http.answer({ method: "GET", path: this.path(id, "report"), query });
    return answer.text();
  }

  /** The report as a document. */
  reportDocument(id: string, query: { transcript?: boolean } = {}): Promise<Record<string, unknown>> {
    return this.ask("GET", [id, "report.json"], { query });
  }
}

/** Clips of streams. */
export class Clips extends Resource {
  /** A clip of any range. */
  create(
    stream: string,
    asked: Body<"/v1/streams/{id}/clips", "post">,
  ): Promise<Result<"/v1/streams/{id}/clips", "post">> {
    return this.http.json({ method: "POST", path: this.of(stream), json: asked });
  }

  list(stream: string): Promise<Result<"/v1/streams/{id}/clips", "get">> {
    return this.http.json({ method: "GET", path: this.of(stream) });
  }

  get(id: string): Promise<Result<"/v1/clips/{id}", "get">> {
    return this.ask("GET", [id]);
  }

  async delete(id: string): Promise<void> {
    await this.ask("DELETE", [id]);
  }

  /** Under a new version; refused where somebody else edited it first. */
  edit(
    id: string,
    asked: Body<"/v1/clips/{id}/edit", "patch">,
  ): Promise<Result<"/v1/clips/{id}/edit", "patch">> {
    return this.ask("PATCH", [id, "edit"], { json: asked });
  }

  /** One of its files. */
  async file(id: string, name: string): Promise<Blob> {
    const answer = await this.http.answer({ method: "GET", path: this.path(id, "files", name) });
    return answer.blob();
  }

  private of(stream: string): string {
    return `/v1/streams/${encodeURIComponent(stream)}/clips`;
  }
}

/** Whoever asks, and what they may. */
export class SignIn extends Resource {
  who(): Promise<Result<"/v1/sign-in", "get">> {
    return this.ask("GET", []);
  }

  /** Keeps the key in a cookie of the browser that no script reads; ask with the key. */
  keep(): Promise<Result<"/v1/sign-in", "post">> {
    return this.ask("POST", []);
  }

  async forget(): Promise<void> {
    await this.ask("DELETE", []);
  }
}

/** The server itself. */
export class Server {
  constructor(private readonly http: Http) {}

  /** Whether it takes work, and if not, why. */
  async ready(): Promise<{ status: string; reason?: string; detail?: string; model?: string }> {
    const answer = await this.http.once({ method: "GET", path: "/readyz" }, {}, null);
    return (await answer.json()) as { status: string };
  }

  /** Its counters, as Prometheus reads them. */
  async metrics(): Promise<string> {
    return (await this.http.answer({ method: "GET", path: "/metrics" })).text();
  }
}

/** Who is in a session; `id` is the session's. */
export class Participants extends Resource {
  /** Somebody is there; again and again is as good as once. */
  add(id: string, asked: Body<"/v1/meetings/{id}/participants", "post">): Promise<Participant> {
    return this.ask("POST", [id, "participants"], { json: asked });
  }

  list(id: string): Promise<Result<"/v1/meetings/{id}/participants", "get">> {
    return this.ask("GET", [id, "participants"]);
  }

  /** A name, a microphone muted or open, where the face is in fractions of the picture. */
  update(
    id: string,
    participant: string,
    asked: Body<"/v1/meetings/{id}/participants/{participant}", "patch">,
  ): Promise<Participant> {
    return this.ask("PATCH", [id, "participants", participant], { json: asked });
  }

  async remove(id: string, participant: string): Promise<void> {
    await this.ask("DELETE", [id, "participants", participant]);
  }
}

/** What was said. */
export class Captions extends Resource {
  /** Pieces of transcript, kept when this resolves; how many final ones were new. */
  push(
    id: string,
    said: Body<"/v1/meetings/{id}/captions", "post">,
  ): Promise<Result<"/v1/meetings/{id}/captions", "post">> {
    return this.ask("POST", [id, "captions"], { json: said });
  }
}

/** How loud it was. */
export class Levels extends Resource {
  /** Audio levels in dBov (RFC 6464). */
  push(
    id: string,
    levels: Body<"/v1/meetings/{id}/levels", "post">,
  ): Promise<Result<"/v1/meetings/{id}/levels", "post">> {
    return this.ask("POST", [id, "levels"], { json: levels, repeatable: false });
  }
}

/** What it sounded like. */
export class Audio extends Resource {
  /** A participant's sound: mono, 16 bit, little endian, `rate` samples a second; `at` in seconds. */
  push(
    id: string,
    samples: BodyInit,
    query: { participant: string; rate: number; at?: number },
  ): Promise<Result<"/v1/meetings/{id}/audio", "post">> {
    const more = { body: samples, kind: "audio/l16", query, repeatable: false };
    return this.ask("POST", [id, "audio"], more);
  }
}

/** Where events are sent to. */
export class Webhooks extends Resource {
  /** A new endpoint; the answer holds the secret that signs what it is sent. */
  create(asked: NewWebhook): Promise<Result<"/v1/webhooks", "post">> {
    return this.ask("POST", [], { json: asked });
  }

  list(query: Omit<Paging, "state"> = {}): Promise<Result<"/v1/webhooks", "get">> {
    return this.ask("GET", [], { query: { ...query } });
  }

  get(id: string): Promise<Result<"/v1/webhooks/{id}", "get">> {
    return this.ask("GET", [id]);
  }

  update(
    id: string,
    asked: Body<"/v1/webhooks/{id}", "patch">,
  ): Promise<Result<"/v1/webhooks/{id}", "patch">> {
    return this.ask("PATCH", [id], { json: asked });
  }

  async delete(id: string): Promise<void> {
    await this.ask("DELETE", [id]);
  }

  /** A new secret; the last one signs too until the next rotation. */
  rotate(id: string): Promise<Result<"/v1/webhooks/{id}/rotate", "post">> {
    return this.ask("POST", [id, "rotate"]);
  }

  /** Sends an event that means nothing. */
  test(id: string): Promise<Result<"/v1/webhooks/{id}/test", "post">> {
    return this.ask("POST", [id, "test"]);
  }

  deliveries(
    id: string,
    query: Omit<Paging, "state"> = {},
  ): Promise<Result<"/v1/webhooks/{id}/deliveries", "get">> {
    return this.ask("GET", [id, "deliveries"], { query: { ...query } });
  }

  /** Sends again, by id or by time. */
  replay(
    id: string,
    asked: Body<"/v1/webhooks/{id}/replay", "post">,
  ): Promise<Result<"/v1/webhooks/{id}/replay", "post">> {
    return this.ask("POST", [id, "replay"], { json: asked });
  }
}

/** Who may ask. */
export class Keys extends Resource {
  /** A new key; its secret is told this once. */
  create(asked: NewKey): Promise<Result<"/v1/keys", "post">> {
    return this.ask("POST", [], { json: asked });
  }

  list(query: Omit<Paging, "state"> = {}): Promise<Result<"/v1/keys", "get">> {
    return this.ask("GET", [], { query: { ...query } });
  }

  async revoke(id: string): Promise<void> {
    await this.ask("DELETE", [id]);
  }
}
