/** What other modules need of the pages for people who only ask. */
export { helpPath, portalShell, usesPortal } from "./who.ts";
