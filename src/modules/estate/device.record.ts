import { defineRecord, field } from "../../kernel/record.ts";

/** A thing that somebody holds: a laptop, a phone, a printer. */
export const Device = defineRecord({
  name: "device",
  label: { one: "Device", many: "Devices" },
  reference: "DEV-{00000}",
  path: "devices",
  fields: {
    name: field.text({ label: "Asset tag", is: "title", required: true, max: 80 }),
    kind: field.choice({
      label: "Kind",
      required: true,
      default: "laptop",
      options: {
        laptop: "Laptop",
        desktop: "Desktop",
        phone: "Mobile phone",
        tablet: "Tablet",
        printer: "Printer",
        monitor: "Monitor or dock",
        other: "Something else",
      },
      extendable: true,
    }),
    model: field.text({ label: "Make and model", max: 120 }),
    serialNumber: field.text({ label: "Serial number", max: 80, indexed: true }),
    holder: field.person({ label: "Held by" }),
    site: field.link({ label: "Kept at", to: "site", reverse: "Devices here" }),
    supplier: field.link({ label: "Supplier", to: "supplier", reverse: "Devices from this supplier" }),
  },
  states: {
    in_use: { label: "In use", tone: "good" },
    in_stock: { label: "In stock", tone: "info" },
    in_repair: { label: "Being repaired", tone: "warn" },
    disposed: { label: "Disposed of", final: true },
  },
  starts: "in_stock",
  moves: {
    issue: { label: "Issue", from: ["in_stock", "in_repair"], to: "in_use", asks: ["holder"], requires: ["holder"] },
    repair: { label: "Send for repair", from: ["in_use", "in_stock"], to: "in_repair" },
    return: { label: "Take back", from: ["in_use", "in_repair"], to: "in_stock", sets: () => ({ holder: null }) },
    dispose: { label: "Dispose of", from: ["in_stock", "in_repair"], to: "disposed", warning: true },
    restore: { label: "Back into stock", from: ["disposed"], to: "in_stock" },
  },
  views: {
    list: {
      columns: ["reference", "name", "kind", "model", "holder", "site", "state"],
      sort: "name",
      filters: ["kind", "holder", "site", "supplier"],
      openOnly: true,
    },
    form: ["name", "kind", "model", "serialNumber", "holder", "site", "supplier", "owner", "team", "sensitivity"],
  },
  empty: "Devices are laptops, phones and printers, each with its holder. Tickets say which one it is.",
});
