// Types of every request, answer and event, from the documents that the service itself is made from.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const documents = new URL("../../../docs/", import.meta.url);
const generated = new URL("../src/generated/", import.meta.url);

async function read(name) {
  return JSON.parse(await readFile(new URL(name, documents), "utf8"));
}

/** The events, as a document whose schemas they are: what they share stays shared. */
function events({ components: { messages, schemas } }) {
  const told = Object.entries(messages).filter(([, message]) => message.payload?.properties?.data);
  const named = told.map(([type, message]) => [type, message.payload]);
  return {
    openapi: "3.1.0",
    info: { title: "events", version: "1" },
    paths: {},
    components: { schemas: { ...schemas, ...Object.fromEntries(named) } },
    names: named.map(([type]) => type),
  };
}

/** A field with a default may be left out. */
async function types(document) {
  return astToString(await openapiTS(document, { defaultNonNullable: false }));
}

const { names, ...document } = events(await read("asyncapi.json"));
await mkdir(generated, { recursive: true });
await writeFile(new URL("api.ts", generated), await types(await read("openapi.json")));
const union = names.map((type) => `  | components["schemas"]["${type}"]`).join("\n");
await writeFile(
  new URL("events.ts", generated),
  `${await types(document)}
/** Every event that a session tells, told apart by \`type\`. */
export type SessionEvent =
${union};
`,
);
