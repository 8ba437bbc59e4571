import type { ModulePages } from "../../web/parts.ts";
import { registerPublic } from "./public/routes.ts";
import { requestSections } from "./redaction/from-request.ts";
import { registerRedaction } from "./redaction/pages.ts";
import { redactionSections } from "./redaction/schedule.ts";

/** The pages of information rights that follow from no definition. */
export const rightsPages: ModulePages = {
  register: (app, parts) => {
    registerRedaction(app, parts);
    registerPublic(app, parts);
  },
  links: [],
  sections: { redaction: redactionSections, information_request: requestSections },
};
