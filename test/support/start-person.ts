import type { Page } from 'puppeteer-core';
import { type ExtensionBrowser, type LaunchOptions, launchBrowser } from './browser.ts';
import type { PersonOptions, PopupUser } from './popup-user.ts';
import { createProfile, type Profile } from './profile.ts';

/** Starts a browser with a fresh profile; `then` makes somebody of it. Nothing is left over when either fails. */
export async function startPerson<User extends PopupUser>(
  options: PersonOptions,
  launch: LaunchOptions,
  then: (profile: Profile, browser: ExtensionBrowser, page: Page) => User,
): Promise<User> {
  const profile = await createProfile();
  try {
    const browser = await launchBrowser({ ...launch, profile });
    try {
      const user = then(profile, browser, await browser.panel('/options.html'));
      await user.settles(options);
      return user;
    } catch (error) {
      await browser.close();
      throw error;
    }
  } catch (error) {
    await profile.remove();
    throw error;
  }
}
