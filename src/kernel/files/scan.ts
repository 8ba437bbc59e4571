import { createReadStream } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";

/** Looks for viruses in a file. Gives what was found, null for nothing. Throws a ScannerUnavailable when it cannot say. */
export interface Scanner {
  /** Where it is, for sentences. */
  readonly where: string;
  scan(path: string): Promise<string | null>;
  /** Whether it answers. */
  ping(): Promise<boolean>;
}

/** Content has a virus in it. Nothing of it is kept. */
export class Infected extends Error {
  readonly virus: string;

  constructor(virus: string) {
    super(`a file with the virus ${virus}`);
    this.virus = virus;
  }
}

/** Nobody could say whether content has a virus in it, so it is not taken. */
export class ScannerUnavailable extends Error {}

/** Where clamd listens: a host and port, or the path of a socket. */
export type ClamdPlace = { readonly host: string; readonly port: number } | { readonly path: string };

const answerBytesMax = 4096;

/**
 * ClamAV's own server, clamd, told of content in the words that clamd(8) gives for INSTREAM: the command, then parts that
 * each begin with their length as four bytes, and a part of no length at the end. `timeoutMs` bounds each step of it; two
 * minutes unless told, as long as clamd's own CommandReadTimeout and MaxScanTime.
 */
export function clamd(place: ClamdPlace, timeoutMs = 120_000): Scanner {
  const where = "path" in place ? place.path : `${place.host}:${place.port}`;
  const ask = async (send: (socket: Socket) => Promise<void>): Promise<string> => {
    const socket = connect(place);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} seconds`)));
    const answer = answerOf(socket);
    // It answers too large a file before the end of it, and closes: what it says counts, not that sending broke off.
    const sending = send(socket);
    sending.catch(() => {});
    try {
      return await answer;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ScannerUnavailable(`ClamAV at ${where} does not answer (${reason})`, { cause: error });
    } finally {
      socket.destroy();
    }
  };
  return {
    where,
    scan: async (path) => {
      const answer = await ask((socket) => pipeline(createReadStream(path), inParts, socket, { end: false }));
      const found = /^stream: (.+) FOUND$/.exec(answer)?.[1];
      if (found !== undefined) return found;
      if (answer === "stream: OK") return null;
      throw new ScannerUnavailable(`ClamAV at ${where} could not look at a file: ${answer.slice(0, 200)}`);
    },
    ping: () =>
      ask(async (socket) => {
        socket.write("zPING\0");
      }).then(
        (answer) => answer === "PONG",
        () => false,
      ),
  };
}

async function* inParts(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from("zINSTREAM\0");
  for await (const chunk of content) {
    yield lengthOf(chunk.length);
    yield chunk;
  }
  yield lengthOf(0);
}

function lengthOf(count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(count);
  return bytes;
}

/** What the server says up to its mark of the end. */
async function answerOf(socket: Socket): Promise<string> {
  let answer = "";
  for await (const chunk of socket) {
    answer += String(chunk);
    if (answer.length > answerBytesMax) throw new Error("an answer without end");
    if (answer.includes("\0")) break;
  }
  const [said = ""] = answer.split("\0");
  if (said === "") throw new Error("it closed without an answer");
  return said.trim();
}
