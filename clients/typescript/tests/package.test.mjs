import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MOST = 12 * 1024;

async function bundled(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return gzipSync(outputFiles[0].contents).length;
}

test("the whole client is at most 12 kB gzipped, and what is not used is left out", async () => {
  const whole = await bundled('export * from "./dist/index.js"');
  assert.ok(whole <= MOST, `${whole} bytes`);
  const part = await bundled('export { verify } from "./dist/index.js"');
  assert.ok(part < whole / 2, `${part} of ${whole} bytes`);
});

test("what npm packs works in an empty folder, and holds no source", () => {
  const folder = mkdtempSync(join(tmpdir(), "v100-pack-"));
  try {
    const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: ROOT }));
    assert.ok(packed.files.every(({ path }) => path.startsWith("dist/") || ["README.md", "package.json"].includes(path)), packed.files);
    assert.ok(packed.files.every(({ path }) => !path.endsWith(".map")));
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    execFileSync("npm", ["install", "--offline", "--silent", join(folder, packed.filename)], { cwd: folder });
    const code = 'import { V100 } from "@v100/client"; console.log(typeof new V100().meetings.create)';
    assert.equal(execFileSync("node", ["-e", code, "--input-type=module"], { cwd: folder }).toString().trim(), "function");
    assert.deepEqual(JSON.parse(readFileSync(join(ROOT, "package.json"))).dependencies ?? {}, {});
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
