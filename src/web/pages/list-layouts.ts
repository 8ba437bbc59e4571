import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { HiddenField, ListPage, SeenControl } from "../view/models.ts";
import { layouts, listHref, queryText } from "./list-address.ts";
import type { Layout, ListAddress } from "./list-address.ts";
import { dateChoices, groupings } from "./list-groups.ts";
import { usualDate } from "./list-calendar.ts";
import { usualDates } from "./list-timeline.ts";

const labels: Readonly<Record<Layout, string>> = {
  list: "List",
  board: "Board",
  calendar: "Calendar",
  timeline: "Timeline",
};

/** The ways to see this list, each with its filters kept. */
export function layoutLinks(type: RecordType, address: ListAddress): NonNullable<ListPage["layouts"]> {
  return layouts.map((as) => ({
    text: labels[as],
    href: listHref(type, address, { as, by: "", on: "", to: "", at: "" }),
    current: as === address.as,
  }));
}

/** The form that says what the list is grouped by, or by which dates it goes. */
export function seenBy(tx: Tx, type: RecordType, address: ListAddress): NonNullable<ListPage["seenBy"]> {
  const controls = controlsOf(tx, type, address);
  return { action: `/${type.path}`, hidden: hiddenBut(type, address, controls), controls };
}

function controlsOf(tx: Tx, type: RecordType, address: ListAddress): SeenControl[] {
  const dates = dateChoices(tx, type).map(({ name, label }) => ({ value: name, label }));
  const usual = address.as === "calendar" ? { from: usualDate(tx, type), to: "" } : usualDates(tx, type);
  if (address.as === "calendar") return [select("on", "By date", dates, address.on || usual.from)];
  if (address.as === "timeline")
    return [select("on", "From", dates, address.on || usual.from), select("to", "To", dates, address.to || usual.to)];
  const all = groupings(tx, type).map(({ name, label }) => ({ value: name, label }));
  if (address.as === "board")
    return [
      select(
        "by",
        "Columns",
        all.filter(({ value }) => !value.includes(".")),
        address.by || "state",
      ),
    ];
  return [select("by", "Group by", [{ value: "", label: "Nothing" }, ...all], address.by)];
}

function select(
  name: string,
  label: string,
  options: readonly { value: string; label: string }[],
  chosen: string,
): SeenControl {
  return { name, label, options: options.map((option) => ({ ...option, selected: option.value === chosen })) };
}

/** The address as hidden controls, but for what the form itself asks and the place in the list. */
function hiddenBut(type: RecordType, address: ListAddress, controls: readonly SeenControl[]): HiddenField[] {
  const asked = new Set(controls.map(({ name }) => name));
  return [...new URLSearchParams(queryText(type, { ...address, cursor: "" }))]
    .filter(([name]) => !asked.has(name))
    .map(([name, value]) => ({ name, value }));
}
