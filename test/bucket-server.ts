import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "@20minutes/s3rver";
import type { BucketSettings } from "../src/kernel/files/bucket.ts";

/** A real S3-compatible server (s3rver) on a free port, with one bucket in a folder of its own. */
export interface BucketServer {
  readonly settings: BucketSettings;
  /** Where the bucket's objects lie. */
  readonly folder: string;
  /** Stops answering, as in an outage; `start` is the end of it, on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startBucketServer(): Promise<BucketServer> {
  const directory = await mkdtemp(join(tmpdir(), "reeve-bucket-"));
  const make = (port: number) =>
    new S3rver({
      port,
      address: "127.0.0.1",
      silent: true,
      directory,
      vhostBuckets: false,
      configureBuckets: [{ name: "reeve-files" }],
    });
  let server = make(0);
  await server.run();
  const bound = server.httpServer.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    server.httpServer.closeAllConnections();
    await server.close();
  };
  return {
    settings: { url: `http://127.0.0.1:${port}/reeve-files`, region: "us-east-1", key: "S3RVER", secret: "S3RVER" },
    folder: join(directory, "reeve-files"),
    stop,
    start: async () => {
      server = make(port);
      await server.run();
      running = true;
    },
    close: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
