/** A backup or restore that cannot be done, in sentences for the person at the terminal. */
export class BackupError extends Error {
  override name = "BackupError";
}
