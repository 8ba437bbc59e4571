import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "node:test";
import { organisation } from "../src/kernel/organisation/module.ts";
import { services } from "../src/kernel/organisation/services.ts";
import { outward } from "../src/kernel/outward/module.ts";
import { retention } from "../src/kernel/retention/module.ts";
import { registry } from "../src/records.ts";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts"));
const code = files.filter((name) => !/\.test\.ts$|\/test-[\w-]+\.ts$/.test(name));
const text = new Map(files.map((name) => [name, readFileSync(join(source, name), "utf8")]));
const textOf = (name: string) => text.get(name) ?? "";

/** The files of ours that a file imports, from src. */
function importsOf(name: string): string[] {
  const paths = [
    ...textOf(name).matchAll(/(?:^import\s[^;]*?from\s+|^export\s[^;]*?from\s+|^import\s+|\bimport\(\s*)"(\.[^"]+)"/gm),
  ].map(([, path = ""]) => path);
  return paths.map((path) => relative(source, join(source, dirname(name), path)).replaceAll("\\", "/"));
}

/** The layers, the lowest first: a file imports from its own layer and those before it. */
const layers = ["kernel", "web", "modules", "records", "above"] as const;
type Layer = (typeof layers)[number];

function layerOf(name: string): Layer {
  const [folder = ""] = name.split("/");
  if (folder === "kernel" || folder === "web" || folder === "modules") return folder;
  return name === "records.ts" ? "records" : "above";
}

const moduleOf = (name: string) => /^modules\/([\w-]+)\//.exec(name)?.[1];

/** The names by which code would speak of a module's types: "ticket", "tickets". Those of the kernel's own types are its own. */
const foreignWords = registry.modules
  .filter((module) => ![organisation, services, retention, outward].some(({ name }) => name === module.name))
  .flatMap((module) => [module.name, ...module.records.flatMap((type) => [type.name, type.path])])
  // A policy of service levels is the clock engine's own word, and a queue any queue.
  .filter((word) => !["policy", "policies", "queue", "queues"].includes(word));

/** Words that happen to be a type's name and mean something else there. */
const ownWords: Readonly<Record<string, readonly string[]>> = {
  "web/charts.ts": ["category"],
  // A mode of the processor, as OpenTelemetry calls it.
  "kernel/metrics-otlp.ts": ["system"],
  // What is wrong with what was given.
  "web/pages/field-input.ts": ["problems"],
};

describe("the law of imports", () => {
  test("kernel, web, modules, the registry and what stands above: each imports only what is below it", () => {
    let looked = 0;
    const broken = code.flatMap((name) =>
      importsOf(name).flatMap((imported) => {
        looked++;
        assert.ok(
          text.has(imported) || imported.startsWith(".."),
          `${name} imports ${imported}, which is not there: the test reads imports wrongly`,
        );
        return layers.indexOf(layerOf(imported)) > layers.indexOf(layerOf(name)) ? [`${name} imports ${imported}`] : [];
      }),
    );
    assert.deepEqual(broken, []);
    assert.ok(code.length > 100, `only ${code.length} files were looked at`);
    assert.ok(looked > 500, `only ${looked} imports were looked at`);
  });

  test("nothing outside src is imported but migrations and package.json, which are data", () => {
    const out = code.flatMap((name) =>
      importsOf(name)
        .filter((imported) => imported.startsWith("..") && !imported.endsWith(".json"))
        .map((imported) => `${name} imports ${imported}`),
    );
    assert.deepEqual(out, []);
  });

  test("across modules only record definitions and what a module.ts gives are imported", () => {
    const broken = code.flatMap((name) =>
      importsOf(name).flatMap((imported) => {
        const from = moduleOf(imported);
        const allowed =
          from === undefined ||
          moduleOf(name) === undefined ||
          from === moduleOf(name) ||
          /\.record\.ts$|\/module\.ts$/.test(imported);
        return allowed ? [] : [`${name} imports ${imported}`];
      }),
    );
    assert.deepEqual(broken, []);
  });

  test("no two files of the kernel's fields know the database, and no engine of clocks knows the store", () => {
    const broken = code
      .filter((name) => /^kernel\/(fields|clocks)\//.test(name))
      .flatMap((name) =>
        importsOf(name)
          .filter(
            (imported) =>
              /^kernel\/(store|database|transaction|memory|schema|backup)/.test(imported) ||
              /^(web|modules)\//.test(imported),
          )
          .map((imported) => `${name} imports ${imported}`),
      );
    assert.deepEqual(broken, []);
  });
});

describe("words", () => {
  test("neither the kernel nor the pages name a module's type", () => {
    assert.ok(foreignWords.length >= 5, foreignWords.join());
    const broken = code
      .filter((name) => ["kernel", "web"].includes(layerOf(name)))
      .flatMap((name) => {
        const strings = [...withoutComments(textOf(name)).matchAll(/"([^"\n]*)"|`([^`]*)`/g)].map(
          ([, plain, template]) => plain ?? template ?? "",
        );
        return foreignWords
          .filter((word) => !ownWords[name]?.includes(word))
          .filter((word) =>
            strings.some(
              (string) =>
                string === word || new RegExp(`(?:visible_|from |join |into |update |type = ')${word}\\b`).test(string),
            ),
          )
          .map((word) => `${name} names ${word}`);
      });
    assert.deepEqual(broken, []);
  });

  test("nothing is of the type any", () => {
    const broken = files.filter((name) =>
      /(?::\s*any\b(?!\s*(?:of|other|more))|\bas any\b|<any\b|\bany\[\]|,\s*any>)/.test(
        withoutComments(textOf(name)).replaceAll(/"[^"\n]*"|`[^`]*`/g, '""'),
      ),
    );
    assert.deepEqual(broken, []);
  });

  test("no file is longer than 300 lines", () => {
    const long = files
      .map((name) => [name, textOf(name).split("\n").length - 1] as const)
      // What a demo council holds is data, a line for each thing.
      .filter(([name, lines]) => lines > 300 && !name.endsWith(".test.ts") && !/^council\/demo-/.test(name));
    assert.deepEqual(long, []);
  });

  test("the code asks nobody but the clock it was given what time it is, in rules", () => {
    const broken = code.filter(
      (name) =>
        /^kernel\/(fields|clocks|clock\.ts|store\/)/.test(name) &&
        /new Date\(\)|Date\.now\(\)|Temporal\.Now/.test(textOf(name)) &&
        !name.endsWith("deadline-command.ts"),
    );
    assert.deepEqual(broken, []);
  });
});

function withoutComments(words: string): string {
  return words.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/(?<![:"'`])\/\/.*$/gm, "");
}
