import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallState, placeCall } from '../support/local-runtime.ts';
import { CHROMIUM, type Desk, desk, REMEDY } from './browser.ts';
import { injectVoice, type Spoken, spokenIn } from './voice.ts';

let here: Desk;
let page: Page;

const hasChromium = CHROMIUM !== undefined;

describe.skipIf(!hasChromium)(hasChromium ? 'the page' : `the page: ${REMEDY}`, () => {
  beforeAll(async () => {
    here = await desk();
    page = await here.open({}, injectVoice);
  }, 45_000);
  afterAll(() => here?.close());

  const transcript = () => page.locator('#transcript');
  const step = (text: string) => page.locator('#try button', { hasText: text });
  const callShown = async () => {
    const id = await page.locator('#session').textContent();
    return (await (await fetch(`${here.runtime.url}/simulator/calls/${id}`)).json()) as CallState;
  };

  test('tells its first story in two clicks: asked for, cut, and replaced', async () => {
    await page.click('#sound');
    expect(await page.locator('#known').textContent()).toBeDefined();
    await step('Where is my order 4711?').click();
    await step('{"status":"shipped"}').click();
    await transcript().getByText('Good news! Order 4711 has left').waitFor();
    const { session } = (await callShown()) as CallState & { session: object };
    expect(session).toMatchObject({ template: 'order-status', labels: ['order:4711'], turn: 1 });
    await page.locator('#known button', { hasText: 'order:4711' }).click();
    expect(await page.locator('#interrupt [name=who]').inputValue()).toBe('order:4711');
  });

  test('draws what was cut off as long as it would have sounded', async () => {
    const { timeline } = await callShown();
    const at = timeline.findLastIndex(
      (entry) => entry.kind === 'playback_interrupted' && entry.by === 'app',
    );
    const cut = timeline[at];
    const begun = timeline.slice(0, at).findLast(({ kind }) => kind === 'playback_started');
    if (cut?.kind !== 'playback_interrupted' || begun?.kind !== 'playback_started')
      throw new Error('nothing was cut');
    const bar = page.locator('.bar', { has: page.locator('.lost', { hasText: 'fetched' }) });
    const width = async (part: string) => (await bar.locator(part).boundingBox())?.width ?? 0;
    const [heard, lost] = [await width('.heard'), await width('.lost')];
    const share = cut.played_ms / begun.duration_ms;
    expect(heard / (heard + lost)).toBeCloseTo(share, 1);
    expect(await page.locator('.cut.by-app').textContent()).toContain('application');
    // The replacement begins where the sentence ends.
    const mark = (await page.locator('.cut.by-app').boundingBox())?.x ?? 0;
    const instead = (await page.locator('.bar.instead').boundingBox())?.x ?? 0;
    expect(Math.abs(mark - instead)).toBeLessThan(20);
  });

  test('speaks as long as a sentence lasts, and is silent within 100 ms of a cut', async () => {
    const spoken = await spokenIn(page);
    const packed = spoken.find(({ text }) => text.startsWith('Order 4711 is packed')) as Spoken;
    const news = spoken.find(({ text }) => text.startsWith('Good news!')) as Spoken;
    expect(packed.lang).toBe('en-US');
    expect(packed.rate).toBeGreaterThan(0.8);
    expect(packed.rate).toBeLessThan(1.3);
    const { timeline } = await callShown();
    const cut = timeline.findLast((entry) => entry.kind === 'playback_interrupted');
    const placed = await startedAt();
    expect(packed.cancelled_at - (placed + (cut?.at_ms ?? 0))).toBeLessThan(100);
    expect(news.at).toBeGreaterThanOrEqual(packed.cancelled_at);
  });

  const startedAt = async () => {
    const { calls } = (await (await fetch(`${here.runtime.url}/simulator/calls`)).json()) as {
      calls: { session_id: string; started_at: number }[];
    };
    const id = await page.locator('#session').textContent();
    return calls.find(({ session_id }) => session_id === id)?.started_at ?? 0;
  };

  test('sends one event from three services, and shows what each was told', async () => {
    await page.selectOption('#interrupt [name=whom]', 'session_id');
    await page.fill('#interrupt [name=say]', 'This comes three times.');
    await page.fill('#interrupt [name=id]', 'thrice');
    await page.click('#thrice');
    await page.locator('#reply details').nth(2).waitFor();
    expect(await page.locator('#reply').textContent()).toMatch(/SQS.*EventBridge.*HTTP/);
    await transcript().getByText('This comes three times.').waitFor();
    expect(await transcript().getByText('This comes three times.').count()).toBe(1);
    await page.locator('#outcomes li', { hasText: 'duplicate' }).nth(1).waitFor();
  });

  test('says why it refuses, and shows commands that say the same', async () => {
    await page.fill('#interrupt [name=context]', '{"status": ');
    await page.click('#interrupt button[type=submit]');
    expect(await page.locator('#reply').textContent()).toContain('not JSON');
    await page.fill('#interrupt [name=context]', '');
    await page.fill('#interrupt [name=say]', "It's here");
    await page.locator('#as-command summary').click();
    expect(await page.locator('#commands').textContent()).toContain('aws events put-events');
    await page.fill('#interrupt [name=say]', '');
  });

  test('shows the JSON of a moment that somebody chooses by keys alone', async () => {
    await page.locator('#scroller').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.bar.selected').count()).toBe(1);
    await page.locator('#wire summary', { hasText: 'speak' }).first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#wire pre').first().textContent()).toContain('"session_id"');
  });

  test('a caller speaks with keys alone, and cuts', async () => {
    await page.locator('#text').focus();
    await page.keyboard.type('And 4712?');
    await page.keyboard.press('Enter');
    await transcript().getByText('I am looking for order 4712').waitFor();
  });

  test('says where the stories are when a call without one is looked at', async () => {
    await placeCall(here.runtime.url, { from: '+4917639990001' });
    await page.locator('#calls button', { hasText: '+4917639990001' }).click();
    await page.locator('#try', { hasText: 'Choose a template' }).waitFor();
  });

  test('says that there is no voice where there is none', async () => {
    const silent = await here.open();
    await silent.click('#sound');
    await silent.locator('#sound-note', { hasText: 'no voice' }).waitFor();
    await silent.context().close();
  });

  test('keeps its DOM small in a long call with a crowd of others', async () => {
    const { url } = here.runtime;
    const long = await placeCall(url, { speed: 100 });
    for (let n = 0; n < 60; n++) await long.says(`Sentence ${n} of a call that lasts long`);
    for (let n = 0; n < 120; n += 20)
      await Promise.all(Array.from({ length: 20 }, () => placeCall(url, { speed: 50 })));
    await page.locator('#more-calls').waitFor();
    expect(await page.locator('#calls li').count()).toBe(100);
    expect(await page.locator('#track .piece').count()).toBeLessThan(400);
  });

  describe.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('%s, %i px', (colorScheme, width) => {
    test('has no serious accessibility problem, and nothing sticks out', async () => {
      const shown = await here.open({ colorScheme, viewport: { width, height: 844 } });
      await shown.evaluate(AXE);
      const found = await shown.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
        const { violations } = await axe.run();
        return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      });
      expect(found.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
      const wide = await shown.evaluate<number>('document.documentElement.scrollWidth');
      expect(wide).toBeLessThanOrEqual(width);
      await shown.context().close();
    });
  });
});

interface AxeResults {
  violations: { id: string; impact: string; nodes: { target: string[] }[] }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
