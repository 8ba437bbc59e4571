import assert from "node:assert/strict";
import type { LightMyRequestResponse } from "fastify";
import { typeNamed } from "../../src/kernel/registry.ts";
import { create } from "../../src/kernel/store/create.ts";
import type { Stored } from "../../src/kernel/transaction.ts";
import { createWebWorld, unescaped } from "../web-world.ts";
import type { Browser, WebWorld } from "../web-world.ts";

export let world: WebWorld;
export let lead: Browser;
export let staff: Browser;
export let manager: Browser;

/** Makes what every test of these stands on. */
export async function begin(): Promise<void> {
  world = await createWebWorld();
  [lead, staff, manager] = [await world.as("leadSupport"), await world.as("staff"), await world.as("policyManager")];
}

/** Ends it. */
export const end = () => world.close();

/** A ticket that a member of staff has just made. */
export async function newTicket(values: Readonly<Record<string, unknown>> = {}, who = staff): Promise<Stored> {
  return world.store.as(who.who!, (tx) =>
    create(tx, typeNamed(tx.registry, "ticket"), { summary: "The printer is jammed", ...values }),
  );
}

/** The address that a link of the error summary leads to must be a control of the page. */
export function assertErrorAt(response: LightMyRequestResponse, message: string): void {
  const link = [...response.body.matchAll(/<li><a href="#([^"]+)">([^<]+)<\/a><\/li>/g)].find(([, , text]) =>
    text?.includes(message),
  );
  assert.ok(
    link,
    `no error “${message}” in: ${[...response.body.matchAll(/error-message">(.*?)<\/p>/g)].map(([, text]) => text).join("; ")}`,
  );
  assert.ok(response.body.includes(`id="${link[1]}"`), `the error leads to #${link[1]}, which is not there`);
  assert.ok(response.body.includes(`id="${link[1]}-error"`), `no message at #${link[1]}`);
}

/** The controls of the page's main form with what they hold, as a browser would send them. */
export function fieldsIn(response: LightMyRequestResponse): Record<string, string | string[]> {
  const form =
    [...response.body.matchAll(/<form\b[^>]*data-form[^>]*>.*?<\/form>/gs)].map(([html]) => html).at(-1) ?? "";
  const sent: Record<string, string[]> = {};
  const add = (name = "", value = "") => (sent[name] = [...(sent[name] ?? []), unescaped(value)]);
  for (const [input] of form.matchAll(/<input\b[^>]*>/g)) {
    const of = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1];
    if (/type="(radio|checkbox)"/.test(input) && !/ checked/.test(input)) continue;
    add(of("name"), of("value"));
  }
  for (const [, name, text] of form.matchAll(/<textarea\b[^>]* name="([^"]*)"[^>]*>\n?(.*?)<\/textarea>/gs))
    add(name, text);
  for (const [, name, options = ""] of form.matchAll(/<select\b[^>]* name="([^"]*)"[^>]*>(.*?)<\/select>/gs))
    add(name, /<option value="([^"]*)" selected/.exec(options)?.[1]);
  return Object.fromEntries(Object.entries(sent).filter(([name]) => name !== "_csrf"));
}
