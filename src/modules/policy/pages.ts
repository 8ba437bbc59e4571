import { pageRoute } from "../../web/page.ts";
import { audienceSections } from "../../web/pages/audience-reach.ts";
import type { ModulePages } from "../../web/parts.ts";
import { confirm, confirmFace } from "./confirm-page.ts";
import { confirmationsPage } from "./confirmations-page.ts";
import { policyFace } from "./policy-face.ts";
import { policySections } from "./policy-sections.ts";
import { comparePage, versionPage, versionsPage } from "./version-pages.ts";

/** Policies as they were published and as they differ, for those who keep to them and for those who look after them. */
export const policyPages: ModulePages = {
  register: (app, parts) => {
    const guarded = { preHandler: app.csrfProtection.bind(app) };
    app.get("/policies/:reference/versions", pageRoute(parts, versionsPage));
    app.get("/policies/:reference/versions/:edition", pageRoute(parts, versionPage));
    app.get("/policies/:reference/compare", pageRoute(parts, comparePage));
    app.get("/policies/:reference/confirmations", pageRoute(parts, confirmationsPage));
    app.post("/confirmations/:reference/confirm", guarded, pageRoute(parts, confirm));
  },
  links: [],
  sections: { policy: policySections, audience: audienceSections },
  faces: { policy: policyFace, attestation: confirmFace },
};
