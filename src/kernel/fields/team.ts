import { fieldOf } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";
import { recordKind } from "./link.ts";

/** A team of the organisation, by its id. */
export const teamKind: FieldKind<CommonOptions, string> = recordKind("team", () => "team");

export const team = fieldOf(teamKind);
