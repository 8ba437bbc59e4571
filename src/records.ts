import { organisation } from "./kernel/organisation/module.ts";
import { createRegistry } from "./kernel/registry.ts";
import { desk } from "./modules/desk/module.ts";
import { policy } from "./modules/policy/module.ts";

/** Every module of the product. A new one is a line here. */
export const registry = createRegistry([organisation, desk, policy]);
