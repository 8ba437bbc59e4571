/** Every page and the data it needs. A page's name is its template in `templates/pages/`. */
import type { AdminPage } from "./models/administration.ts";
import type { AwayPage } from "./models/away.ts";
import type { AnswersPage, FormPage, QuestionPage } from "./models/form.ts";
import type {
  AccessibilityPage,
  AccountPage,
  ApiReferencePage,
  ApiTypePage,
  AuditPage,
  BadRequestPage,
  ConflictPage,
  DisposalPage,
  FaultPage,
  FieldsPage,
  NotAllowedPage,
  NotFoundPage,
  PasskeyPage,
  ProvisioningPage,
  SecondStepPage,
  SessionEndedPage,
  SessionsPage,
  SetupPage,
  SignInLinkPage,
  SignInPage,
  TokenCreatedPage,
  TooManyRequestsPage,
  UnavailablePage,
} from "./models/pages.ts";
import type { WebhookLogPage } from "./models/outward.ts";
import type { MailPage, NotificationChoicesPage, NotificationsPage } from "./models/notifications.ts";
import type { ImportColumnsPage, ImportPage, ImportRowsPage, ImportUndoPage } from "./models/imports.ts";
import type { JobPage } from "./models/jobs.ts";
import type { MeasurePage, ReportFormPage, ReportPage, ReportsPage } from "./models/measures.ts";
import type { ConnectionsPage } from "./models/connections.ts";
import type { ErasePage, FilePage, LedgerPage, RecordPage } from "./models/record.ts";
import type { BulkPage, ColumnsPage } from "./models/seen.ts";
import type { DayPage, FormBesidePage } from "./models/work.ts";
import type { StatusPage } from "./models/status.ts";
import type { ListPage, MyWorkPage, NumbersPage, RowPage, SearchPage, TablesPage } from "./models/tables.ts";

import type { DocumentPage } from "./models/document.ts";
import type { MarkingPage } from "./models/marking.ts";
import type { PortalFoundPage, PortalPage } from "./models/portal.ts";

export type Pages = {
  portal: PortalPage;
  document: DocumentPage;
  "portal-found": PortalFoundPage;
  "my-work": MyWorkPage;
  list: ListPage;
  row: RowPage;
  columns: ColumnsPage;
  bulk: BulkPage;
  question: QuestionPage;
  answers: AnswersPage;
  record: RecordPage;
  file: FilePage;
  ledger: LedgerPage;
  marking: MarkingPage;
  connections: ConnectionsPage;
  erase: ErasePage;
  form: FormPage;
  job: JobPage;
  tables: TablesPage;
  import: ImportPage;
  "import-columns": ImportColumnsPage;
  "import-rows": ImportRowsPage;
  "import-undo": ImportUndoPage;
  search: SearchPage;
  numbers: NumbersPage;
  "form-beside": FormBesidePage;
  day: DayPage;
  measure: MeasurePage;
  reports: ReportsPage;
  report: ReportPage;
  "report-form": ReportFormPage;
  "sign-in": SignInPage;
  setup: SetupPage;
  "sign-in-link": SignInLinkPage;
  account: AccountPage;
  away: AwayPage;
  "second-step": SecondStepPage;
  sessions: SessionsPage;
  provisioning: ProvisioningPage;
  passkey: PasskeyPage;
  "token-created": TokenCreatedPage;
  admin: AdminPage;
  audit: AuditPage;
  fields: FieldsPage;
  disposal: DisposalPage;
  notifications: NotificationsPage;
  "notification-choices": NotificationChoicesPage;
  mail: MailPage;
  "webhook-log": WebhookLogPage;
  "not-found": NotFoundPage;
  "not-allowed": NotAllowedPage;
  conflict: ConflictPage;
  "session-ended": SessionEndedPage;
  "too-many-requests": TooManyRequestsPage;
  fault: FaultPage;
  unavailable: UnavailablePage;
  "bad-request": BadRequestPage;
  "api-reference": ApiReferencePage;
  "api-type": ApiTypePage;
  accessibility: AccessibilityPage;
  status: StatusPage;
};

export type PageName = keyof Pages;

export type * from "./models/away.ts";
export type * from "./models/status.ts";
export type * from "./models/document.ts";
export type * from "./models/form.ts";
export type * from "./models/notifications.ts";
export type * from "./models/imports.ts";
export type * from "./models/jobs.ts";
export type { MarkingPage } from "./models/marking.ts";
export type * from "./models/measures.ts";
export type * from "./models/outward.ts";
export type * from "./models/administration.ts";
export type * from "./models/pages.ts";
export type * from "./models/portal.ts";
export type * from "./models/connections.ts";
export type * from "./models/record.ts";
export type {
  Board,
  BulkPage,
  BoardCard,
  BoardMove,
  Calendar,
  CalendarDay,
  SeenControl,
  Timeline,
  TimelineBar,
} from "./models/seen.ts";
export type * from "./models/shell.ts";
export type * from "./models/tables.ts";
export type * from "./models/work.ts";
