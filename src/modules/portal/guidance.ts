import { namesOf } from "../../web/names.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import type { PortalPage } from "../../web/view/models.ts";
import { guidance } from "../knowledge/module.ts";
import { helpPath, mustAsk, portalShell } from "./who.ts";

export const guidancePath = `${helpPath}/guidance`;
/** What is about a tool that the reader may not know of stands here, without naming it. */
const others = "Other tools";

/** GET: published guidance under the tool that it is about. */
export function guidancePage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustAsk(tx);
    const found = await guidance(tx);
    const names = await namesOf(
      tx,
      found.map(({ tool }) => tool),
    );
    const byTool = Map.groupBy(found, ({ tool }) => names.get(tool)?.title ?? others);
    const headings = [...byTool.keys()].toSorted((one, other) =>
      one === others ? 1 : other === others ? -1 : one.localeCompare(other, "en-GB"),
    );
    const title = "Guidance by tool";
    const model: PortalPage = {
      shell: await portalShell(page, tx, { title, current: helpPath }),
      back: { text: "Help", href: helpPath },
      title,
      blocks:
        found.length === 0
          ? [
              {
                kind: "rows",
                title: "Tools",
                id: "tools",
                rows: [],
                empty: "There is no guidance on a tool yet. Say what you need on the help page.",
              },
            ]
          : headings.map((heading, at) => ({
              kind: "rows" as const,
              title: heading,
              id: `tool-${at + 1}`,
              rows: (byTool.get(heading) ?? []).map(({ reference, title: text, readers }) => ({
                text,
                href: `/articles/${reference}`,
                ...(readers === null ? {} : { note: `For ${readers}` }),
              })),
            })),
    };
    return { page: "portal", model };
  });
}
