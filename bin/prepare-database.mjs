// After an install (package.json, postinstall): makes ready what a first start copies.
import { prepareDatabase } from "./prepare.mjs";

await prepareDatabase();
