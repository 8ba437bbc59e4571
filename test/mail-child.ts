/** Sends the mail that waits, once, and ends: the process that test/mail-kill.test.ts kills. Given: the owner's address and the port. */
import { sendWaiting } from "../src/kernel/mail/send-waiting.ts";
import { createSmtpChannel } from "../src/kernel/mail/smtp.ts";
import { createPool } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";

const [ownerUrl = "", port = ""] = process.argv.slice(2);
const ownerPool = createPool(ownerUrl, 3);
const channel = createSmtpChannel({
  way: "smtp",
  from: "reeve@aldermoor.gov.uk",
  host: "127.0.0.1",
  port: Number(port),
  security: "none",
  signIn: null,
});
await sendWaiting({ ownerPool, registry, channel, baseUrl: "http://localhost:3000" });
channel.close();
await ownerPool.end();
