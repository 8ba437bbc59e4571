import type { Module } from "../../kernel/registry.ts";
import { Device } from "./device.record.ts";
import { Site } from "../../kernel/organisation/site.record.ts";

/** Devices and the places where they are. */
export const estate: Module = { name: "estate", label: "Estate", group: "registers", records: [Device, Site] };
