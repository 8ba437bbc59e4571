import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { deadlineCommand } from "../kernel/clocks/deadline-command.ts";
import { deadlineHelp } from "../kernel/clocks/deadline-help.ts";
import { shippedHolidays } from "../kernel/clocks/known-holidays.ts";
import type { KnownHolidays } from "../kernel/clocks/known-holidays.ts";
import { Refusal } from "../kernel/errors.ts";
import { holidaysNow } from "../kernel/store/bank-holidays.ts";
import { sentenceFor } from "./sentence.ts";
import { lookingAt, pathFrom, progress } from "./with-runtime.ts";

/** `deadline`, which reads its own words: its events and options depend on the rule. */
export function addDeadlineCommand(program: Command): void {
  program
    .command("deadline")
    .argument("[words...]")
    .allowUnknownOption()
    .helpOption(false)
    .configureHelp({ formatHelp: deadlineHelp })
    .description("work out a deadline: deadline foi --from 2026-03-16 --json")
    .action(deadline);
}

async function deadline(_words: readonly string[], _options: unknown, command: Command): Promise<void> {
  const { args } = command;
  if (args[0] === "help" || args.includes("--help") || args.includes("-h")) {
    process.stdout.write(deadlineHelp());
    return;
  }
  process.exitCode = await deadlineCommand([...args], {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    readFile: (path) => readFile(pathFrom(path), "utf8"),
    holidays: holidaysHere,
  });
}

/** The bank holidays that this installation knows; those shipped where there is no database, or it does not answer. */
async function holidaysHere(): Promise<KnownHolidays> {
  try {
    return await lookingAt(async ({ ownerPool }) => {
      // A database that an older version left has nowhere to keep them.
      const { rows } = await ownerPool.query<{ kept: boolean }>(
        "select to_regclass('reeve.bank_holidays') is not null as kept",
      );
      return rows[0]?.kept ? holidaysNow(ownerPool) : shippedHolidays;
    });
  } catch (error) {
    // No database yet, so none were read.
    if (error instanceof Refusal) return shippedHolidays;
    const why = sentenceFor(error);
    if (why === null) throw error;
    progress(`${why} Counted by the bank holidays that Reeve ships.`);
    return shippedHolidays;
  }
}
