import type { ModulePages } from "../../web/parts.ts";
import { pageRoute } from "../../web/page.ts";
import { boardPage, boardPath } from "./board/page.ts";
import { requestSections } from "./redaction/from-request.ts";
import { registerRedaction } from "./redaction/pages.ts";
import { redactionSections } from "./redaction/schedule.ts";
import { statisticsPath } from "./statistics/address.ts";
import { registerStatistics } from "./statistics/routes.ts";

/** The pages of information rights that follow from no definition. */
export const rightsPages: ModulePages = {
  register: (app, parts) => {
    registerRedaction(app, parts);
    registerStatistics(app, parts);
    app.get(boardPath, pageRoute(parts, boardPage));
  },
  links: [
    { label: "Never-late board", href: boardPath, group: "work", type: "information_request" },
    { label: "Information statistics", href: statisticsPath, group: "insight", type: "information_request" },
  ],
  sections: { redaction: redactionSections, information_request: requestSections },
};
