import { readFileSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What a piece of work took. */
export interface Cost {
  readonly seconds: number;
  /** Seconds of a processor that this process took. */
  readonly own: number;
  /** Seconds of a processor that PostgreSQL took. */
  readonly postgres: number;
}

/** Does a piece of work and says what it took, and the most memory that this process held meanwhile. */
export async function measured<Result>(
  dataFolder: string,
  work: () => Promise<Result>,
): Promise<Cost & { readonly said: Result; readonly megabytes: number }> {
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  const from = { at: performance.now(), own: process.cpuUsage(), postgres: await postgresSeconds(dataFolder) };
  const said = await work();
  clearInterval(look);
  const { user, system } = process.cpuUsage(from.own);
  return {
    said,
    seconds: (performance.now() - from.at) / 1000,
    own: (user + system) / 1e6,
    postgres: (await postgresSeconds(dataFolder)) - from.postgres,
    megabytes: Math.round(most / 1e6),
  };
}

/** What the server and its processes have taken of the processors, those that ended among them; 0 where /proc does not say. */
async function postgresSeconds(dataFolder: string): Promise<number> {
  const postmaster = Number.parseInt(await readFile(join(dataFolder, "postgres/postmaster.pid"), "utf8"), 10);
  const numbers = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // After the name in brackets: state, parent, ... utime, stime, cutime, cstime in hundredths of a second.
      const parts = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)!.split(" ");
      if (Number(name) === postmaster) return parts.slice(11, 15).map(Number);
      return Number(parts[1]) === postmaster ? parts.slice(11, 13).map(Number) : [];
    } catch {
      return [];
    }
  });
  return numbers.reduce((sum, one) => sum + one, 0) / 100;
}

/** A cost as words. */
export function costText({ seconds, own, postgres }: Cost): string {
  const words = (value: number) => value.toFixed(1).padStart(6);
  return `${words(seconds)} s  (Reeve ${words(own)} s, PostgreSQL ${words(postgres)} s)`;
}
