import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ApiError, HistoryLost, ServiceUnreachable, V100, overFetch, overWebSocket } from "../dist/index.js";
import { Service, Wire, random } from "./service.mjs";

const SLOW = process.env.V100_TESTS_SLOW !== undefined;
const TRANSPORTS = { fetch: overFetch, WebSocket: overWebSocket };

let service;
let v100;
before(async () => {
  service = await Service.start();
  v100 = new V100({ url: service.url });
});
after(() => service.stop());

function said(number) {
  return { participant: "alice", start: number, end: number + 1, text: `Sentence number ${number} is here.`, id: `s${number}` };
}

async function all(events) {
  const found = [];
  for await (const event of events) found.push(event);
  return found;
}

function whole(found, last) {
  assert.deepEqual(found.map((event) => event.seq), Array.from({ length: last }, (_, at) => at + 1));
  assert.equal(found.at(-1).type, "session.ended");
}

test("sessions are made, read, renamed, ended and forgotten", async () => {
  const made = await v100.streams.create({
    name: "Product Launch Livestream",
    analysis: { quality_metrics: true, scene_complexity: true, motion_estimation: true },
  });
  assert.equal((await v100.streams.get(made.id)).name, "Product Launch Livestream");
  assert.equal((await v100.streams.update(made.id, { name: "Launch" })).name, "Launch");
  assert.ok((await v100.streams.list({ state: "active" })).items.some(({ id }) => id === made.id));
  assert.equal((await v100.streams.end(made.id)).state, "ended");
  assert.match(await v100.streams.report(made.id), /^<!doctype html>/i);
  await v100.streams.delete(made.id);
  await assert.rejects(v100.streams.get(made.id), (error) => error instanceof ApiError && error.status === 404);
});

test("a meeting takes what is said and tells what it means", async () => {
  const meeting = await v100.meetings.create({
    name: "Q2 Strategy Review",
    ai: { highlights: true, categories: ["questions", "action_items", "decisions"] },
  });
  await v100.meetings.participants.add(meeting.id, { id: "alice", name: "Alice" });
  const text = "I will send the report to everybody by Friday.";
  const answer = await v100.meetings.captions.push(meeting.id, [{ ...said(0), text }]);
  assert.equal(answer.accepted, 1);
  await v100.meetings.end(meeting.id);
  const found = await all(v100.meetings.events(meeting.id, { types: ["transcript.segment", "highlight.created"] }));
  assert.deepEqual(new Set(found.map((event) => event.type)), new Set(["transcript.segment", "highlight.created"]));
});

for (const [name, transport] of Object.entries(TRANSPORTS)) {
  test(`over ${name}, cut anywhere, every event comes once and in order`, { timeout: 600_000 }, async () => {
    const cuts = SLOW ? 1000 : 40;
    const chance = random(cuts);
    const wire = new Wire(service.port, () => 200 + Math.floor(chance() * 4000));
    const cut = new V100({ url: await wire.listen() });
    const meeting = await v100.meetings.create({ name: "Cut" });
    const reading = all(cut.meetings.events(meeting.id, { transport }));
    // As much as is cut so often, however fast the service is: a connection brings some 2 kB, and these are more.
    for (let at = 0; at < 10 * cuts; at += 10) {
      await v100.meetings.captions.push(meeting.id, Array.from({ length: 10 }, (_, n) => said(at + n)));
    }
    await v100.meetings.end(meeting.id);
    const found = await reading;
    wire.close();
    assert.ok(wire.cuts >= cuts, `${wire.cuts} cuts`);
    whole(found, (await v100.meetings.get(meeting.id)).seq);
  });

  test(`over ${name}, of a service that is killed, every event comes once and in order`, { timeout: 600_000 }, async () => {
    const killed = await Service.start();
    try {
      const client = new V100({ url: killed.url });
      const meeting = await client.meetings.create({ name: "Killed" });
      const reading = all(client.meetings.events(meeting.id, { transport }));
      for (let round = 0; round < (SLOW ? 20 : 2); round++) {
        await client.meetings.captions.push(meeting.id, Array.from({ length: 20 }, (_, n) => said(20 * round + n)));
        await killed.kill();
        await killed.up();
      }
      // What died is taken up within moments: until then the answer is 503, and the client asks again.
      await ended(client, meeting.id);
      whole(await reading, (await client.meetings.get(meeting.id)).seq);
    } finally {
      await killed.stop();
    }
  });

  test(`over ${name}, of the latest, nothing of before comes`, async () => {
    const meeting = await v100.meetings.create({ name: "Latest" });
    await v100.meetings.captions.push(meeting.id, [said(0), said(1)]);
    const seen = (await v100.meetings.get(meeting.id)).seq;
    const reading = v100.meetings.events(meeting.id, { after: seen, transport });
    await v100.meetings.captions.push(meeting.id, [said(2)]);
    const { value } = await reading.next();
    assert.equal(value.seq, seen + 1);
    await reading.return();
    await v100.meetings.end(meeting.id);
  });

  test(`over ${name}, a place that never was is told as lost history`, async () => {
    const meeting = await v100.meetings.create({ name: "Lost" });
    await assert.rejects(all(v100.meetings.events(meeting.id, { after: 1000, transport })), HistoryLost);
    await v100.meetings.end(meeting.id);
    const found = await all(v100.meetings.events(meeting.id, { after: 1000, lost: "continue", transport }));
    whole(found, (await v100.meetings.get(meeting.id)).seq);
  });

  test(`over ${name}, a reader stops when its signal says so`, async () => {
    const meeting = await v100.meetings.create({ name: "Stopped" });
    const controller = new AbortController();
    const reading = all(v100.meetings.events(meeting.id, { signal: controller.signal, transport }));
    setTimeout(() => controller.abort(), 200);
    await assert.rejects(reading, { name: "AbortError" });
    await v100.meetings.end(meeting.id);
  });
}

async function ended(client, id) {
  for (;;) {
    try {
      return await client.meetings.end(id);
    } catch (error) {
      if (!(error instanceof ServiceUnreachable) && error.status !== 503) throw error;
    }
  }
}

test("a request that got no answer is sent again under the same key and done once", async () => {
  let calls = 0;
  const keys = new Set();
  const torn = async (url, init) => {
    if (init.method === "POST") keys.add(init.headers.get("idempotency-key"));
    const answer = await fetch(url, init);
    calls += 1;
    if (calls === 1) throw new TypeError("torn");
    return answer;
  };
  const client = new V100({ url: service.url, fetch: torn });
  const name = `Once ${Math.random()}`;
  await client.meetings.create({ name });
  const { items } = await v100.meetings.list({ limit: 100 });
  assert.equal(items.filter((each) => each.name === name).length, 1);
  assert.equal(keys.size, 1);
});

test("what is refused is told with its code, and not asked again", async () => {
  let calls = 0;
  const counted = (...words) => {
    calls += 1;
    return fetch(...words);
  };
  const client = new V100({ url: service.url, fetch: counted });
  await assert.rejects(client.meetings.create({ nme: "Typo" }), (error) => error instanceof ApiError && error.status === 422);
  assert.equal(calls, 1);
});

test("a service that is away is told as unreachable", async () => {
  const client = new V100({ url: "http://127.0.0.1:9" });
  await assert.rejects(client.meetings.list(), ServiceUnreachable);
});
