import type { FastifyInstance, FastifyRequest } from "fastify";
import { unseen } from "../kernel/errors.ts";
import type { WebParts } from "./parts.ts";
import { findAsset } from "./view/assets.ts";

/** Styles, scripts and fonts: named by their content, so kept for a year; compressed beforehand. */
export function registerAssets(app: FastifyInstance, parts: WebParts): void {
  app.get("/assets/*", async (request, reply) => {
    const asset =
      findAsset(parts.assets, new URL(request.url, "http://reeve").pathname) ?? unseen("There is no such file");
    const encoding = chosenEncoding(request, asset);
    if (encoding) reply.header("content-encoding", encoding === "brotli" ? "br" : "gzip");
    return reply
      .type(asset.type)
      .header("cache-control", "public, max-age=31536000, immutable")
      .header("vary", "accept-encoding")
      .send(encoding ? asset[encoding] : asset.body);
  });
}

function chosenEncoding(
  request: FastifyRequest,
  asset: { readonly brotli?: Buffer; readonly gzip?: Buffer },
): "brotli" | "gzip" | null {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  if (asset.brotli && /\bbr\b/.test(accepted)) return "brotli";
  return asset.gzip && /\bgzip\b/.test(accepted) ? "gzip" : null;
}
