/**
 * What the public status page stands: starts Reeve with the demonstration, asks for the page with 100 connections for ten
 * seconds, and then again with what a browser that has it already sends. Ends with 1 below 2,000 requests a second.
 * `npm run bench:status`, or with a number of seconds: `npm run bench:status -- 30`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { startReeve } from "./product.ts";

const wanted = 2000;
const connections = 100;
const seconds = Number(process.argv[2] ?? 10);
const dataFolder = await mkdtemp(join(tmpdir(), "reeve-status-"));
const web = await startReeve(dataFolder);
try {
  const url = `${web.address}/status`;
  const first = await fetch(url);
  if (first.status !== 200) throw new Error(`/status answers ${first.status}`);
  const bytes = (await first.arrayBuffer()).byteLength;
  await autocannon({ url, connections, duration: 3 });
  const whole = await run("the page", { url, connections, duration: seconds });
  await run("unchanged", {
    url,
    connections,
    duration: seconds,
    headers: { "if-none-match": first.headers.get("etag") ?? "" },
  });
  process.stdout.write(
    `The page has ${bytes} bytes. ${whole >= wanted ? "Enough" : "Too few"}: ${wanted} are wanted\n`,
  );
  if (whole < wanted) process.exitCode = 1;
} finally {
  await web.stop();
  await rm(dataFolder, { recursive: true, force: true });
}

async function run(name: string, options: Parameters<typeof autocannon>[0]): Promise<number> {
  const { requests, latency, errors, timeouts, non2xx } = await autocannon(options);
  const refused = options.headers ? 0 : non2xx;
  process.stdout.write(
    `${name}: ${Math.round(requests.average)} requests a second, p50 ${latency.p50} ms, p99 ${latency.p99} ms, longest ${latency.max} ms, ${errors + timeouts + refused} failed\n`,
  );
  if (errors + timeouts + refused > 0) process.exitCode = 1;
  return requests.average;
}
