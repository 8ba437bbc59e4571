import type { ModulePages } from "../../web/parts.ts";
import { officerPath, registerOfficerPage } from "./public/officer-page.ts";
import { publicationSections, publishSections, registerPublishing } from "./public/publishing/from-answer.ts";
import { registerPublic } from "./public/routes.ts";
import { requestSections } from "./redaction/from-request.ts";
import { registerRedaction } from "./redaction/pages.ts";
import { redactionSections } from "./redaction/schedule.ts";

/** The pages of information rights that follow from no definition. */
export const rightsPages: ModulePages = {
  register: (app, parts) => {
    registerRedaction(app, parts);
    registerPublic(app, parts);
    registerOfficerPage(app, parts);
    registerPublishing(app, parts);
  },
  links: [{ label: "Public pages", href: officerPath, group: "work", type: "information_request" }],
  sections: {
    redaction: redactionSections,
    information_request: async (tx, request) => [
      ...(await requestSections(tx, request)),
      ...(await publishSections(tx, request)),
    ],
    publication: publicationSections,
  },
};
