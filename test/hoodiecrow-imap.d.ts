/** The part that tests use of an IMAP server that runs in their process. It has no types of its own. */
declare module "hoodiecrow-imap" {
  import type { Server } from "node:net";

  interface Options {
    readonly plugins?: readonly string[];
    readonly users?: Readonly<
      Record<string, { readonly password?: string; readonly xoauth2?: { readonly accessToken: string } }>
    >;
    readonly storage?: Readonly<Record<string, unknown>>;
  }
  interface Hoodiecrow {
    readonly server: Server;
    listen(port: number, host: string, listening: () => void): void;
    close(closed: () => void): void;
    appendMessage(mailbox: string, flags: readonly string[], internalDate: string, raw: string | Buffer): void;
    getMailbox(path: string): { readonly messages: readonly { readonly raw: string; readonly uid: number }[] };
  }
  export default function hoodiecrow(options: Options): Hoodiecrow;
}
