import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { keepSentFiles, readFormWithFiles } from "../../web/sent-files.ts";
import { boardPage, boardPath } from "./board/page.ts";
import { officerPath, registerOfficerPage } from "./public/officer-page.ts";
import { publicationSections, publishSections, registerPublishing } from "./public/publishing/from-answer.ts";
import { registerPublic } from "./public/routes.ts";
import { theyWroteSections } from "./public/they-wrote.ts";
import type { RecordSection } from "../../web/view/models.ts";
import { postBeginText } from "./answering/begin-text.ts";
import { answeringSections } from "./answering/case-sections.ts";
import { ownQuestions } from "./answering/own-questions.ts";
import { postAnswer, questionFace } from "./answering/question-face.ts";
import { readText, textFace } from "./answering/text-face.ts";
import { versionsPage } from "./answering/versions.ts";
import { mayAnswerSections } from "./beside/may-answer.ts";
import { postEarlierWords } from "./beside/take-words.ts";
import { caseSections } from "./cases/case-sections.ts";
import { gatheringSections } from "./cases/gathering.ts";
import { publishedPage, publishedPath } from "./cases/published-page.ts";
import { requestSections } from "./redaction/from-request.ts";
import { postTakeIn, takeInSections } from "./passing/take-in.ts";
import { registerRedaction } from "./redaction/pages.ts";
import { redactionSections } from "./redaction/schedule.ts";
import { textSections } from "./refusing/text-sections.ts";
import { registerWorkbench } from "./refusing/workbench.ts";
import { statisticsPath } from "./statistics/address.ts";
import { registerStatistics } from "./statistics/routes.ts";

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
    registerWorkbench(app, parts);
    const guarded = { preHandler: app.csrfProtection.bind(app) };
    const withFiles = { preHandler: [readFormWithFiles(parts), app.csrfProtection, keepSentFiles(parts)] };
    app.post("/:path/:reference/timeline-of", guarded, pageRoute(parts, postTakeIn));
    app.post("/:path/:reference/agreed-text", guarded, pageRoute(parts, postBeginText));
    app.post("/:path/:reference/earlier-answer", guarded, pageRoute(parts, postEarlierWords));
    app.post("/case-questions/:reference/answer", withFiles, pageRoute(parts, postAnswer));
    app.get("/agreed-texts/:reference/read", pageRoute(parts, readText));
    app.get("/agreed-texts/:reference/versions", pageRoute(parts, versionsPage));
    registerStatistics(app, parts);
    app.get(boardPath, pageRoute(parts, boardPage));
    registerPublic(app, parts);
    registerOfficerPage(app, parts);
    registerPublishing(app, parts);
    app.get(publishedPath, pageRoute(parts, publishedPage));
  },
  links: [
    { label: "Never-late board", href: boardPath, group: "work", type: "information_request" },
    { label: "Information statistics", href: statisticsPath, group: "insight", type: "information_request" },
    { label: "Answers to members", href: publishedPath, group: "work", type: "information_request", needs: "read" },
    { label: "Public pages", href: officerPath, group: "work", type: "information_request" },
  ],
  sections: {
    redaction: redactionSections,
    information_request: inTurn(
      theyWroteSections,
      answeringSections,
      mayAnswerSections,
      takeInSections,
      requestSections,
      publishSections,
      caseSections,
    ),
    data_protection_request: inTurn(
      theyWroteSections,
      gatheringSections,
      answeringSections,
      takeInSections,
      requestSections,
      caseSections,
    ),
    members_question: inTurn(answeringSections, mayAnswerSections, caseSections),
    case_question: mayAnswerSections,
    information_complaint: caseSections,
    agreed_text: textSections,
    publication: publicationSections,
  },
  work: ownQuestions,
  faces: { case_question: questionFace, agreed_text: textFace },
};
