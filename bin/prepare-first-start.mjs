// After an install (package.json, postinstall): makes ready what a first start copies.
import { prepareFirstStart } from "./prepare.mjs";

await prepareFirstStart();
