import type { Module } from "../registry.ts";
import { AddedField } from "../added/added-field.record.ts";
import { TextTemplate } from "../templates/text-template.record.ts";
import { Audience } from "./audience.record.ts";
import { Calendar } from "./calendar.record.ts";
import { Person } from "./person.record.ts";
import { Role } from "./role.record.ts";
import { Site } from "./site.record.ts";
import { Team } from "./team.record.ts";

/** Who there is, and where and when they work: what the kernel itself needs to know of an organisation. */
export const organisation: Module = {
  name: "organisation",
  label: "People and teams",
  group: "administration",
  records: [Person, Team, Role, Calendar, Site, Audience, AddedField, TextTemplate],
};
