import type { MailChannel } from "./channel.ts";
import { createNotifyChannel } from "./notify.ts";
import type { MailSettings } from "./settings.ts";
import { createSmtpChannel } from "./smtp.ts";

/** The way by which mail goes out as it is set; null when none is. Nothing is asked of it until there is mail. */
export function openChannel(settings: MailSettings | null): MailChannel | null {
  if (settings === null) return null;
  return settings.way === "smtp" ? createSmtpChannel(settings) : createNotifyChannel(settings);
}
