/**
 * How much memory the product's process may take for what it holds (megabytes): without a bound Node lets it grow to
 * several times what it needs before it tidies up.
 */
export const memoryFlags = ["--max-old-space-size=256", "--max-semi-space-size=8", "--min-semi-space-size=8"];
