import { crc32, deflateRawSync } from "node:zlib";
import type { Figures } from "./figures.ts";

/** A line of a log, by column. */
export type Line = Readonly<Record<string, string>>;

const usual = {
  number: "",
  incident_state: "New",
  active: "true",
  reassignment_count: "0",
  reopen_count: "0",
  sys_mod_count: "0",
  made_sla: "true",
  caller_id: "Caller 2403",
  opened_by: "Opened by  8",
  opened_at: "29/2/2016 01:16",
  sys_updated_by: "Updated by 21",
  sys_updated_at: "29/2/2016 01:23",
  contact_type: "Phone",
  location: "Location 143",
  category: "Category 42",
  subcategory: "Subcategory 9",
  impact: "2 - Medium",
  urgency: "2 - Medium",
  priority: "3 - Moderate",
  assignment_group: "Group 56",
  assigned_to: "?",
  vendor: "?",
  resolved_at: "?",
  closed_at: "?",
};

/** A dozen incidents of our own making: every state, a state unknown to all, and what else a real log holds. */
export const slice: readonly Line[] = [
  ...incident(
    "INC0000001",
    {
      category: "Category 26",
      subcategory: "Subcategory 174",
      impact: "1 - High",
      priority: "2 - High",
      closed_at: "5/7/2016 12:00",
    },
    [
      {},
      { incident_state: "Active", sys_updated_by: "Updated by 642", sys_updated_at: "29/2/2016 08:53" },
      {
        incident_state: "Active",
        sys_updated_by: "Updated by 642",
        sys_updated_at: "29/2/2016 08:53",
        assignment_group: "Group 70",
        assigned_to: "Resolver 12",
        reassignment_count: "1",
      },
      {
        incident_state: "Resolved",
        sys_updated_by: "Updated by 804",
        sys_updated_at: "30/6/2016 11:00",
        assignment_group: "Group 70",
        assigned_to: "Resolver 12",
        reassignment_count: "1",
        made_sla: "false",
      },
      {
        incident_state: "Closed",
        active: "false",
        sys_updated_by: "Updated by 908",
        sys_updated_at: "5/7/2016 12:00",
        assignment_group: "Group 70",
        assigned_to: "Resolver 12",
        reassignment_count: "1",
        made_sla: "false",
      },
    ],
  ),
  ...incident("INC0000002", { priority: "4 - Low" }, [{}]),
  ...incident("INC0000003", {}, [{ incident_state: "Active", assigned_to: "Resolver 12" }]),
  ...incident("INC0000004", { priority: "1 - Critical" }, [
    {},
    { incident_state: "Awaiting User Info", sys_updated_at: "1/3/2016 09:14" },
  ]),
  ...incident("INC0000005", {}, [
    {},
    { incident_state: "Awaiting Vendor", vendor: "Vendor 1", sys_updated_at: "1/3/2016 09:14" },
  ]),
  ...incident("INC0000006", {}, [{}, { incident_state: "Awaiting Evidence", sys_updated_at: "1/3/2016 09:14" }]),
  ...incident("INC0000007", {}, [{}, { incident_state: "Awaiting Problem", sys_updated_at: "1/3/2016 09:14" }]),
  ...incident("INC0000008", {}, [{}, { incident_state: "Resolved", sys_updated_at: "1/3/2016 09:14" }]),
  ...incident("INC0000009", {}, [
    {},
    { incident_state: "Active", sys_updated_at: "1/3/2016 09:14" },
    { incident_state: "Resolved", sys_updated_at: "2/3/2016 09:14" },
    { incident_state: "-100", sys_updated_at: "2/3/2016 09:15" },
  ]),
  ...incident("INC0000010", { closed_at: "16/3/2016 10:00" }, [
    {},
    { incident_state: "Resolved", sys_updated_at: "1/3/2016 10:00" },
    { incident_state: "Active", sys_updated_at: "2/3/2016 10:00", reopen_count: "1" },
    { incident_state: "Resolved", sys_updated_at: "11/3/2016 10:00", reopen_count: "1" },
    { incident_state: "Closed", active: "false", sys_updated_at: "16/3/2016 10:00", reopen_count: "1" },
  ]),
  ...incident("INC0000011", { opened_at: "27/3/2016 01:30" }, [
    { sys_updated_at: "27/3/2016 01:30" },
    { incident_state: "Active", sys_updated_at: "30/10/2016 01:30" },
    { incident_state: "Resolved", sys_updated_at: "30/10/2016 02:30" },
  ]),
  ...incident(
    "INC0000012",
    { caller_id: "?", opened_by: "?", category: "?", subcategory: "?", assignment_group: "?" },
    [{}],
  ),
];

/** What must be counted of it, by hand. */
export const sliceFigures: Figures = {
  incidents: 12,
  events: 30,
  byPriority: { "1": 1, "2": 1, "3": 9, "4": 1 },
  reassigned: 1,
  reopened: 1,
  levelMade: 11,
  levelMissed: 1,
  notUnderstood: 1,
};

/** Lines as a CSV file. */
export function csvOf(lines: readonly Line[]): string {
  const names = Object.keys(usual);
  return [names.join(","), ...lines.map((line) => names.map((name) => line[name]).join(","))].join("\n");
}

/** A zip file (PKWARE APPNOTE 6.3, sections 4.3.7 to 4.3.16) that holds one file. */
export function zipOf(name: string, text: string): Buffer {
  const data = Buffer.from(text);
  const packed = deflateRawSync(data);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, Buffer.from(name), packed]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02\x14\x00", "latin1"),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

/** An incident's lines: what all of them have, then what each has of its own. */
function incident(number: string, all: Line, lines: readonly Line[]): Line[] {
  return lines.map((line, at): Line => ({ ...usual, ...all, number, sys_mod_count: String(at), ...line }));
}
