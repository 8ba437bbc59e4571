/**
 * Works through something long in turns, each made ready while the database still writes the one before: the process and
 * PostgreSQL work at once. `ready` gives null when nothing is left, and is never asked again before it has answered;
 * `write` is done in order. Throws what the first of them throws.
 */
export async function inTurns<Turn>(
  ready: () => Promise<Turn | null>,
  write: (turn: Turn) => Promise<void>,
): Promise<void> {
  let next = ready();
  for (;;) {
    const turn = await next;
    if (turn === null) return;
    next = ready();
    // It is awaited in the next round; a failure must not count as unhandled until then.
    next.catch(() => {});
    try {
      await write(turn);
    } catch (error) {
      await next.catch(() => {});
      throw error;
    }
  }
}
