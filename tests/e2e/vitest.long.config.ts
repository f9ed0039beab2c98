import { defineConfig } from "vitest/config";

// Runs by hand: `make soak`, `make bench`.
export default defineConfig({
  test: { include: ["*.long.ts"], fileParallelism: false, testTimeout: 3_000_000, hookTimeout: 120_000 },
});
