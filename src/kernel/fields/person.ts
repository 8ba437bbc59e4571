import { fieldOf } from "./kind.ts";
import type { CommonOptions, FieldKind } from "./kind.ts";
import { recordKind } from "./link.ts";

/** A person of the organisation, by their id. */
export const personKind: FieldKind<CommonOptions, string> = recordKind("person", () => "person");

export const person = fieldOf(personKind);
