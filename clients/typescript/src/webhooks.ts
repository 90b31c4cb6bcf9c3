import { SignatureRejected } from "./errors.js";
import type { SessionEvent } from "./generated/events.js";

/** Seconds that a webhook's time may be off (Standard Webhooks). */
const TOLERANCE = 300;

/** Header fields by name in any case: a plain object, or `Headers`. */
export type Headers_ = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Checks a webhook's signature as Standard Webhooks has it, and reads its event.
 *
 * `body` is what came, byte for byte. Throws `SignatureRejected`.
 */
export async function verify(
  body: string | Uint8Array,
  headers: Headers_,
  secret: string,
): Promise<SessionEvent> {
  const id = header(headers, "webhook-id");
  const time = header(headers, "webhook-timestamp");
  const off = Math.abs(Date.now() / 1000 - Number(time));
  if (!/^\d+$/.test(time) || off > TOLERANCE) throw new SignatureRejected("not of now");
  const text = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const head = new TextEncoder().encode(`${id}.${time}.`);
  const signed = new Uint8Array(head.length + text.length);
  signed.set(head);
  signed.set(text, head.length);
  const key = await crypto.subtle.importKey(
    "raw",
    bytes(secret.replace(/^whsec_/, "")),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  for (const told of header(headers, "webhook-signature").split(" ")) {
    const [version, signature] = told.split(",");
    if (version !== "v1" || signature === undefined) continue;
    // Compares in constant time.
    if (await crypto.subtle.verify("HMAC", key, bytes(signature), signed)) {
      return JSON.parse(new TextDecoder().decode(text)) as SessionEvent;
    }
  }
  throw new SignatureRejected("not signed with this secret, or changed on its way");
}

function header(headers: Headers_, name: string): string {
  const found =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  if (typeof found !== "string" || found === "") throw new SignatureRejected(`expected ${name}`);
  return found;
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw new SignatureRejected("expected base64");
  }
}
