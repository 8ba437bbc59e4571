/**
 * Fetches what lies in a mailbox, and hangs where it is told to: the process that test/mail-imap.test.ts kills. Given: the owner's
 * address, the folder of files, the organisation, the mailbox, the port.
 */
import { createPool } from "../src/kernel/transaction.ts";
import { fetchAll } from "../src/modules/desk/mail/fetch.ts";
import { openMailbox } from "../src/modules/desk/mail/imap.ts";
import { registry } from "../src/records.ts";
import { password } from "./imap-servers.ts";

const [ownerUrl = "", filesFolder = "", organisationId = "", mailboxId = "", port = ""] = process.argv.slice(2);
const ownerPool = createPool(ownerUrl, 3);
const open = await openMailbox({
  host: "127.0.0.1",
  port: Number(port),
  security: "none",
  user: "desk",
  secret: password,
  folder: "INBOX",
  takenFolder: "Taken in",
});
const hangs = {
  ...open,
  // All is committed by now, and the server has not been told.
  setAside: async () => {
    process.stdout.write("committed\n");
    await new Promise(() => {});
  },
};
await fetchAll({ ownerPool, registry, filesFolder }, { organisationId, mailboxId }, hangs);
