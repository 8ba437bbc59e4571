import type pg from "pg";
import type { FilesPlace } from "../kernel/files/store.ts";
import type { Registry } from "../kernel/registry.ts";
import { create } from "../kernel/store/create.ts";
import { move } from "../kernel/store/move.ts";
import { asSystem } from "../kernel/transaction.ts";
import { Mailbox } from "../modules/desk/mail/mailbox.record.ts";
import { takeIn } from "../modules/desk/mail/take-in.ts";
import { demoAddress } from "./demo-people.ts";

interface DemoMailParts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly filesFolder: FilesPlace;
  readonly organisationId: string;
  readonly queue: string;
  readonly now: Temporal.Instant;
}

/** A message of the demonstration, and how many hours ago it came. */
interface DemoMessage {
  readonly hoursAgo: number;
  readonly from: string;
  readonly subject: string;
  readonly headers?: readonly string[];
  readonly text: string;
}

const server = "mx.aldermoor.gov.uk";
const believed = `Authentication-Results: ${server}; spf=pass; dkim=pass; dmarc=pass`;

const messages: readonly DemoMessage[] = [
  {
    hoursAgo: 51,
    from: "Marjorie Finch <marjorie.finch@residents.example>",
    subject: "Cannot pay for my garden waste bin",
    headers: [believed],
    text: "Hello,\n\nI have tried three times to pay for the brown bin on your website. It says “session ended” each time after the card page.\n\nMarjorie Finch\n14 Mill Lane",
  },
  {
    hoursAgo: 27,
    from: "Chief Executive <ceo@aldermoor-gov.example>",
    subject: "Urgent: new bank details",
    headers: [`Authentication-Results: ${server}; spf=fail; dkim=none; dmarc=fail header.from=aldermoor-gov.example`],
    text: "Are you at your desk? I need you to change the bank details of a supplier today. Answer only to this address.",
  },
  {
    hoursAgo: 22,
    from: "Devlin Print <service@devlinprint.example>",
    subject: "Automatic reply: toner for the depot",
    headers: [believed, "Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"],
    text: "Our office is closed until Monday. For breakdowns ring 01632 960 118.",
  },
  {
    hoursAgo: 20,
    from: "Kit Lawson <kit.lawson@elsewhere.example>",
    subject: "Re: [INC-00391] Laptop will not start",
    headers: [believed],
    text: "Any news of this? You can ring me on my own number.",
  },
  {
    hoursAgo: 5,
    from: "Cloud Weekly <news@cloudweekly.example>",
    subject: "Seven ways to cut your hosting bill",
    headers: [believed, "Precedence: bulk", "List-Id: <news.cloudweekly.example>"],
    text: "Read on our website how three councils did it.",
  },
  {
    hoursAgo: 3,
    from: `Gareth Lloyd <${demoAddress("gareth.lloyd")}>`,
    subject: "Second screen flickers",
    headers: [believed],
    text: "My second screen has flickered since this morning. I have tried another cable.\n\nGareth",
  },
];

/** Makes the desk's mailbox and what came into it in the last days: taken in as mail is, so some of it is held. */
export async function makeDemoMail({ queue, now, ...parts }: DemoMailParts): Promise<void> {
  const { organisationId } = parts;
  const mailbox = await asSystem({ ...parts, now: now.subtract({ hours: 24 * 60 }) }, async (tx) => {
    const values = {
      name: "Service desk",
      address: demoAddress("servicedesk"),
      queue,
      host: "outlook.office365.com",
      signsInAs: demoAddress("servicedesk"),
      signIn: "oauth",
      tokenUrl: "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/v2.0/token",
      clientId: "reeve-service-desk",
      vouchedBy: server,
    };
    return move(tx, Mailbox, (await create(tx, Mailbox, values, { trusted: true })).id, "any", "switch_on", {});
  });
  for (const [at, message] of messages.entries()) {
    const came = now.subtract({ minutes: message.hoursAgo * 60 });
    const arrived = { raw: rawOf(message, came, at), uid: at + 1, uidValidity: 1 };
    await takeIn(parts, { organisationId, mailboxId: mailbox.id }, arrived, came);
  }
}

function rawOf({ from, subject, headers = [], text }: DemoMessage, came: Temporal.Instant, at: number): Buffer {
  const lines = [
    ...headers,
    `From: ${from}`,
    `To: Service desk <${demoAddress("servicedesk")}>`,
    `Subject: ${subject}`,
    `Date: ${new Date(came.epochMilliseconds).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <demo${at}.${came.epochMilliseconds}@mail.example>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "",
    text,
  ];
  return Buffer.from(lines.join("\r\n"), "utf8");
}
