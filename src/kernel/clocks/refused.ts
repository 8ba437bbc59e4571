/**
 * A clock that cannot be computed from what it was given, with the reason in a plain sentence.
 * `misused`: the question makes no sense (an unknown word, no date). `refused`: the question is clear, the facts are
 * not possible (paid before the notice, a date outside the calendar).
 */
export class ClockRefused extends Error {
  override readonly name = "ClockRefused";
  readonly kind: "misused" | "refused";

  constructor(message: string, kind: "misused" | "refused" = "refused") {
    super(message);
    this.kind = kind;
  }
}
