import { describe, expect, test } from 'vitest';
import { asked, isAsked, sees, show, useStage } from './ui/driver.ts';
import { states } from './ui/states.ts';

useStage();

describe('options', () => {
  test('the folder below Downloads may be empty, and a wrong one is told beside its field', async () => {
    const page = await show(states.e, { view: 'options' });
    await page.focus('#folder');
    // All of it is selected by whoever comes with Tab; a script's focus selects nothing.
    await page.$eval('#folder', (input) => (input as HTMLInputElement).select());
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await isAsked(page, 'settings-set', { downloadFolder: '' });
    await page.evaluate(() => ui.fail('settings-set', 'folder-name'));
    await page.locator('#folder').fill('../elsewhere');
    await page.keyboard.press('Enter');
    await sees(page, 'This is no folder below Downloads.');
    expect(await page.$eval('#folder', (input) => input.ariaInvalid)).toBe('true');
  });

  test('unfinished transfers are kept for whole days, up to a year', async () => {
    const page = await show(states.e, { view: 'options' });
    const days = await page.$eval('#days', (input) => [(input as HTMLInputElement).value, input.matches(':valid')]);
    expect(days).toEqual(['7', true]);
    await page.locator('#days').fill('400');
    expect(await page.$eval('#days', (input) => input.matches(':valid'))).toBe(false);
    await page.locator('#days').fill('30');
    await page.keyboard.press('Enter');
    await isAsked(page, 'settings-set', { keepPartialsDays: 30 });
    expect(await asked(page)).toHaveLength(1);
  });
});
