import { defineConfig } from "vitest/config";

// One file at a time: a server, an encoder and a browser already fill two cores.
export default defineConfig({
  test: { include: ["*.test.ts"], fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 },
});
