import type { Module } from "../../kernel/registry.ts";
import { Device } from "./device.record.ts";

/** The devices that people hold. */
export const estate: Module = { name: "estate", label: "Estate", group: "registers", records: [Device] };
