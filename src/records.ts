import { organisation } from "./kernel/organisation/module.ts";
import { services } from "./kernel/organisation/services.ts";
import { outward } from "./kernel/outward/module.ts";
import { retention } from "./kernel/retention/module.ts";
import { createRegistry } from "./kernel/registry.ts";
import { byod } from "./modules/byod/module.ts";
import { byodPages } from "./modules/byod/pages.ts";
import { commercial } from "./modules/commercial/module.ts";
import { desk } from "./modules/desk/module.ts";
import { deskPages } from "./modules/desk/pages.ts";
import { estate } from "./modules/estate/module.ts";
import { knowledge } from "./modules/knowledge/module.ts";
import { knowledgePages } from "./modules/knowledge/pages.ts";
import { messages } from "./modules/messages/module.ts";
import { messagePages } from "./modules/messages/pages.ts";
import { policy } from "./modules/policy/module.ts";
import { policyPages } from "./modules/policy/pages.ts";
import { portalPages } from "./modules/portal/pages.ts";
import { protection } from "./modules/protection/module.ts";
import { relations } from "./modules/relations/module.ts";
import { requests } from "./modules/requests/module.ts";
import { rights } from "./modules/rights/module.ts";
import { rightsPages } from "./modules/rights/pages.ts";
import { systems } from "./modules/systems/module.ts";
import type { ModulePages } from "./web/parts.ts";

/** Every module of the product. A new one is a line here. */
export const registry = createRegistry([
  organisation,
  retention,
  desk,
  requests,
  knowledge,
  policy,
  byod,
  messages,
  relations,
  rights,
  protection,
  services,
  systems,
  estate,
  commercial,
  outward,
]);

/** The pages of modules that follow from no definition. */
export const modulePages: readonly ModulePages[] = [
  deskPages,
  knowledgePages,
  policyPages,
  byodPages,
  messagePages,
  portalPages,
  rightsPages,
];
