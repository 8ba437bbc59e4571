import type { Module } from "../registry.ts";
import { Webhook } from "./webhook.record.ts";

/** Other systems that are told of what happens here. */
export const outward: Module = {
  name: "outward",
  label: "Other systems",
  group: "administration",
  records: [Webhook],
};
