/** A mail, ready to go. */
export interface Mail {
  /** In angle brackets, as the header has it: the same for every attempt. */
  readonly messageId: string;
  readonly to: string;
  /** Stands as the sender's name. */
  readonly organisation: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Where answers go; absent for the address that it is from. */
  readonly replyTo?: string;
  /** Message-IDs of theirs that it answers, the oldest first. */
  readonly references?: readonly string[];
  /** How it came to be, for Auto-Submitted: by a program unless told. `no`: a person wrote it. */
  readonly automatic?: "auto-generated" | "auto-replied" | "no";
  /** Files that go with it, where the way takes any. */
  readonly attachments?: readonly Attachment[];
}

/** A file that goes with a mail. */
export interface Attachment {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Buffer;
  /** By which the mail's HTML shows it in its place (`cid:`); absent for a file beside it. */
  readonly contentId?: string;
}

/** What became of an attempt. `why` is for administrators and holds no secret. */
export type Outcome =
  | { readonly kind: "sent"; readonly answer: string; readonly providerId?: string }
  /** Never to be tried again by itself: the address or the mail was refused for good. */
  | { readonly kind: "refused"; readonly why: string }
  /** To be tried again; with `everything` the fault is not this mail's and the others wait too. */
  | { readonly kind: "later"; readonly why: string; readonly everything: boolean };

/** A way by which mail goes out. */
export interface MailChannel {
  /** Sentences that say which way, without a secret. */
  readonly description: readonly string[];
  /** What stands after the @ of a Message-ID. */
  readonly domain: string;
  /** Tries once, within a minute or so. Never rejects. */
  send(mail: Mail): Promise<Outcome>;
  /** Asks what became of a mail that was taken; absent where nobody can be asked. Never rejects. */
  follow?(providerId: string): Promise<{ readonly ended: boolean; readonly failed: string | null }>;
  close(): void;
}
