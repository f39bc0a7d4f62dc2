/** Memory of the process that draws a page. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';

interface PageMemory {
  /** The page's private memory in megabytes, what Chromium's task manager calls its footprint (Linux). */
  own: number;
  /** Decoded pictures that Chromium keeps for as long as the system has room. */
  discardable: number;
}

/** Of the page's process, the largest of those that draw pages. */
export async function pageMemory(browser: Browser): Promise<PageMemory> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      const megabytes = (field: string): number =>
        Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1000;
      return { own: megabytes('RssAnon') + megabytes('VmSwap'), discardable: megabytes('RssShmem') };
    })
    .reduce((most, each) => (each.own + each.discardable > most.own + most.discardable ? each : most));
}

/** The same when the system has told the browser that memory is short. */
export async function memoryUnderPressure(browser: Browser, page: Page): Promise<PageMemory> {
  const session = await page.context().newCDPSession(page);
  await session.send('Memory.simulatePressureNotification', { level: 'critical' });
  await page.waitForTimeout(1000);
  await session.detach();
  return pageMemory(browser);
}
