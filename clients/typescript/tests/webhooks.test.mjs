import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { SignatureRejected, verify } from "../dist/index.js";

const SECRET = `whsec_${Buffer.from("a secret of 24 bytes ...").toString("base64")}`;
const BODY = JSON.stringify({ type: "session.ended", seq: 3, data: { reason: "done" } });

/** As Standard Webhooks has it, by node's own HMAC. */
function signed(body = BODY, { id = "evt_1", time = Math.floor(Date.now() / 1000) } = {}) {
  const key = Buffer.from(SECRET.slice(6), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(time), "webhook-signature": `v1,AAAA v1,${signature}` };
}

test("an event that is signed is read, from text and from bytes, whatever the case of the fields", async () => {
  assert.equal((await verify(BODY, signed(), SECRET)).type, "session.ended");
  assert.equal((await verify(Buffer.from(BODY), new Headers(signed()), SECRET)).seq, 3);
  const upper = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), value]));
  assert.equal((await verify(BODY, upper, SECRET)).seq, 3);
});

for (const [what, body, headers] of [
  ["changed", `${BODY} `, signed()],
  ["old", BODY, signed(BODY, { time: 1_600_000_000 })],
  ["of another secret", BODY, { ...signed(), "webhook-signature": "v1,QUJD" }],
  ["of another version", BODY, { ...signed(), "webhook-signature": signed()["webhook-signature"].replaceAll("v1", "v2") }],
  ["unsigned", BODY, {}],
  ["of another id", BODY, { ...signed(), "webhook-id": "evt_2" }],
]) {
  test(`what is ${what} is refused`, () => assert.rejects(verify(body, headers, SECRET), SignatureRejected));
}
