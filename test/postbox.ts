import assert from "node:assert/strict";
import type { Mail } from "../src/kernel/mail/channel.ts";
import { sendWaiting } from "../src/kernel/mail/send-waiting.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import type { WebWorld } from "./web-world.ts";

/** A way of mail that keeps what it is given; `deliver` tells of what happened, sends all and gives what went. */
export function postbox(world: WebWorld) {
  const sent: Mail[] = [];
  const channel = {
    description: [],
    domain: "aldermoor.gov.uk",
    send: async (mail: Mail) => {
      sent.push(mail);
      return { kind: "sent" as const, answer: "250 ok" };
    },
    close: () => {},
  };
  const deliver = async () => {
    await tellAll({ ...world, mail: true, domain: channel.domain }, { failed: (error) => assert.fail(String(error)) });
    const { baseUrl, secret, filesFolder } = world.parts;
    await sendWaiting({ ...world, channel, baseUrl, secret, filesFolder });
    return sent.splice(0);
  };
  return { deliver };
}
