import type { Module } from "../../kernel/registry.ts";
import { sendMessages } from "./deliver.ts";
import { invite, inviteKind } from "./invite.ts";
import { keepSurveys } from "./keep-surveys.ts";
import { sayMessage } from "./letters.ts";
import { Message } from "./message.record.ts";
import { Survey } from "./survey.record.ts";

export { deliverMessages } from "./deliver.ts";
export { inviteAtOnce, invitedByCaller } from "./invite.ts";
export { ownSurveys } from "./own-surveys.ts";
export { keepOpenSurveys } from "./keep-surveys.ts";
export { hashOfSurveyKey, personalSurveyKeys } from "./survey-keys.ts";

/** What people are told, and what they say when they are asked. */
export const messages: Module = {
  name: "messages",
  label: "Messages and surveys",
  group: "work",
  records: [Message, Survey],
  daily: ["survey"],
  letters: { broadcast: sayMessage },
  jobs: { [inviteKind]: invite },
  schedules: [sendMessages, keepSurveys],
};
