import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** What a text is sealed for and whose it is: it opens for nothing and nobody else. */
interface Sealing {
  /** The secret of the installation. */
  readonly secret: string;
  readonly purpose: string;
  readonly owner: string;
}

/** A text as the database keeps it, so that whoever reads the database alone cannot (AES-256-GCM). */
export function seal({ secret, purpose, owner }: Sealing, text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret, purpose), nonce).setAAD(Buffer.from(owner));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

/** The text again; null when it was sealed with another secret, for another purpose or for somebody else. */
export function open({ secret, purpose, owner }: Sealing, sealed: Buffer): string | null {
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(secret, purpose), sealed.subarray(0, 12))
      .setAAD(Buffer.from(owner))
      .setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

function keyOf(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));
}
