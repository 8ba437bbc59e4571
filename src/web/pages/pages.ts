import type { FastifyInstance } from "fastify";
import type { WebParts } from "../parts.ts";
import { registerAccount } from "./account.ts";
import { registerAdministration } from "./administration.ts";
import { registerErasures } from "./erase.ts";
import { registerFiles } from "./files.ts";
import { registerForms } from "./form.ts";
import { registerImports } from "./import.ts";
import { registerJobs } from "./jobs.ts";
import { registerLists } from "./list.ts";
import { registerMyWork } from "./my-work.ts";
import { registerOrganisation } from "./organisation.ts";
import { registerRecords } from "./record.ts";
import { registerSearch } from "./search.ts";
import { registerSignInLinks } from "./sign-in-link.ts";
import { registerSignIn } from "./sign-in.ts";
import { registerStatement } from "./statement.ts";

/** Every page: those of the product, those of each type by its definition, and those of the modules. */
export function registerPages(app: FastifyInstance, parts: WebParts): void {
  registerSignIn(app, parts);
  registerStatement(app, parts);
  registerMyWork(app, parts);
  registerSearch(app, parts);
  registerAccount(app, parts);
  registerAdministration(app, parts);
  registerOrganisation(app, parts);
  registerJobs(app, parts);
  for (const module of parts.modulePages) module.register(app, parts);
  registerLists(app, parts);
  registerImports(app, parts);
  registerErasures(app, parts);
  registerSignInLinks(app, parts);
  registerFiles(app, parts);
  registerForms(app, parts);
  registerRecords(app, parts);
}
