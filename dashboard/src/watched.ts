/** One session as it happens: its events in, what a page shows of them out. Nothing here knows of the page. */

import { signal } from "@preact/signals";
import type { Session, SessionEvent } from "@v100/client";
import { Series } from "./series";
import { v100, words } from "./service";

export type Kind = "meetings" | "streams";
export type Data<Type extends SessionEvent["type"]> = Extract<SessionEvent, { type: Type }>["data"];
export type Highlight = Data<"highlight.created">;
export type Score = Data<"viral.score">;

/** Something at a moment or for a while, drawn over charts. */
export interface Mark {
  kind: "cut" | "fault" | "gap" | "alert" | "clip" | "flag" | "source";
  from: number;
  to: number;
  text: string;
}

/** Who held the floor from when to when; open while `to` is null. */
export interface Turn {
  speaker: string;
  from: number;
  to: number | null;
}

export interface Incident {
  opened: Data<"alert.opened">;
  resolved: Data<"alert.resolved"> | null;
  time: string;
}

/** What is said of one person's picture. */
export interface Flag {
  state: "flagged" | "insufficient" | "clear";
  flagged: Data<"deepfake.flagged"> | null;
  because: string;
}

const MOST_SAID = 100_000;
const MOST_MARKS = 5_000;
/** Milliseconds between two looks of the page at what came: a screen shows no more. */
const BEAT = 100;

export class Watched {
  readonly session = signal<Session | null>(null);
  readonly failed = signal<string | null>(null);
  /** Read by whatever shows something of it: it grows when there is more to show. */
  readonly changed = signal(0);
  readonly series = new Map<string, Series>();
  readonly latest = new Map<string, number | null>();
  readonly marks: Mark[] = [];
  readonly said: Data<"transcript.segment">[] = [];
  readonly highlights = new Map<string, Highlight>();
  readonly incidents = new Map<string, Incident>();
  readonly turns: Turn[] = [];
  readonly present = new Map<string, string>();
  readonly talking = new Set<string>();
  readonly flags = new Map<string, Flag>();
  readonly clips = new Map<string, { status: string; progress: number; ready: Data<"clip.ready"> | null }>();
  readonly scores: Score[] = [];
  readonly notices: Data<"session.notice">[] = [];
  speaker: string | null = null;
  layout: Data<"layout.changed"> | null = null;
  summary: Data<"summary.updated"> | null = null;
  talk: Data<"talk.summary"> | null = null;
  counts: Data<"session.stats">["counts"] = {};
  ended = false;
  /** Seconds on the session's axis of the newest event that has one. */
  now = 0;
  /** Seconds, of the first reading of all. */
  begun = Infinity;
  /** On the page's clock. */
  heard = performance.now();
  private readonly stop = new AbortController();
  private dirty = false;

  constructor(
    readonly kind: Kind,
    readonly id: string,
    private readonly after: number | "latest" = 0,
  ) {}

  /** Follows the session until it ends or `close` is called. */
  async follow(): Promise<void> {
    const timer = setInterval(() => {
      if (this.dirty) {
        this.dirty = false;
        this.changed.value += 1;
      }
    }, BEAT);
    try {
      this.session.value = await v100[this.kind].get(this.id);
      const options = { after: this.after, lost: "continue", signal: this.stop.signal } as const;
      for await (const event of v100[this.kind].events(this.id, options)) this.take(event);
      this.session.value = await v100[this.kind].get(this.id);
    } catch (error) {
      if (!this.stop.signal.aborted) this.failed.value = words(error);
    } finally {
      clearInterval(timer);
      this.changed.value += 1;
    }
  }

  close(): void {
    this.stop.abort();
  }

  private take(event: SessionEvent): void {
    this.heard = performance.now();
    this.dirty = true;
    switch (event.type) {
      case "frame.analysis":
        return this.read(event.data);
      case "viral.score":
        this.scores.push(event.data);
        this.put("viral_score", event.data.to_pts, event.data.viral_score);
        this.put("rank_score", event.data.to_pts, event.data.rank_score);
        return this.at(event.data.to_pts);
      case "scene.cut":
        return this.mark("cut", event.data.pts, event.data.pts, "cut");
      case "fault.found":
        return this.mark("fault", event.data.from_pts, event.data.to_pts, event.data.fault);
      case "analysis.gap":
        for (const series of this.series.values()) series.push(event.data.from_pts, null);
        return this.mark("gap", event.data.from_pts, event.data.to_pts, event.data.reason);
      case "alert.opened":
        this.incidents.set(event.data.incident, { opened: event.data, resolved: null, time: event.time });
        return this.mark("alert", event.data.start, event.data.start, event.data.rule);
      case "alert.resolved": {
        const found = this.incidents.get(event.data.incident);
        if (found) this.incidents.set(event.data.incident, { ...found, resolved: event.data });
        return;
      }
      case "transcript.segment":
        this.said.push(event.data);
        if (this.said.length > MOST_SAID) this.said.splice(0, MOST_SAID / 10);
        return this.at(event.data.end);
      case "highlight.created":
      case "highlight.updated":
        this.highlights.set(event.data.id, event.data);
        return;
      case "speaker.changed":
        return this.floor(event.data);
      case "talk.started":
        this.talking.add(event.data.participant);
        return this.at(event.data.at);
      case "talk.stopped":
        this.talking.delete(event.data.participant);
        return this.at(event.data.at);
      case "talk.summary":
        this.talk = event.data;
        return;
      case "summary.updated":
        this.summary = event.data;
        return;
      case "layout.changed":
        this.layout = event.data;
        return this.at(event.data.at);
      case "participant.joined":
        this.present.set(event.data.participant, event.data.name || event.data.participant);
        return;
      case "participant.left":
        this.present.delete(event.data.participant);
        return;
      case "deepfake.flagged":
        this.flags.set(this.whose(event.data), { state: "flagged", flagged: event.data, because: "" });
        return this.mark("flag", event.data.since, event.data.at, "face region altered");
      case "deepfake.cleared":
      case "deepfake.dismissed":
        this.flags.set(this.whose(event.data), { state: "clear", flagged: null, because: "" });
        return;
      case "deepfake.insufficient":
        this.flags.set(this.whose(event.data), {
          state: "insufficient",
          flagged: null,
          because: event.data.because,
        });
        return;
      case "clip.opened":
        this.clips.set(event.data.clip, { status: "opened", progress: 0, ready: null });
        return;
      case "clip.progress":
        this.clips.set(event.data.clip, { status: event.data.stage, progress: event.data.progress, ready: null });
        return;
      case "clip.ready":
        this.clips.set(event.data.clip, { status: "ready", progress: 1, ready: event.data });
        return this.mark("clip", event.data.from_pts, event.data.to_pts, "clip");
      case "clip.failed":
        this.clips.set(event.data.clip, { status: event.data.reason, progress: 0, ready: null });
        return;
      case "source.lost":
        return this.mark("source", this.now, this.now, event.data.reason);
      case "session.notice":
        this.notices.push(event.data);
        return;
      case "session.stats":
        this.counts = event.data.counts;
        return;
      case "session.ended":
        this.ended = true;
        return;
      default:
        return;
    }
  }

  private read(data: Data<"frame.analysis">): void {
    const prefix = data.track ? `${data.track}\u0000` : "";
    for (const [name, value] of Object.entries(data)) {
      if (value && typeof value === "object" && "mean" in value) {
        const { mean, min, max } = value as { mean: number; min: number; max: number };
        this.put(prefix + name, data.to_pts, mean, min, max);
      }
    }
    const times = data.columns?.["pts"];
    for (const [name, values] of Object.entries(data.columns ?? {})) {
      if (name === "pts" || name === "frame") continue;
      values.forEach((value, i) => {
        const at = times?.[i] ?? data.from_pts;
        if (typeof value !== "string") this.put(prefix + name, Number(at), value);
      });
    }
    this.at(data.to_pts);
  }

  private put(name: string, at: number, mean: number | null, least = mean, greatest = mean): void {
    let series = this.series.get(name);
    if (series === undefined) this.series.set(name, (series = new Series()));
    series.push(at, mean, least, greatest);
    this.begun = Math.min(this.begun, at);
    this.latest.set(name, mean);
  }

  private mark(kind: Mark["kind"], from: number, to: number, text: string): void {
    this.marks.push({ kind, from, to, text });
    if (this.marks.length > MOST_MARKS) this.marks.splice(0, MOST_MARKS / 10);
    this.at(to);
  }

  private floor({ at, speaker }: Data<"speaker.changed">): void {
    const open = this.turns[this.turns.length - 1];
    if (open && open.to === null) open.to = at;
    if (speaker !== null) this.turns.push({ speaker, from: at, to: null });
    this.speaker = speaker;
    this.at(at);
  }

  private whose(data: { participant?: string; track?: string }): string {
    return data.participant ?? data.track ?? "";
  }

  private at(seconds: number): void {
    this.now = Math.max(this.now, seconds);
  }
}
