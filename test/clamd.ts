import { spawn } from "node:child_process";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** ClamAV's own server, with one signature of ours: the test file that every scanner knows (eicar.org). */
export interface Clamd {
  readonly socket: string;
  stop(): Promise<void>;
}

/** Where clamd is; null where it is not installed (Debian: clamav-daemon). */
export async function findClamd(): Promise<string | null> {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  for (const folder of folders) {
    const path = join(folder, "clamd");
    if (await there(path)) return path;
  }
  return null;
}

/** Content that scanners call a virus, in two halves so that this file is none. */
export const eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"].join("");

export async function startClamd(program: string): Promise<Clamd> {
  const folder = await mkdtemp(join(tmpdir(), "reeve-clamd-"));
  const socket = join(folder, "socket");
  await mkdir(join(folder, "signatures"));
  await writeFile(
    join(folder, "signatures", "eicar.hdb"),
    "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n",
  );
  const settings = [
    `LocalSocket ${socket}`,
    `DatabaseDirectory ${join(folder, "signatures")}`,
    "Foreground yes",
    "StreamMaxLength 26M",
  ];
  await writeFile(join(folder, "clamd.conf"), settings.map((line) => `${line}\n`).join(""));
  const server = spawn(program, ["--config-file", join(folder, "clamd.conf")], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  for (let waited = 0; !(await answers(socket)); waited++) {
    if (waited > 200 || server.exitCode !== null) throw new Error("clamd did not start");
    await sleep(50);
  }
  return {
    socket,
    stop: async () => {
      server.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
}

function there(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
