import multipart from "@fastify/multipart";
import type { Multipart } from "@fastify/multipart";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { notTaken } from "../kernel/fields/file.ts";
import { TooLarge, hasContent, keepContent } from "../kernel/files/content.ts";
import type { Content } from "../kernel/files/content.ts";
import { Infected, ScannerUnavailable } from "../kernel/files/scan.ts";
import { addFile, fileBytesMax } from "../kernel/files/files.ts";
import { ApiProblem } from "./api/problems.ts";
import type { WebParts } from "./parts.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The SHA-256 of each file that came with this form, by the id that the form holds in its place. */
    sentFiles: ReadonlyMap<string, string>;
  }
}

/** What a form holds of a file until it has passed the check of its token. */
interface Arrived extends Content {
  readonly control: string;
  readonly name: string;
}

const arrived = new WeakMap<FastifyRequest, Arrived[]>();
const none: ReadonlyMap<string, string> = new Map();

/**
 * Lets the routes of `app` take forms with files. Give `readForm`, then the check of the form's token, then `keepFiles` as
 * their `preHandler`: after these the body is a form like any other, with a file's id where the file was.
 */
export async function registerSentFiles(app: FastifyInstance): Promise<void> {
  app.decorateRequest("sentFiles");
  app.addHook("onRequest", async (request) => {
    request.sentFiles = none;
  });
  await app.register(multipart, {
    // A file that is too large is refused at its own control, with all that was typed beside it.
    throwFileSizeLimit: false,
    limits: { fileSize: fileBytesMax + 1, files: 20, fields: 2000, fieldSize: 1_000_000, fieldNameSize: 200 },
  });
}

/**
 * Reads the fields of a form with files, and sets the content aside. Files of somebody who is not signed in are not kept:
 * the form says in their place that they must be chosen again. Each may hold `bytesMax`, and streams to where files are
 * kept. Refuses (400) what is no form.
 */
export function readFormWithFiles(parts: WebParts, bytesMax = fileBytesMax) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!request.isMultipart()) return;
    const session = await parts.signIn.sessionFrom(request.headers);
    const form: Record<string, string | string[]> = Object.create(null);
    const files: Arrived[] = [];
    for await (const part of partsOf(request, bytesMax)) {
      if (part.type === "field") add(form, part.fieldname, String(part.value));
      else if (part.filename === undefined || part.filename === "") part.file.resume();
      else if (session === null) {
        part.file.resume();
        form[part.fieldname] = `${part.filename}: choose this file again`;
      } else {
        try {
          const content = await keepContent(parts.filesFolder, part.file, bytesMax);
          // How browsers send these signs in a name (HTML Standard, multipart/form-data encoding algorithm).
          const name = part.filename.replaceAll(/%(?:22|0D|0A)/gi, " ");
          files.push({ ...content, control: part.fieldname, name });
        } catch (error) {
          const why = reasonNotTaken(error);
          if (why === null) throw error;
          if (error instanceof Infected || error instanceof ScannerUnavailable)
            parts.log.warn({ err: error, person: session.personId }, "a file was not taken");
          part.file.resume();
          put(form, part.fieldname, why);
        }
      }
    }
    arrived.set(request, files);
    request.body = form;
  };
}

/** Puts the files of a form into the register, as the person's own, and their ids into the form. */
export function keepSentFiles(parts: WebParts) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const files = arrived.get(request) ?? [];
    if (files.length === 0) return;
    const session = await parts.signIn.sessionFrom(request.headers);
    if (session === null) return;
    const sent = new Map<string, string>();
    // `readFormWithFiles` made the body.
    const form = request.body as Record<string, string | string[]>;
    await parts.store.as({ organisationId: session.organisationId, personId: session.personId }, async (tx) => {
      for (const { control, name, ...content } of files) {
        const { id, sha256 } = await addFile(tx, name, content);
        put(form, control, id);
        sent.set(id, sha256);
      }
    });
    // An erasure by law may have taken the same content away after it came and before it was registered.
    for (const { control, sha256 } of files)
      if (!(await hasContent(parts.filesFolder, sha256))) put(form, control, "gone");
    request.sentFiles = sent;
  };
}

/** Why content was not taken where that is for the person to know; null for a fault. */
export function reasonNotTaken(error: unknown): keyof typeof notTaken | null {
  if (error instanceof TooLarge) return "too large";
  if (error instanceof Infected) return "infected";
  return error instanceof ScannerUnavailable ? "unscanned" : null;
}

/** The parts of a form, and a sentence of ours for one that breaks off or is none. */
async function* partsOf(request: FastifyRequest, bytesMax: number): AsyncGenerator<Multipart> {
  try {
    yield* request.parts({ limits: { fileSize: bytesMax + 1 } });
  } catch (error) {
    // What the disk or the database says passes; the reader of forms has no codes of its own but Fastify's.
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!(error instanceof Error) || error instanceof ApiProblem || (code !== "" && !code.startsWith("FST_")))
      throw error;
    throw new ApiProblem("malformed", "The form broke off, or is none that a browser sends. Go back and send it again");
  }
}

/** What stands in a file's place: beside others where the control is of several files (its name ends with []). */
function put(form: Record<string, string | string[]>, control: string, value: string): void {
  if (control.endsWith("[]")) add(form, control, value);
  else form[control] = value;
}

/** A name that comes twice holds a list, as in any other form. */
function add(form: Record<string, string | string[]>, name: string, value: string): void {
  const before = form[name];
  form[name] = before === undefined ? value : [before, value].flat();
}
