// A real service in a process of its own, and a wire to it that can be cut.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PYTHON = process.env.V100_PYTHON ?? fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url));
const READY = "v100 serve: ";

/** `v100 serve` on a port that stays the same when it is killed and started again. */
export class Service {
  static async start() {
    const service = new Service();
    service.folder = await mkdtemp(join(tmpdir(), "v100-"));
    await service.up();
    return service;
  }

  async up() {
    const words = ["-m", "v100_ai.cli", "serve", "--port", String(this.port ?? 0)];
    const env = { ...process.env, V100_DRAIN_SECONDS: "0", V100_LEASE_SECONDS: "2" };
    this.process = spawn(PYTHON, words, { cwd: this.folder, env, stdio: ["ignore", "pipe", "ignore"] });
    const [line] = await once(createInterface(this.process.stdout), "line");
    this.url = line.slice(READY.length).trim();
    this.port = Number(new URL(this.url).port);
  }

  /** As kill -9 does. */
  async kill() {
    const gone = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await gone;
  }

  async stop() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A wire to a port that is cut after as many bytes as `bytes` says, each time. */
export class Wire {
  cuts = 0;

  constructor(port, bytes) {
    this.open = new Set();
    this.server = net.createServer((near) => {
      const far = net.connect(port, "127.0.0.1");
      let left = bytes();
      const end = () => {
        near.destroy();
        far.destroy();
        this.open.delete(near);
      };
      this.open.add(near);
      near.on("data", (chunk) => far.write(chunk));
      far.on("data", (chunk) => {
        near.write(chunk.subarray(0, Math.max(left, 0)));
        left -= chunk.length;
        if (left <= 0) {
          this.cuts += 1;
          end();
        }
      });
      for (const side of [near, far]) side.on("error", end).on("close", end);
    });
  }

  async listen() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  close() {
    for (const near of this.open) near.destroy();
    this.server.close();
  }
}

/** Numbers that look random and are the same each time (mulberry32). */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
