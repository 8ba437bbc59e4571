import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal, refuse, unseen } from "../../kernel/errors.ts";
import { notTaken } from "../../kernel/fields/file.ts";
import { hasContent, keepContent, openContent } from "../../kernel/files/content.ts";
import { addFile, fileBytesMax, findFile } from "../../kernel/files/files.ts";
import type { StoredFile } from "../../kernel/files/files.ts";
import { attachmentsOf, removeAttachment } from "../../kernel/store/attachments.ts";
import type { Attachment } from "../../kernel/store/attachments.ts";
import { find, isId } from "../../kernel/store/find.ts";
import { headersOfFile } from "../file-headers.ts";
import { reasonNotTaken } from "../sent-files.ts";
import { scopeAllows } from "../sign-in/api-tokens.ts";
import { oneOf, onlyParameters } from "./list-query.ts";
import { ApiProblem } from "./problems.ts";
import { onlyMembers } from "./body.ts";
import { outOfScope, typeFor } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest } from "./route.ts";

const path = "/files";
const mediaType = "application/octet-stream";
const sent = new WeakMap<FastifyRequest, Readable>();

/** Files: sent on their own, then given to a record by their id; read by whoever may see the record. */
export function addFileRoutes(api: FastifyInstance, add: AddRoute): void {
  api.addContentTypeParser(mediaType, (request, payload, done) => {
    if (request.routeOptions.url?.endsWith(path)) {
      sent.set(request, payload);
      done(null, undefined);
    } else done(new ApiProblem("media-type", "Send the body as JSON, with Content-Type: application/json"));
  });
  api.addContentTypeParser("*", (request, _payload, done) =>
    done(
      new ApiProblem(
        "media-type",
        request.routeOptions.url?.endsWith(path)
          ? `Send the file itself as the body, with Content-Type: ${mediaType}`
          : "Send the body as JSON, with Content-Type: application/json",
      ),
    ),
  );
  add("POST", path, sendFile);
  add("GET", "/:path/:id/files", listFiles);
  add("POST", "/:path/:id/files/:file/remove", removeFile);
  add("GET", `${path}/:id`, showFile);
  add("GET", `${path}/:id/content`, sendContent);
}

async function sendFile(api: ApiRequest): Promise<ApiAnswer> {
  onlyParameters(api.query, ["name"]);
  if (!api.actor.scopes.some((scope) => /(^|:)(write|admin)$/.test(scope))) throw outOfScope(api.actor, "write");
  const name =
    oneOf(api.query, "name")?.trim() || refuse("name", "Say in the address what the file is called: ?name=report.pdf");
  const content = sent.get(api.request);
  if (!content) throw new ApiProblem("media-type", `Send the file itself as the body, with Content-Type: ${mediaType}`);
  try {
    const kept = await keepContent(api.parts.filesFolder, content, fileBytesMax);
    const file = await api.as((tx) => addFile(tx, name, kept));
    // An erasure by law, or the sweep, may have taken the same content away after it came and before it was registered.
    if (!(await hasContent(api.parts.filesFolder, kept.sha256)))
      throw new Refusal("impossible", [{ message: "The same content was deleted just now. Send the file again" }]);
    return { status: 201, headers: { location: `/api/v1${path}/${file.id}` }, body: fileJson(file) };
  } catch (error) {
    const why = reasonNotTaken(error);
    if (why === null) throw error;
    if (why === "too large") throw new ApiProblem("too-large", "A file may have 25 MB at the most");
    api.parts.log.warn({ err: error, person: api.actor.personId }, "a file was not taken");
    if (why === "infected") refuse("content", `This file ${notTaken.infected}`);
    throw new ApiProblem("unavailable", `This file ${notTaken.unscanned}`);
  }
}

/** The files that a record's comments brought: a short list, given whole. */
async function listFiles(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "read");
  onlyParameters(api.query, []);
  return api.as(async (tx) => {
    const record = await find(tx, type, api.params["id"] ?? "");
    return { body: { items: (await attachmentsOf(tx, record)).map(attachmentJson) } };
  });
}

/** Takes a file away that a comment brought. Sent again, it says the same. */
async function removeFile(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "write");
  onlyParameters(api.query, []);
  onlyMembers(api.body, []);
  const { id = "", file = "" } = api.params;
  await api.as((tx) => removeAttachment(tx, type, id, file));
  return { body: { id: file.toLowerCase(), removed: true } };
}

async function showFile(api: ApiRequest): Promise<ApiAnswer> {
  onlyParameters(api.query, []);
  return { body: fileJson(await fileOf(api)) };
}

async function sendContent(api: ApiRequest): Promise<ApiAnswer> {
  onlyParameters(api.query, []);
  const file = await fileOf(api);
  const content = (await openContent(api.parts.filesFolder, file.sha256)) ?? unseen("The content of this file is gone");
  return { headers: { ...headersOfFile(file), "content-type": file.mediaType }, body: content };
}

/** The file of the address. What its record's type is must be within the token's scopes. */
async function fileOf(api: ApiRequest): Promise<StoredFile> {
  const id = api.params["id"] ?? "";
  if (!isId(id)) unseen("There is no such file, or you may not see it");
  const file = await api.as((tx) => findFile(tx, id));
  if (file.recordType !== null && !scopeAllows(api.actor.scopes, file.recordType, "read"))
    throw outOfScope(api.actor, `${file.recordType}:read`);
  return file;
}

function attachmentJson(file: Attachment): Record<string, unknown> {
  const { comment, internal, addedBy, addedAt } = file;
  return { ...fileJson({ ...file, recordType: null }), comment, internal, addedBy, addedAt };
}

function fileJson({ id, name, mediaType: type, sizeBytes, sha256 }: StoredFile): Record<string, unknown> {
  return { id, name, mediaType: type, sizeBytes, sha256 };
}
