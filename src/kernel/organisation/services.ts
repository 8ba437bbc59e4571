import type { Module } from "../registry.ts";
import { Service } from "./service.record.ts";

/** The services that people use: audiences are told by them, so the kernel knows them. */
export const services: Module = { name: "services", label: "Services", group: "registers", records: [Service] };
