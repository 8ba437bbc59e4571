import type { Module } from "../../kernel/registry.ts";
import { Supplier } from "./supplier.record.ts";

/** Whom the council buys from. */
export const commercial: Module = {
  name: "commercial",
  label: "Suppliers",
  group: "registers",
  records: [Supplier],
};
