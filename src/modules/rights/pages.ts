import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { officerPath, registerOfficerPage } from "./public/officer-page.ts";
import { publicationSections, publishSections, registerPublishing } from "./public/publishing/from-answer.ts";
import { registerPublic } from "./public/routes.ts";
import type { RecordSection } from "../../web/view/models.ts";
import { caseSections } from "./cases/case-sections.ts";
import { gatheringSections } from "./cases/gathering.ts";
import { publishedPage, publishedPath } from "./cases/published-page.ts";
import { requestSections } from "./redaction/from-request.ts";
import { registerRedaction } from "./redaction/pages.ts";
import { redactionSections } from "./redaction/schedule.ts";

/** What several add to the page of one type, each below the other. */
function inTurn(...every: readonly Sections[]): Sections {
  return async (tx, record) => {
    const all: RecordSection[] = [];
    for (const sections of every) all.push(...(await sections(tx, record)));
    return all;
  };
}

type Sections = NonNullable<ModulePages["sections"]>[string];

/** The pages of information rights that follow from no definition. */
export const rightsPages: ModulePages = {
  register: (app, parts) => {
    registerRedaction(app, parts);
    registerPublic(app, parts);
    registerOfficerPage(app, parts);
    registerPublishing(app, parts);
    app.get(publishedPath, pageRoute(parts, publishedPage));
  },
  links: [
    { label: "Answers to members", href: publishedPath, group: "work", type: "information_request", needs: "read" },
    { label: "Public pages", href: officerPath, group: "work", type: "information_request" },
  ],
  sections: {
    redaction: redactionSections,
    information_request: inTurn(requestSections, publishSections, caseSections),
    data_protection_request: inTurn(gatheringSections, requestSections, caseSections),
    members_question: caseSections,
    information_complaint: caseSections,
    publication: publicationSections,
  },
};
