import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { attachmentsOf } from "../src/kernel/store/attachments.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { message } from "./mail-messages.ts";
import { begin, end, forget, world, arrive } from "./mail-in/stage.ts";

before(begin);
after(end);
beforeEach(forget);

describe("odd messages", () => {
  const encoded = (charset: string, bytes: Buffer) =>
    message({
      body: `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString("base64")}\r\n`,
    });
  for (const [charset, bytes, said] of [
    ["windows-1252", Buffer.from("It costs \x80 5 \x96 \x93now\x94", "latin1"), "It costs € 5 – “now”"],
    ["iso-2022-jp", Buffer.from("\x1b$B4A;z\x1b(B", "latin1"), "漢字"],
    ["gb18030", Buffer.from("d6d0cec4", "hex"), "中文"],
    ["x-nobody-knows", Buffer.from("Plain words", "latin1"), "Plain words"],
  ] as const)
    test(`text in ${charset} is read`, async () => {
      const { ticket } = await arrive(encoded(charset, bytes));
      assert.equal(ticket?.values["details"], said);
    });

  test("bytes that are no text of their character set, U+0000 and no subject are taken in", async () => {
    const broken = await arrive(
      message({ subject: "", body: "Content-Type: text/plain; charset=utf-8\r\n\r\nA\0B \xff\xfe".concat("\r\n") }),
    );
    assert.equal(broken.ticket?.title, "(no subject)");
    const bytes = Buffer.concat([
      message({ body: "Content-Type: text/plain; charset=utf-8\r\n\r\n" }),
      Buffer.from([0x41, 0xff, 0x00, 0x42]),
    ]);
    assert.match(String((await arrive(bytes)).ticket?.values["details"]), /^A.?B$/s);
    for (const raw of [Buffer.alloc(0), Buffer.from("\r\n\r\n"), Buffer.from([0, 1, 2, 255])])
      assert.equal((await arrive(raw)).message.state, "held");
  });

  const boundary = (parts: readonly string[]) =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`;
  const filesOf = (ticket: Stored | null) =>
    world.system(async (tx) =>
      (await attachmentsOf(tx, ticket ?? assert.fail())).map(({ name, sizeBytes }) => [name, sizeBytes]),
    );

  test("a message in a message, a file of no bytes and a winmail.dat come as files", async () => {
    const nested = await arrive(
      message({
        body: boundary([
          "Content-Type: text/plain\r\n\r\nSee below",
          "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=inner.eml\r\n\r\nFrom: a@b.example\r\nSubject: Inner\r\n\r\nHello",
          "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=empty.bin\r\n\r\n",
        ]),
      }),
    );
    const names = await filesOf(nested.ticket);
    assert.deepEqual(
      names.find(([name]) => name === "empty.bin"),
      ["empty.bin", 0],
    );
    assert.ok(names.some(([name]) => name === "inner.eml"));
    const wrapped = await arrive(
      message({
        body: boundary([
          `Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n${tnef({ text: "From Outlook", file: ["plan.txt", "The plan"] }).toString("base64")}`,
        ]),
      }),
    );
    assert.equal(wrapped.ticket?.values["details"], "From Outlook");
    assert.deepEqual(await filesOf(wrapped.ticket), [["plan.txt", 8]]);
  });

  test("a file that is too large is named, and stays in the message as it came", async () => {
    const huge = Buffer.alloc(25_000_001, 65).toString("base64").replaceAll(/.{76}/g, "$&\r\n");
    const {
      ticket,
      events,
      message: taken,
    } = await arrive(
      message({
        body: boundary([
          "Content-Type: text/plain\r\n\r\nBig",
          `Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=huge.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${huge}`,
        ]),
      }),
    );
    assert.deepEqual(await filesOf(ticket), []);
    assert.match(events.find(({ verb }) => verb === "commented")?.body?.text ?? "", /Larger than 25 MB.*huge\.bin/);
    assert.ok(taken.values["raw"]);
  });
});

/** A winmail.dat with a text and a file, as Outlook writes it: [MS-OXTNEF] 2.1. */
function tnef({ text, file: [name, content] }: { text: string; file: readonly [string, string] }): Buffer {
  const attribute = (level: number, id: number, data: Buffer) => {
    const head = Buffer.alloc(9);
    head.writeUInt8(level, 0);
    head.writeUInt32LE(id, 1);
    head.writeUInt32LE(data.length, 5);
    const sum = Buffer.alloc(2);
    sum.writeUInt16LE(data.reduce((all, byte) => (all + byte) & 0xffff, 0));
    return Buffer.concat([head, data, sum]);
  };
  const start = Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00]);
  return Buffer.concat([
    start,
    attribute(1, 0x0002800c, Buffer.from(`${text}\0`)),
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00018010, Buffer.from(`${name}\0`)),
    attribute(2, 0x0006800f, Buffer.from(content)),
  ]);
}
