/** Time that a program and all it started have spent on a CPU, by what its threads are called: as the kernel counts it, in nanoseconds. */
import { readFileSync, readdirSync } from "node:fs";

/** Nothing where the process or thread is gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function processes(root: number): number[] {
  const parents = list("/proc").map((id) => [Number(id), Number(read(`/proc/${id}/stat`).split(") ")[1]?.split(" ")[1])] as const);
  const found = [root];
  for (const id of found) found.push(...parents.filter(([, parent]) => parent === id).map(([child]) => child));
  return found;
}

/** Seconds on a CPU so far, by `process/thread`. */
export function threadSeconds(root: number): Map<string, number> {
  const spent = new Map<string, number>();
  for (const id of processes(root)) {
    const kind = /--type=([a-z-]+)/.exec(read(`/proc/${id}/cmdline`))?.[1] ?? "browser";
    for (const thread of list(`/proc/${id}/task`)) {
      const name = `${kind}/${read(`/proc/${id}/task/${thread}/comm`).trim()}`;
      const ns = Number(read(`/proc/${id}/task/${thread}/schedstat`).split(" ")[0]);
      spent.set(name, (spent.get(name) ?? 0) + ns / 1e9);
    }
  }
  return spent;
}
