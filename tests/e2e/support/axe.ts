/** What axe-core finds on a page. */
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Result {
  violations: { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Puts axe into every document of a page: the page's own policy lets no foreign script in later, as it should. */
export const withAxe = async (page: Page): Promise<void> => {
  await page.addInitScript({ path: AXE });
};

/** Findings against WCAG A and AA that axe calls serious or critical, one line each. */
export async function serious(page: Page): Promise<string[]> {
  const result = await page.evaluate(
    (rules) => (globalThis as unknown as { axe: { run(options: object): Promise<Result> } }).axe.run({ runOnly: rules }),
    RULES,
  );
  return result.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`));
}
