import { deleteFiles } from "../kernel/memory/delete-files.ts";
import type { WebParts } from "./parts.ts";

/**
 * Deletes the content of files that were erased by law, after the transaction. Answers whether all is gone; what the disk
 * would not let go is logged, for whoever runs the machine.
 */
export async function deleteErasedFiles(
  { filesFolder, log }: Pick<WebParts, "filesFolder" | "log">,
  sha256s: readonly string[],
): Promise<boolean> {
  try {
    await deleteFiles(filesFolder, sha256s);
    return true;
  } catch (error) {
    log.error({ err: error }, "files that were erased by law are still on the disk: delete them by hand");
    return false;
  }
}
