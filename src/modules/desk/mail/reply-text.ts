import EmailReplyParser from "email-reply-parser";

/** The library looks at no more than so much: what it takes grows faster than the text. Characters. */
const lookedAtMax = 20_000;

/** What somebody wrote in a reply, without what they quoted; all of it where nothing else is left. */
export function replyText(text: string): string {
  const looked = text.slice(0, lookedAtMax);
  const visible = new EmailReplyParser().parseReply(looked).trim();
  return visible === "" ? looked.trim() : visible;
}
