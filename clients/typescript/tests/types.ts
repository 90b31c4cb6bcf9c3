// What has to compile, and what must not.

import { type SessionEvent, V100 } from "../src/index.js";

const v100 = new V100();

export async function seed(webhook: string) {
  await v100.meetings.create({
    name: "Q2 Strategy Review",
    ai: { highlights: true, categories: ["questions", "action_items", "decisions"], webhook },
  });
  await v100.streams.create({
    name: "Product Launch Livestream",
    analysis: {
      quality_metrics: true,
      scene_complexity: true,
      motion_estimation: true,
      deepfake_detection: true,
      viral_scoring: true,
    },
  });
  // @ts-expect-error a flag nobody knows
  await v100.streams.create({ name: "Typo", analysis: { qualty_metrics: true } });
  for await (const event of v100.meetings.events("mtg_1", { after: 0, types: ["highlight.created"] })) {
    const text: string = event.data.text;
    // @ts-expect-error only what was asked for comes
    if (event.type === "session.ended") return text;
  }
  return undefined;
}

/** A switch over `type` knows each event's data, and the compiler knows when one is forgotten. */
export function told(event: Extract<SessionEvent, { type: "speaker.changed" | "session.ended" | "scene.cut" }>): string {
  switch (event.type) {
    case "speaker.changed":
      return event.data.speaker ?? "nobody";
    case "session.ended":
      return event.data.reason;
    case "scene.cut":
      return String(event.data.pts);
    default: {
      const forgotten: never = event;
      return forgotten;
    }
  }
}
