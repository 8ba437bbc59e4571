import { refuse } from "../errors.ts";
import type { Field } from "../fields/kind.ts";
import type { RecordType } from "../record.ts";
import type { Registry } from "../registry.ts";
import { isId } from "../store/find.ts";
import { namesSeen } from "../store/names.ts";
import { readReferenceData } from "../store/reference-data.ts";
import type { Stored, Tx } from "../transaction.ts";

/** A place in a template: `{{requester}}`. */
interface Place {
  /** As it stands there. */
  readonly written: string;
  readonly name: string;
  /** What of a type it means: a field by its name or label, or one of what every record has; null for nothing. */
  of(type: RecordType): { readonly name: string; readonly field: Field | null } | null;
}

/** What places are filled from: a record, or one that is still being written. */
type Filling = Pick<Stored, "reference" | "title" | "state" | "values">;

const placePattern = /\{\{([^{}\n]{1,80})\}\}/g;
const everyRecord = new Set(["reference", "title", "state"]);

/** The places of a text, each once. */
function placesIn(text: string): readonly Place[] {
  const found = new Map([...text.matchAll(placePattern)].map(([written, name = ""]) => [written, name.trim()]));
  return [...found].map(([written, name]) => ({ written, name, of: (type) => meant(type, name) }));
}

function meant(type: RecordType, written: string): ReturnType<Place["of"]> {
  const name = written.toLowerCase();
  if (everyRecord.has(name)) return { name, field: null };
  const found = Object.entries(type.fields).find(
    ([key, { options }]) => key.toLowerCase() === name || options.label.toLowerCase() === name,
  );
  // What officers keep among themselves must not slip into what everybody reads.
  return found && !found[1].options.internal ? { name: found[0], field: found[1] } : null;
}

/** The type that a template is for; null for every type. Refuses (invalid) a name that is no type's. */
export function checkAddressee(registry: Registry, name: unknown): RecordType | null {
  if (typeof name !== "string" || name === "") return null;
  return (
    registry.types.get(name) ??
    refuse("recordType", `There is no type of that name. There are: ${[...registry.types.keys()].join(", ")}`)
  );
}

/** The templates in use for a type, by name. */
export async function templatesFor(tx: Tx, type: RecordType): Promise<readonly Stored[]> {
  if (!tx.registry.types.has("text_template")) return [];
  const all = (await readReferenceData(tx, ["text_template"])).get("text_template") ?? [];
  return all
    .filter(({ closedAt, values }) => closedAt === null && ["", type.name].includes(String(values["recordType"] ?? "")))
    .toSorted((one, other) => one.title.localeCompare(other.title, "en-GB"));
}

/**
 * A template's text with the values of a record in their places; what the record does not have is left as a gap to fill.
 * `named` says what a record or file is called that a value leads to.
 */
export function filledIn(
  type: RecordType,
  record: Filling,
  text: string,
  named: (id: string) => string | undefined,
): string {
  const places = new Map(placesIn(text).map((place) => [place.written, place]));
  // In one go: what a value holds is nobody's place to fill.
  return text.replaceAll(placePattern, (written) => {
    const place = places.get(written);
    return place ? valueAt(type, record, place, named) : written;
  });
}

/** The same, with the names that its places need read as the person: what they may not see is left as a gap. */
export async function filledFor(tx: Tx, type: RecordType, record: Filling, text: string): Promise<string> {
  const ids = placesIn(text).flatMap((place) => {
    const field = place.of(type)?.field;
    const shown = field ? field.kind.show(field.options, record.values[place.of(type)!.name]) : null;
    if (shown?.kind === "record" || shown?.kind === "file") return [shown.id];
    return shown?.kind === "records" ? shown.ids : [];
  });
  const names = new Map((await namesSeen(tx, ids.filter(isId))).map(({ id, title }) => [id, title]));
  return filledIn(type, record, text, (id) => names.get(id));
}

/** Refuses (invalid, at a control) a text with a place that nothing of the type fills. */
export function checkPlaces(type: RecordType, text: string, at: string): void {
  const unknown = placesIn(text).find((place) => place.of(type) === null);
  if (unknown) refuse(at, `${type.label.many} have nothing called “${unknown.name.slice(0, 60)}” to fill in`);
}

function valueAt(type: RecordType, record: Filling, place: Place, named: (id: string) => string | undefined): string {
  const what = place.of(type);
  if (what === null) return place.written;
  if (what.field === null)
    return what.name === "reference"
      ? record.reference
      : what.name === "title"
        ? record.title
        : (type.states[record.state]?.label ?? record.state);
  const value = record.values[what.name];
  if (value === null || value === undefined || value === "") return "…";
  const shown = what.field.kind.show(what.field.options, value);
  if (shown.kind === "record" || shown.kind === "file") return named(shown.id) ?? "…";
  if (shown.kind === "records") return shown.ids.map((id) => named(id) ?? "…").join(", ");
  return shown.kind === "tags" ? shown.texts.join(", ") : shown.text;
}
