import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { extract, pack } from "tar-stream";

/** A compressed archive that is being written. */
export interface ArchiveWriter {
  add(name: string, content: Buffer): Promise<void>;
  /** Adds content of a length known beforehand, without holding it in memory. */
  addStream(name: string, size: number, content: AsyncIterable<Buffer>): Promise<void>;
  /** Ends the file and puts it at its place, safe on the disk. */
  finish(): Promise<void>;
  /** Gives up and leaves nothing behind. */
  abandon(): Promise<void>;
}

/** Starts an archive beside its place, closed to others; it stands there only once it is whole. */
export function writeArchive(path: string, at: Date): ArchiveWriter {
  const part = `${path}.part`;
  const tar = pack();
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const written = pipeline(tar, compress, createWriteStream(part, { flags: "w", mode: 0o600, flush: true }));
  // A failure is thrown to whoever adds next or finishes; until then it must not end the process.
  written.catch(() => {});
  const failed = written.then<never>(() => new Promise(() => {}));
  const addStream: ArchiveWriter["addStream"] = async (name, size, content) => {
    const ended = Promise.withResolvers<void>();
    const entry = tar.entry({ name, size, mtime: at, mode: 0o600 }, (error) =>
      error ? ended.reject(error) : ended.resolve(),
    );
    ended.promise.catch(() => {});
    for await (const chunk of content) {
      if (!entry.write(chunk))
        await Promise.race([
          new Promise<void>((resolve) => entry.once("drain", () => resolve())),
          failed,
          ended.promise,
        ]);
    }
    entry.end(null);
    await Promise.race([ended.promise, failed]);
  };
  return {
    addStream,
    add: (name, content) => addStream(name, content.length, oneOf(content)),
    finish: async () => {
      tar.finalize();
      await written;
      await rename(part, path);
    },
    abandon: async () => {
      tar.destroy(new Error("abandoned"));
      await written.catch(() => {});
      await rm(part, { force: true });
    },
  };
}

async function* oneOf(content: Buffer): AsyncGenerator<Buffer> {
  if (content.length > 0) yield content;
}

/** Reads an archive entry by entry, in order; `each` takes the whole of an entry's content before it returns. */
export async function readArchive(
  path: string,
  each: (name: string, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const tar = extract();
  const failures: unknown[] = [];
  let current = Promise.resolve();
  // Not `for await`: leaving that loop in the middle of an entry never ends.
  const take = async (name: string, content: AsyncIterable<unknown>, next: () => void) => {
    try {
      await each(name, bytesOf(content));
      next();
    } catch (error) {
      failures.push(error);
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  tar.on("entry", ({ name }, content, next) => {
    content.on("error", () => {});
    current = take(name, content, () => next());
  });
  await pipeline(createReadStream(path), createZstdDecompress(), tar).catch((error: unknown) => failures.push(error));
  await current;
  // Whoever reads an entry of a damaged file may hear that its stream ended before the reason is known.
  if (failures.length > 0) throw failures.find((error) => !isEndedStream(error)) ?? failures[0];
}

function isEndedStream(error: unknown): boolean {
  return error instanceof Error && error.message === "Stream was destroyed";
}

/** The bytes of a stream whose type does not say that it gives Buffers. */
export async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("A stream of bytes gave something else");
    yield chunk;
  }
}
