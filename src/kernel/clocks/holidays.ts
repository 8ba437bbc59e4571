/** The three divisions of the United Kingdom that have bank holidays of their own, as GOV.UK names them. */
export const DIVISIONS = ["england-and-wales", "scotland", "northern-ireland"] as const;
export type Division = (typeof DIVISIONS)[number];

/** One bank holiday. `date` and `announced` are ISO dates. */
export interface Holiday {
  readonly date: string;
  readonly name: string;
  /** The day a one-off was made public; only for proclaimed one-offs. */
  readonly announced?: string;
  /** Follows the statutory pattern, but the year has not been published yet. */
  readonly projected?: true;
}

/**
 * The years the product ships, and the last that GOV.UK had published when they were written. What is shipped never changes,
 * as stored clocks are proved by it: later facts are read from a file, or come as rows of `bank_holidays` in a migration.
 */
export const FIRST_YEAR = 2010;
export const LAST_YEAR = 2030;
export const LAST_PUBLISHED_YEAR = 2028;

const cache = new Map<Division, readonly Holiday[]>();

/** Whether an ordinary year of the division has that holiday by its pattern, so that nobody had to proclaim it. */
export function followsPattern(division: Division, date: string): boolean {
  return statutory(division, Number(date.slice(0, 4))).some((holiday) => holiday.date === date && !holiday.announced);
}

/** Every bank holiday of a division that is shipped, from 2010 to 2030, by date. Banking and Financial Dealings Act 1971, Schedule 1. */
export function bankHolidays(division: Division): readonly Holiday[] {
  const known = cache.get(division);
  if (known) return known;
  const all: Holiday[] = [];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    const ofYear = [...statutory(division, year), ...PROCLAIMED.filter((p) => isProclaimed(p, division, year))];
    ofYear.sort((a, b) => (a.date < b.date ? -1 : 1));
    for (const { date, name, announced } of ofYear) {
      all.push({
        date,
        name,
        ...(announced ? { announced } : {}),
        ...(year > LAST_PUBLISHED_YEAR ? { projected: true } : {}),
      });
    }
  }
  cache.set(division, all);
  return all;
}

interface Proclaimed extends Holiday {
  readonly only?: readonly Division[];
}

/** Days appointed by royal proclamation (1971 Act, s1(2) and (3)), with the day each was made public. */
const PROCLAIMED: readonly Proclaimed[] = [
  { date: "2011-04-29", name: "Royal wedding bank holiday", announced: "2010-11-23" },
  { date: "2012-06-05", name: "Queen’s Diamond Jubilee", announced: "2010-01-05" },
  { date: "2022-06-03", name: "Platinum Jubilee bank holiday", announced: "2020-11-12" },
  { date: "2022-09-19", name: "Bank Holiday for the State Funeral of Queen Elizabeth II", announced: "2022-09-10" },
  { date: "2023-05-08", name: "Bank holiday for the coronation of King Charles III", announced: "2022-11-06" },
  { date: "2026-06-15", name: "World Cup bank holiday", announced: "2026-02-04", only: ["scotland"] },
];

/** Ordinary holidays that a proclamation moved to another day of that year. */
const MOVED: Readonly<Record<string, { date: string; name: string; announced?: string }>> = {
  "2012 spring": { date: "2012-06-04", name: "Spring bank holiday" },
  "2020 early May": { date: "2020-05-08", name: "Early May bank holiday (VE day)", announced: "2019-06-07" },
  "2022 spring": { date: "2022-06-02", name: "Spring bank holiday", announced: "2020-11-12" },
};

function isProclaimed(holiday: Proclaimed, division: Division, year: number): boolean {
  return holiday.date.startsWith(`${year}-`) && (!holiday.only || holiday.only.includes(division));
}

function statutory(division: Division, year: number): Holiday[] {
  const easter = easterSunday(year);
  const fixed = (month: number, day: number, name: string) => ({ date: civil(year, month, day), name });
  const scotland = division === "scotland";
  const ireland = division === "northern-ireland";
  return [
    ...withSubstitutes([
      fixed(1, 1, "New Year’s Day"),
      ...(scotland ? [fixed(1, 2, "2nd January"), fixed(11, 30, "St Andrew’s Day")] : []),
      ...(ireland ? [fixed(3, 17, "St Patrick’s Day"), fixed(7, 12, "Battle of the Boyne (Orangemen’s Day)")] : []),
      fixed(12, 25, "Christmas Day"),
      fixed(12, 26, "Boxing Day"),
    ]),
    { date: easter.subtract({ days: 2 }).toString(), name: "Good Friday" },
    ...(scotland ? [] : [{ date: easter.add({ days: 1 }).toString(), name: "Easter Monday" }]),
    MOVED[`${year} early May`] ?? { date: firstMonday(year, 5), name: "Early May bank holiday" },
    MOVED[`${year} spring`] ?? { date: lastMonday(year, 5), name: "Spring bank holiday" },
    { date: scotland ? firstMonday(year, 8) : lastMonday(year, 8), name: "Summer bank holiday" },
  ];
}

/** A holiday on a weekend is given instead on the next weekday that is not itself a holiday, in order. */
function withSubstitutes(fixed: { date: Temporal.PlainDate; name: string }[]): Holiday[] {
  const taken = new Set(fixed.filter(({ date }) => !isWeekend(date)).map(({ date }) => date.toString()));
  return fixed.map(({ date, name }) => {
    if (!isWeekend(date)) return { date: date.toString(), name };
    let substitute = date.add({ days: 8 - date.dayOfWeek });
    while (taken.has(substitute.toString())) substitute = substitute.add({ days: 1 });
    taken.add(substitute.toString());
    return { date: substitute.toString(), name: `${name} (substitute day)` };
  });
}

function isWeekend(date: Temporal.PlainDate): boolean {
  return date.dayOfWeek >= 6;
}

/** The Gregorian computus in the form of Meeus, Jones and Butcher. */
function easterSunday(year: number): Temporal.PlainDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const shift = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * shift + 114;
  return civil(year, Math.floor(days / 31), (days % 31) + 1);
}

function civil(year: number, month: number, day: number): Temporal.PlainDate {
  return Temporal.PlainDate.from({ year, month, day });
}

function firstMonday(year: number, month: number): string {
  const first = civil(year, month, 1);
  return first.add({ days: (8 - first.dayOfWeek) % 7 }).toString();
}

function lastMonday(year: number, month: number): string {
  const last = civil(year, month, 1).add({ months: 1 }).subtract({ days: 1 });
  return last.subtract({ days: last.dayOfWeek - 1 }).toString();
}
