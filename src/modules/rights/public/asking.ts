import type { WebParts } from "../../../web/parts.ts";
import type { HiddenField, PortalPage } from "../../../web/view/models.ts";
import { sealDraft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import type { PublicPlace } from "./front.ts";

/** What a public form answers with. */
export type PublicView =
  | { readonly model: PortalPage; readonly status?: number }
  /** 303: the browser reads the page there. */
  | { readonly redirect: string };

/** What the form for asking works with. */
export interface Asking {
  readonly parts: WebParts;
  readonly place: PublicPlace;
  /** Whether this connection may send one more now. */
  maySend(): Promise<boolean>;
}

/** What every page of the form has: where it goes, and the draft that it carries. */
export function formOf(
  { parts, place }: Asking,
  draft: Draft,
  step: string,
): { readonly action: string; readonly hidden: readonly HiddenField[] } {
  return {
    action: `${place.base}/ask`,
    hidden: [
      { name: "draft", value: sealDraft(parts.secret, place.front.id, draft) },
      { name: "step", value: step },
    ],
  };
}
