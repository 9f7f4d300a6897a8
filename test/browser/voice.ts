import type { Page } from 'playwright-core';

/** What the page has said. Times are ms since 1970. */
export interface Spoken {
  text: string;
  rate: number;
  lang: string;
  at: number;
  cancelled_at: number;
}

/** Gives the page a voice that notes what it says: headless browsers have none. */
export async function injectVoice(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const spoken: Spoken[] = [];
    class Utterance {
      text: string;
      rate = 1;
      lang = '';
      voice = null;
      constructor(text: string) {
        this.text = text;
      }
    }
    const synthesis = {
      getVoices: () => [{ lang: 'en-US', name: 'Test' }],
      speak: ({ text, rate, lang }: Utterance) =>
        void spoken.push({ text, rate, lang, at: Date.now(), cancelled_at: 0 }),
      cancel() {
        const last = spoken.at(-1);
        if (last) last.cancelled_at ||= Date.now();
      },
    };
    Object.defineProperty(globalThis, 'speechSynthesis', { value: synthesis });
    Object.defineProperty(globalThis, 'SpeechSynthesisUtterance', { value: Utterance });
    Object.defineProperty(globalThis, 'spoken', { value: spoken });
  });
}

export const spokenIn = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { spoken: Spoken[] }).spoken);
