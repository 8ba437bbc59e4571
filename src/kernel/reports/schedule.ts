/** When a report is mailed, in London: each week on a day (1 is Monday), or each month on a day of it, and at which hour. */
export interface Schedule {
  readonly every: "week" | "month";
  /** 1 to 7 of the week; 1 to 31 of the month, its last day where it has fewer. */
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
}

const zone = "Europe/London";

/** The first moment after another at which a report is due. An hour that the clocks skip is the one after it. */
export function nextSending({ every, day, hour }: Schedule, after: Temporal.Instant): Temporal.Instant {
  const start = after.toZonedDateTimeISO(zone).toPlainDate();
  const dayIn = (turn: number): Temporal.PlainDate =>
    every === "week"
      ? start.subtract({ days: start.dayOfWeek - day }).add({ weeks: turn })
      : start.with({ day: 1 }).add({ months: turn }).with({ day });
  for (let turn = 0; ; turn += 1) {
    const moment = dayIn(turn)
      .toZonedDateTime({ timeZone: zone, plainTime: new Temporal.PlainTime(hour) })
      .toInstant();
    if (Temporal.Instant.compare(moment, after) > 0) return moment;
  }
}
