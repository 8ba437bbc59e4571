import type { Module } from "../../kernel/registry.ts";
import { DevicePlan } from "./device-plan.record.ts";
import { DeviceRate } from "./device-rate.record.ts";

/** Telephones for work: the council’s, or people’s own. */
export const byod: Module = {
  name: "byod",
  label: "Devices for work",
  group: "work",
  records: [DevicePlan, DeviceRate],
  daily: ["device_rate"],
};
