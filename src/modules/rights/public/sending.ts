import type { FastifyReply, FastifyRequest } from "fastify";
import { unseen } from "../../../kernel/errors.ts";
import { openContent } from "../../../kernel/files/content.ts";
import type { StoredFile } from "../../../kernel/files/files.ts";
import { headersOfFile } from "../../../web/file-headers.ts";
import type { WebParts } from "../../../web/parts.ts";
import type { PublicPlace } from "./front.ts";

/** From one place: requests that are sent, or replies, in an hour. */
export const sentAnHour = 20;

/** Finds the place that an address names. Refuses (unseen) where there is none. */
export type PlaceOf = (request: FastifyRequest) => Promise<PublicPlace>;

/** Which addresses begin with what. */
export interface Where {
  readonly base: string;
  readonly placeOf: PlaceOf;
}

/** Sends a file that was found for whoever asks. */
export async function sendFile(
  parts: WebParts,
  reply: FastifyReply,
  file: StoredFile,
  cache: string,
): Promise<FastifyReply> {
  const content = (await openContent(parts.filesFolder, file.sha256)) ?? unseen("The file is no longer there");
  return reply
    .type(file.mediaType)
    .headers({ ...headersOfFile(file), "cache-control": cache })
    .send(content);
}
