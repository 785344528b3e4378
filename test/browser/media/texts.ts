/** Stands in for `wxt/browser` where a view runs in a plain page: the real texts, by the rules of `chrome.i18n`. */
import messages from '../../../extension/public/_locales/en/messages.json';

const texts: Readonly<Record<string, { readonly message: string }>> = messages;

export const browser = {
  i18n: {
    getMessage: (key: string, values: readonly string[] = []): string =>
      (texts[key]?.message ?? '').replace(/\$([1-9])/g, (_, place: string) => values[Number(place) - 1] ?? ''),
  },
};
