import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { answer, answerPage, surveyFace } from "./answer-page.ts";
import { registerByLink } from "./by-link-page.ts";
import { linksPage, makeLinks } from "./links-page.ts";
import { incidentMessages, messageSections } from "./message-sections.ts";
import { messageBanners, putAway, readPage } from "./read-page.ts";
import { resultsPage } from "./results-page.ts";
import { surveySections } from "./survey-sections.ts";

/** Messages for those whom they are meant for, who need no right to the records; surveys for those who are asked. */
export const messagePages: ModulePages = {
  register: (app, parts) => {
    registerByLink(app, parts);
    const guarded = { preHandler: app.csrfProtection.bind(app) };
    app.get("/messages/:reference/read", pageRoute(parts, readPage));
    app.get("/surveys/:reference/answer", pageRoute(parts, answerPage));
    app.post("/surveys/:reference/answer", guarded, pageRoute(parts, answer));
    app.get("/surveys/:reference/links", pageRoute(parts, linksPage));
    app.post("/surveys/:reference/links", guarded, pageRoute(parts, makeLinks));
    app.get("/surveys/:reference/results", pageRoute(parts, resultsPage));
    app.post("/messages/:reference/put-away", guarded, pageRoute(parts, putAway));
  },
  links: [],
  sections: { broadcast: messageSections, survey: surveySections, major_incident: incidentMessages },
  faces: { survey: surveyFace },
  banners: messageBanners,
};
