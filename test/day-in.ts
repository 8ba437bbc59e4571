/** A day in London, `yyyy-mm-dd`, so many days from a moment on; from now unless told. */
export function dayIn(days: number, from = Temporal.Now.instant()): string {
  return from.toZonedDateTimeISO("Europe/London").toPlainDate().add({ days }).toString();
}
