import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { deadlineCommand } from "../kernel/clocks/deadline-command.ts";
import { deadlineHelp } from "../kernel/clocks/deadline-help.ts";
import { pathFrom } from "./with-runtime.ts";

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
  });
}
