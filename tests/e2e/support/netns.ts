/** A network of its own, in which packets are lost or wait: a Linux network namespace. Needs root, `ip`, `nft` and `tc`. */
import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { CHROMIUM, launchProgram } from "./browser.ts";

const quiet: ExecFileSyncOptions = { stdio: ["ignore", "pipe", "pipe"] };

/** Why there can be no network of one's own here; null when there can. */
export function whyNoNetwork(): string | null {
  const name = `vitrine-try-${process.pid}`;
  try {
    execFileSync("ip", ["netns", "add", name], quiet);
  } catch (error) {
    return `network namespaces are not permitted here: ${String(error).split("\n")[0]}`;
  }
  try {
    execFileSync("ip", ["netns", "exec", name, "nft", "add", "table", "inet", "try"], quiet);
    return null;
  } catch (error) {
    return `nft does not work here: ${String(error).split("\n")[0]}`;
  } finally {
    execFileSync("ip", ["netns", "del", name], quiet);
  }
}

export class Network {
  private readonly name = `vitrine-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  private readonly folder = mkdtempSync(join(tmpdir(), "vitrine-netns-"));
  /** What runs a program in it. */
  readonly within: string[] = ["ip", "netns", "exec", this.name];

  constructor() {
    execFileSync("ip", ["netns", "add", this.name], quiet);
    this.run("ip", "link", "set", "lo", "up");
    // Chromium uses no loopback device; packets to an own address go through `lo` nevertheless.
    this.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
    this.run("ip", "address", "add", "10.77.0.1/24", "dev", "eth0");
    this.run("ip", "link", "set", "eth0", "up");
    this.run("ip", "link", "set", "eth1", "up");
  }

  private run(...command: string[]): void {
    execFileSync("ip", ["netns", "exec", this.name, ...command], quiet);
  }

  browser(): Promise<Browser> {
    const program = join(this.folder, "chromium");
    writeFileSync(program, `#!/bin/sh\nexec ${this.within.join(" ")} ${CHROMIUM} "$@"\n`);
    chmodSync(program, 0o755);
    return launchProgram(program);
  }

  /** Loses this percentage of the datagrams of a port, in each direction, at random. */
  lose(percent: number, port: number): void {
    this.run("nft", "add", "table", "inet", "loss");
    this.run("nft", "flush", "table", "inet", "loss");
    this.run("nft", "add chain inet loss input { type filter hook input priority 0; }");
    for (const side of ["sport", "dport"])
      this.run("nft", `add rule inet loss input udp ${side} ${port} numgen random mod 100 < ${percent} drop`);
  }

  /** Carries no more than this; what waits for longer than `waitMs` is lost. `null`: everything. */
  limit(mbps: number | null, waitMs = 300): void {
    if (mbps === null) this.run("tc", "qdisc", "del", "dev", "lo", "root");
    else
      this.run("tc", "qdisc", "replace", "dev", "lo", "root", "tbf", "rate", `${mbps}mbit`, "burst", "32kb", "latency", `${waitMs}ms`);
  }

  remove(): void {
    execFileSync("ip", ["netns", "del", this.name], quiet);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
