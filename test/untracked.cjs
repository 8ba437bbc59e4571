/**
 * Node's test runner follows every promise, to know of which test an error is that nobody caught. That takes a tenth of the
 * time of all tests, so it is left out where they run whole: such an error then fails its file, and says of which test when
 * that file is run alone.
 */
const hooks = require("node:async_hooks");

const { createHook } = hooks;
hooks.createHook = (callbacks) =>
  /\btestResources\b/.test(String(callbacks.init)) ? { enable() {}, disable() {} } : createHook(callbacks);
