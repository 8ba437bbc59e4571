import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { keepSentFiles, readFormWithFiles } from "../../web/sent-files.ts";
import { postBeginText } from "./answering/begin-text.ts";
import { caseSections } from "./answering/case-sections.ts";
import { postAnswer, questionFace } from "./answering/question-face.ts";
import { readText, textFace } from "./answering/text-face.ts";
import { versionsPage } from "./answering/versions.ts";
import { requestSections } from "./redaction/from-request.ts";
import { registerRedaction } from "./redaction/pages.ts";
import { redactionSections } from "./redaction/schedule.ts";
import { registerWorkbench, textSections } from "./refusing/workbench.ts";

/** The pages of information rights that follow from no definition. */
export const rightsPages: ModulePages = {
  register: (app, parts) => {
    registerRedaction(app, parts);
    registerWorkbench(app, parts);
    const guarded = { preHandler: app.csrfProtection.bind(app) };
    const withFiles = { preHandler: [readFormWithFiles(parts), app.csrfProtection, keepSentFiles(parts)] };
    app.post("/:path/:reference/agreed-text", guarded, pageRoute(parts, postBeginText));
    app.post("/case-questions/:reference/answer", withFiles, pageRoute(parts, postAnswer));
    app.get("/agreed-texts/:reference/read", pageRoute(parts, readText));
    app.get("/agreed-texts/:reference/versions", pageRoute(parts, versionsPage));
  },
  links: [],
  sections: {
    redaction: redactionSections,
    information_request: async (tx, record) => [
      ...(await caseSections(tx, record)),
      ...(await requestSections(tx, record)),
    ],
    agreed_text: textSections,
  },
  faces: { case_question: questionFace, agreed_text: textFace },
};
