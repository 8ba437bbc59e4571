import type { Pages } from "../../src/web/view/models.ts";

/** A page's name, the template and a model that fits it. */
export type Sample = {
  [Name in keyof Pages]: { readonly name: string; readonly page: Name; readonly model: Pages[Name] };
}[keyof Pages];
