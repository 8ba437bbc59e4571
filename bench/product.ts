import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { memoryFlags } from "../bin/memory.mjs";

/** A web process that was started for a measurement. */
export interface StartedWeb {
  readonly address: string;
  /** Memory that the process holds now, and the most that it held, in megabytes; null where the system does not say. */
  memory(): Promise<{ readonly now: number; readonly most: number } | null>;
  stop(): Promise<void>;
}

const readyMsMax = 300_000;

/** Starts Reeve as `npm start` would, in a process of its own, on a data folder. */
export function startReeve(dataFolder: string): Promise<StartedWeb> {
  const { DATABASE_URL: _owner, REEVE_APP_DATABASE_URL: _app, ...inherited } = process.env;
  const environment = { ...inherited, REEVE_DATA: dataFolder, PORT: "0", HOST: "127.0.0.1" };
  return start(fileURLToPath(new URL("../src/main.ts", import.meta.url)), environment, memoryFlags);
}

/** Starts a bare Fastify with one route that says little: what any page of ours costs at the least. */
export function startBare(): Promise<StartedWeb> {
  return start(fileURLToPath(new URL("bare.ts", import.meta.url)), process.env);
}

async function start(script: string, env: NodeJS.ProcessEnv, flags: readonly string[] = []): Promise<StartedWeb> {
  const child = spawn(process.execPath, [...flags, script], { env, stdio: ["ignore", "pipe", "inherit"] });
  const address = await addressSaid(child);
  return {
    address,
    memory: () => memoryOf(child),
    stop: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

async function addressSaid(child: ChildProcess): Promise<string> {
  const timer = setTimeout(() => child.kill(), readyMsMax);
  try {
    for await (const line of createInterface({ input: child.stdout! })) {
      const address = / is ready at (http:\S+)/.exec(line)?.[1];
      // The rest of what it says must still be read, or its pipe fills.
      if (address !== undefined) return address;
    }
  } finally {
    clearTimeout(timer);
    child.stdout?.resume();
  }
  throw new Error("The web process ended before it was ready");
}

async function memoryOf({ pid }: ChildProcess) {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => null);
  const megabytes = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status ?? "")?.[1]) / 1024);
  return status === null ? null : { now: megabytes("VmRSS"), most: megabytes("VmHWM") };
}
