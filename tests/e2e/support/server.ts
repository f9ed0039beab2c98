/** The real program, started as a person would: `vitrine demo --json` in a folder of its own. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

const PROGRAM = process.env["VITRINE"] ?? resolve(import.meta.dirname, "../../../target/release/vitrine");
const START_MS = 60_000;

export interface Invited {
  name: string;
  email: string;
  url: string;
  passphrase: string;
}

export interface Started {
  console_url: string;
  console_user: string;
  console_password: string;
  viewer_links: Invited[];
  media_udp_port: number;
}

/** Runs the program with these arguments: what it prints. */
export async function program(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(PROGRAM, args);
  return stdout;
}

export class Server {
  private constructor(
    readonly started: Started,
    readonly data: string,
    private readonly child: ChildProcess,
  ) {}

  /** `within`: what runs a program in a network of its own (`netns.ts`). */
  static async start(args: string[] = [], within: string[] = []): Promise<Server> {
    const data = mkdtempSync(join(tmpdir(), "vitrine-e2e-"));
    const [runner = PROGRAM, ...more] = [...within, PROGRAM, "demo", "--json", "--port", "0", "--data", data, ...args];
    const child = spawn(runner, more, {
      stdio: ["ignore", "pipe", process.env["VITRINE_LOG"] ? "inherit" : "ignore"],
    });
    const started = await firstLine(child, child.stdout);
    return new Server(JSON.parse(started) as Started, data, child);
  }

  /** `vitrine serve` with this configuration (TOML; data, address and log are its own), for policies that no demo has. */
  static async serve(data: string, config: string): Promise<Server> {
    const file = join(data, "vitrine.toml");
    writeFileSync(file, `data = "."\n${config}\n[http]\nbind = "127.0.0.1:0"\nnames = ["localhost"]\n`);
    const child = spawn(PROGRAM, ["serve", "--config", file], { stdio: ["ignore", "ignore", "pipe"] });
    const said = await firstLine(child, child.stderr, (line) => line.startsWith("Vitrine answers at "));
    const console_url = /https:\S+\/console/.exec(said)?.[0] ?? "";
    return new Server({ console_url, console_user: "", console_password: "", viewer_links: [], media_udp_port: 0 }, data, child);
  }

  get origin(): string {
    return new URL(this.started.console_url).origin;
  }

  get client(): Invited {
    const first = this.started.viewer_links[0];
    if (!first) throw new Error("the demo has no client");
    return first;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Runs a subcommand against this server's data. */
  command(...args: string[]): Promise<string> {
    return program(...args, "--data", this.data);
  }

  /** An account of the house with this password, which works on the house's own project. */
  async account(user: string, role: string, password: string): Promise<void> {
    const file = join(this.data, "password-of-a-test");
    writeFileSync(file, `${password}\n`, { mode: 0o600 });
    await this.command("user", "add", user, "--role", role, "--password-file", file);
    const { projects } = JSON.parse(await this.command("project", "list", "--json")) as { projects: { id: string; name: string }[] };
    const house = projects.find(({ name }) => name === "House");
    if (!house) throw new Error("the house has no project of its own");
    await this.command("project", "add-member", house.id, user);
  }

  async review(): Promise<string> {
    const { reviews } = JSON.parse(await this.command("review", "list", "--json")) as { reviews: { id: string }[] };
    const first = reviews[0];
    if (!first) throw new Error("the demo has no review");
    return first.id;
  }

  async invite(name: string, email: string, ...more: string[]): Promise<Invited & { id: string }> {
    const review = await this.review();
    const text = await this.command(
      "link", "create", "--review", review, "--name", name, "--email", email, "--json", ...more,
    );
    return { name, email, ...(JSON.parse(text) as { id: string; url: string; passphrase: string }) };
  }

  /** The whole machine gone from the network for a while: no packet, no answer, no goodbye. */
  async freeze(ms: number): Promise<void> {
    this.child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.child.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    const gone = new Promise((done) => this.child.once("exit", done));
    this.child.kill("SIGTERM");
    await gone;
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** The first line that a program writes, of those that are looked for. */
async function firstLine(child: ChildProcess, from: Readable | null, wanted = (_line: string): boolean => true): Promise<string> {
  if (!from) throw new Error("it says nothing");
  const lines = createInterface({ input: from });
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error("the program did not start in time")), START_MS);
    lines.on("line", (line) => {
      if (!wanted(line)) return;
      clearTimeout(timer);
      done(line);
    });
    child.once("error", fail);
    child.once("exit", (code) => fail(new Error(`the program ended with ${code}`)));
  });
}
