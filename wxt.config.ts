import { defineConfig } from 'wxt';

/**
 * Fixes the extension id (jnaeikoheheabkghikcnhppeogckoepf wherever the built folder is loaded), so that two builds of Pairwise
 * agree on their origin. The private half is not kept: a store assigns its own key.
 */
const EXTENSION_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2eE9mrwu8EQr/UPWyRuSyZxvq/bFT3YWWaR+Msjskx1ZqheWfLwx2GgfcWimYmrTyYmivyaV5yYQ2RgjeNBeQMyd3SSAQ4m6C4hz/tigxPT29BgUf4RUcQ7WcSYtJzClH80YHo9sqCE6nGh8Dj++Aq94LmEsEv9IfBsltgxpz09WgJTDNLxwpYMaJEYlr4BAA4gaPa0un2vA0SqMryhPux1RxMtJo8lrW2fHcjyRaiIm6T0iVWeXk3otNF9ub8zwR/SeJTATVED0q4sq2vCQlLO9FrnGzyVeLbO93cKjUp0lVzEc+7uoTZ6TIrrk2QpZiPgqdwCoiDzKU/eCh8KWkQIDAQAB';

export default defineConfig({
  srcDir: 'extension',
  publicDir: 'extension/public',
  outDir: '.output',
  modules: ['@wxt-dev/webextension-polyfill'],
  manifestVersion: 3,
  imports: false,
  manifest: {
    name: '__MSG_name__',
    description: '__MSG_description__',
    default_locale: 'en',
    key: EXTENSION_KEY,
    // 123: light-dark(); 116: sidePanel.open and tabCapture ids for an offscreen document.
    minimum_chrome_version: '123',
    // Every line is justified in extension/ARCHITECTURE.md, "Permissions".
    permissions: [
      'activeTab',
      'contextMenus',
      'downloads',
      'downloads.open',
      'idle',
      'notifications',
      'offscreen',
      'scripting',
      'sidePanel',
      'storage',
      'tabCapture',
      'unlimitedStorage',
    ],
    // Asked for one site at a time, when a file of it is to be sent and the site doesn't let everybody read it.
    optional_host_permissions: ['http://*/*', 'https://*/*'],
    action: { default_title: '__MSG_name__' },
    // Keys that Chromium has no use for (it would leave them out: Alt+Shift+P makes a tab group); the person may choose others. A shortcut
    // grants activeTab, as the icon does.
    commands: {
      _execute_action: { suggested_key: { default: 'Alt+Shift+O' } },
      'share-tab': { suggested_key: { default: 'Alt+Shift+S' }, description: '__MSG_command_share_tab__' },
      'send-link': { suggested_key: { default: 'Alt+Shift+L' }, description: '__MSG_command_send_link__' },
    },
  },
});
