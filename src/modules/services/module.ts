import type { Module } from "../../kernel/registry.ts";
import { Service } from "../../kernel/organisation/service.record.ts";

/** The services that people use. */
export const services: Module = { name: "services", label: "Services", group: "registers", records: [Service] };
