import type { Module } from "../../kernel/registry.ts";
import { System } from "./system.record.ts";

/** The systems that the council runs. */
export const systems: Module = { name: "systems", label: "Systems", group: "registers", records: [System] };
