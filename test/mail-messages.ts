/** A message as it comes in, from its headers and its text; a test gives what it is about. */
export interface Composed {
  readonly from?: string;
  /** Whom it goes to, as `To` says. */
  readonly to?: string;
  readonly cc?: string;
  readonly subject?: string;
  readonly id?: string | null;
  readonly references?: string;
  readonly text?: string;
  /** Further header lines, topmost first. */
  readonly headers?: readonly string[];
  /** In the place of headers of content and the text. */
  readonly body?: string;
}

let made = 0;

/** Writes a message as a mail server gives it. */
export function message(given: Composed): Buffer {
  const {
    from = "Jo Bloggs <jo@residents.example>",
    to = "Service desk <desk@aldermoor.gov.uk>",
    subject = "The printer jams",
    text = "It will not print.",
  } = given;
  made += 1;
  const id = given.id === undefined ? `<m${made}.${Math.random().toString(36).slice(2)}@residents.example>` : given.id;
  const lines = [
    ...(given.headers ?? []),
    `From: ${from}`,
    `To: ${to}`,
    ...(given.cc === undefined ? [] : [`Cc: ${given.cc}`]),
    `Subject: ${subject}`,
    "Date: Mon, 23 Nov 2026 09:30:00 +0000",
    ...(id === null ? [] : [`Message-ID: ${id}`]),
    ...(given.references === undefined ? [] : [`In-Reply-To: ${given.references}`, `References: ${given.references}`]),
    "MIME-Version: 1.0",
    given.body ?? `Content-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`,
  ];
  return Buffer.from(lines.join("\r\n"), "utf8");
}

/** A report that mail came back, as mail servers write it (RFC 3464), with the head of the mail. */
export function bounce({
  of,
  to,
  action = "failed",
}: {
  of: string;
  to: string;
  action?: "failed" | "delayed";
}): Buffer {
  return message({
    from: "Mail Delivery System <MAILER-DAEMON@mx.residents.example>",
    subject: "Undelivered Mail Returned to Sender",
    headers: ["Return-Path: <>", "Auto-Submitted: auto-replied"],
    body: [
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
      "",
      "--b1",
      "Content-Type: text/plain; charset=us-ascii",
      "",
      "I am sorry to have to inform you that your message could not be delivered.",
      "--b1",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.residents.example",
      "",
      `Final-Recipient: rfc822; ${to}`,
      `Action: ${action}`,
      `Status: ${action === "failed" ? "5.1.1" : "4.4.1"}`,
      `Diagnostic-Code: smtp; 550 5.1.1 <${to}>: Recipient address rejected:`,
      "    User unknown",
      "",
      "--b1",
      "Content-Type: text/rfc822-headers",
      "",
      "From: Aldermoor Borough Council <desk@aldermoor.gov.uk>",
      `To: ${to}`,
      "Subject: [INC-00001] The printer jams",
      `Message-ID: ${of}`,
      "",
      "--b1--",
      "",
    ].join("\r\n"),
  });
}
