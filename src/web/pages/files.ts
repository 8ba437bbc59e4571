import type { FastifyInstance } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import { openContent } from "../../kernel/files/content.ts";
import { findFile } from "../../kernel/files/files.ts";
import { isId } from "../../kernel/store/find.ts";
import { headersOfFile } from "../file-headers.ts";
import { pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";

/** The content of files, for whoever may see the record that has them. */
export function registerFiles(app: FastifyInstance, parts: WebParts): void {
  app.get("/files/:id", pageRoute(parts, sendFile));
}

async function sendFile({ parts, params, as }: PageRequest): Promise<PageAnswer> {
  const id = params["id"] ?? "";
  if (!isId(id)) return unseen();
  const file = await as((tx) => findFile(tx, id));
  const content = await openContent(parts.filesFolder, file.sha256);
  if (content === null) return unseen();
  return { body: content, type: file.mediaType, headers: headersOfFile(file) };
}
