import { defineConfig } from "vitest/config";

// One file at a time: a server, an encoder and a browser already fill two cores. Once more, because other work on the machine
// can take from any one test what it needs; a test that fails fails twice.
export default defineConfig({
  test: { include: ["*.test.ts"], fileParallelism: false, retry: 1, testTimeout: 120_000, hookTimeout: 120_000 },
});
