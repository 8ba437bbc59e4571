import type { BenchFacts } from "./generate.ts";
import type { Measured } from "./measure.ts";
import type { Answer, Visitor } from "./visitor.ts";
import type { SearchedWord } from "./words-found.ts";
import { vocabulary } from "./words.ts";

interface Asking {
  readonly lead: Visitor;
  readonly staff: Visitor;
  readonly watchers: readonly Visitor[];
  readonly facts: BenchFacts;
  readonly words: readonly SearchedWord[];
}

/** The portal of staff, what is looked up while somebody types, the lead's home and the desk's numbers. */
export function staffLevel({ lead, staff, watchers, facts, words }: Asking): Measured[] {
  const typed = typedWords();
  const asTyped =
    (who: Visitor, path: (words: string) => string, headers: Record<string, string>, holds: string) =>
    async (at: number) =>
      expect(await who.get(path(encodeURIComponent(typed[at % typed.length]!)), headers), holds);
  const frame = { "turbo-frame": "help-found" };
  // Counted once for all who see the same, and then kept for five minutes.
  const numbers = (weeks: number): Measured[] => [
    {
      name: `Desk numbers, ${weeks} weeks, counted`,
      once: async () => expect(await watchers[0]!.get(`/desk/numbers?weeks=${weeks}`), "opened"),
      firstTimes: 1,
    },
    {
      name: `Desk numbers, ${weeks} weeks, kept`,
      once: async (at) => expect(await watchers[at % watchers.length]!.get(`/desk/numbers?weeks=${weeks}`), "opened"),
    },
  ];
  return [
    { name: "Portal: home", once: async () => expect(await staff.get("/help"), "What do you need?") },
    { name: "Portal: my tickets", once: async () => expect(await staff.get("/help/tickets"), "INC-") },
    ...words.map(({ kind, word }) => ({
      name: `Portal: search, ${kind} word`,
      once: async () => expect(await staff.get(`/help?q=${word}`), "Report a problem"),
    })),
    { name: "As you type: portal", once: asTyped(staff, (q) => `/help?q=${q}`, frame, "help-found") },
    { name: "As you type: palette", once: asTyped(lead, (q) => `/palette?q=${q}`, {}, '"') },
    { name: "As you type: a ticket to link", once: asTyped(lead, (q) => `/tickets/suggest?q=${q}`, {}, "[") },
    {
      name: "As you type: a person",
      once: async (at) => expect(await lead.get(`/people/suggest?q=requester%20${1 + (at % 90)}`), "Requester"),
    },
    { name: "What needs us now", once: async () => expect(await lead.get("/desk"), "What needs us now") },
    {
      name: "Desk numbers of a queue, 12 weeks, counted",
      once: async (at) => expect(await lead.get(`/desk/numbers?weeks=12&queue=${facts.queues[at]}`), "opened"),
      firstTimes: facts.queues.length,
    },
    ...numbers(4),
    ...numbers(12),
    ...numbers(26),
  ];
}

/** What people have typed after some keys: the beginnings of one word, and of a second after a whole first, common and rare. */
function typedWords(): string[] {
  const words = vocabulary();
  return Array.from({ length: 60 }, (_unused, at) => {
    const [one, two] = [words[at * at]!, words[(at * 37) % 200]!];
    return at % 2 === 0 ? one.slice(0, 3 + (at % 4)) : `${two} ${one.slice(0, 2 + (at % 5))}`;
  });
}

function expect(answer: Answer, holds: string): void {
  if (answer.status !== 200 || !answer.body.includes(holds))
    throw new Error(`The answer was ${answer.status}: ${answer.body.replaceAll(/<[^>]*>|\s+/g, " ").slice(0, 600)}`);
}
