import type { FastifyInstance } from "fastify";
import { pageRoute } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { filePath, publishPath, publishedPath, statisticsPath, underPath } from "./address.ts";
import { statisticsPage } from "./page.ts";
import { postPublish, publishForm, publishedContent, publishedPage, statisticsFile } from "./publish-pages.ts";
import { underPage } from "./under-page.ts";

/** The pages of statistics. */
export function registerStatistics(app: FastifyInstance, parts: WebParts): void {
  app.get(statisticsPath, pageRoute(parts, statisticsPage));
  app.get(underPath, pageRoute(parts, underPage));
  app.get(filePath, pageRoute(parts, statisticsFile));
  app.get(publishPath, pageRoute(parts, publishForm));
  app.post(publishPath, { preHandler: app.csrfProtection.bind(app) }, pageRoute(parts, postPublish));
  app.get(publishedPath, pageRoute(parts, publishedPage));
  app.get(`${publishedPath}/:sha256`, pageRoute(parts, publishedContent));
}
