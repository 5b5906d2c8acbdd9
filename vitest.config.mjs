import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["{widget,console}/tests/**/*.test.ts"] },
});
