import * as v from 'valibot';
import { PAGE_ENTRIES, TAB_NEWS } from '../core/session/platform.ts';
import { FileSettings, LiveSettings, ShareQuality, TimelineItem } from '../core/session/state.ts';
import * as limits from '../core/shared/limits.ts';
import { ErrorCodeSchema, HttpUrl, ItemId, maybeText, Name, PeerId, SizeBytes, text } from '../core/shared/schemas.ts';

/*
 * What one context may ask another, by name: `request` is parsed by the one that answers, `response` by the one that asked.
 * Everything lasting (pairing, a share, a transfer) shows up in the state feed; its errors do too.
 */

/** An address that carries its file in itself (`data:`), in UTF-16 code units. */
const MAX_WEB_FILE_URL = 32 * 1024 * 1024;
const nothing = v.void();
/** More names in a menu than fit on a small screen. */
export const MAX_MENU_PEERS = 20;
const command = <Request extends v.ObjectEntries, Response extends v.GenericSchema>(
  request: Request,
  response: Response,
) => ({
  request: v.object(request),
  response,
});

/** Answered by the offscreen document. */
export const offscreenCommands = {
  /** Whether the document has started and listens. */
  ping: command({}, nothing),
  /** Asks for a code, or a long text; the state goes to preparing, hosting, confirm, then paired or failed. */
  'pair-host': command({ form: v.picklist(['code', 'secret']) }, nothing),
  'pair-join': command({ code: text(128) }, nothing),
  /** The person's answer to `confirm`. */
  'pair-confirm': command({ accept: v.boolean() }, nothing),
  /** Ends hosting or joining, or takes a paired or failed result off the screen. */
  'pair-cancel': command({}, nothing),
  'chat-send': command({ peerId: PeerId, text: text(limits.MAX_TEXT_LENGTH) }, nothing),
  typing: command({ peerId: PeerId }, nothing),
  /** The timeline of this peer is on screen: its unread count goes to zero and the peer sees "Read". */
  read: command({ peerId: PeerId }, nothing),
  'link-send': command({ peerId: PeerId, url: HttpUrl, title: maybeText(limits.MAX_TITLE_LENGTH) }, nothing),
  /** Takes back a chat line, link or file that still waits for an offline peer. */
  'item-cancel': command({ peerId: PeerId, id: ItemId }, nothing),
  'file-answer': command({ peerId: PeerId, id: ItemId, accept: v.boolean() }, nothing),
  /** Ends it on both sides, at whatever point it is; an offer of the peer's is declined. */
  'file-cancel': command({ peerId: PeerId, id: ItemId }, nothing),
  /** Holds a transfer of either direction, or lets it go on. */
  'file-pause': command({ peerId: PeerId, id: ItemId, paused: v.boolean() }, nothing),
  /** Sends again what failed, was declined or cancelled, if its files are still at hand; saves again what could not be saved. @throws file-gone */
  'file-retry': command({ peerId: PeerId, id: ItemId }, nothing),
  /** Takes an ended item off the timeline of this device. */
  'item-remove': command({ peerId: PeerId, id: ItemId }, nothing),
  /** Saves a `ready` transfer as one zip in Downloads. A folder comes by hand-over, see file-handover.ts. */
  'file-save-zip': command({ peerId: PeerId, id: ItemId }, nothing),
  /**
   * Fetches a file of the web and sends it; what can't be fetched goes out as a link. `isMedia`: shown as picture, film or sound. Tells
   * whether the person has to give leave first: then it is among the `fetches` of the state. @throws peer-unknown, too-many-waiting
   */
  'web-file-send': command(
    {
      peerId: PeerId,
      url: text(MAX_WEB_FILE_URL),
      isMedia: v.boolean(),
      title: maybeText(limits.MAX_TITLE_LENGTH),
    },
    v.picklist(['taken', 'asking']),
  ),
  /** What the person says to a fetch: try again since leave was given, send the link instead, or nothing at all. */
  'web-file-answer': command({ id: ItemId, answer: v.picklist(['fetch', 'link', 'cancel']) }, nothing),
  /** From the worker: the person has given leave for a site. */
  'site-allowed': command({}, nothing),
  /** From the worker: what was chosen in the menu of a page could not be done. */
  'menu-failed': command(
    { peerId: PeerId, code: ErrorCodeSchema, subject: maybeText(limits.MAX_TITLE_LENGTH) },
    nothing,
  ),
  'peer-accept-files': command({ peerId: PeerId, upToBytes: v.nullable(SizeBytes) }, nothing),
  /**
   * Shows a tab whose capture id the worker minted: a new share, or, while something is shown to this peer already, another source for it.
   */
  'share-tab': command(
    {
      peerId: PeerId,
      streamId: text(256),
      tabId: v.number(),
      title: maybeText(limits.MAX_TITLE_LENGTH),
    },
    nothing,
  ),
  /** The same with the browser's own picker (tab, window or screen). */
  'share-pick': command({ peerId: PeerId }, nothing),
  /** The person holds what is shown, or goes on, whatever it was that held it. */
  'share-pause': command({ paused: v.boolean() }, nothing),
  'share-quality': command({ quality: ShareQuality }, nothing),
  /** Whether the sound of what is shown goes out. */
  'share-sound': command({ on: v.boolean() }, nothing),
  /** My microphone, beside what is shown. Where the browser must ask first, a page of ours opens for that. */
  'share-voice': command({ on: v.boolean() }, nothing),
  /** From the page that asked for it: the person has answered for the microphone. */
  'microphone-answered': command({ allowed: v.boolean() }, nothing),
  /** Whether the peer may point. */
  'share-pointing': command({ on: v.boolean() }, nothing),
  /** From a view that was opened by the icon on this tab: leave for its page has come back. */
  'share-reach': command({ tabId: v.number() }, nothing),
  /** Asks this peer to show something. */
  'share-ask': command({ peerId: PeerId }, nothing),
  /** Takes my own back, or "Not now" to the peer's. */
  'share-ask-end': command({ id: ItemId }, nothing),
  /** From the worker: what any tab of this browser does. Answers whether something is shown: else it need not be told of the next one. */
  'tab-news': command({ tabId: v.number(), news: v.picklist(TAB_NEWS) }, v.boolean()),
  /** From the worker, for a keyboard shortcut: to whom it shows or sends, see `shortcutPeer`; null when nobody is connected. */
  'shortcut-peer': command({}, v.nullable(PeerId)),
  /** A share could not be started; the worker knows why. */
  'share-failed': command(
    { peerId: PeerId, tabId: v.number(), code: ErrorCodeSchema, title: maybeText(limits.MAX_TITLE_LENGTH) },
    nothing,
  ),
  'share-stop': command({}, nothing),
  /** From the worker: the viewer page of this share is being opened, or brought to front: then it may ask, or not. */
  'viewer-coming': command({ peerId: PeerId, shareId: ItemId }, nothing),
  /** "Not now". Watching is opening the viewer page. */
  'share-dismiss': command({ shareId: ItemId }, nothing),
  'peer-rename': command({ peerId: PeerId, name: Name }, nothing),
  'peer-forget': command({ peerId: PeerId }, nothing),
  'peer-block': command({ peerId: PeerId, blocked: v.boolean() }, nothing),
  /** Tries to reach the server and this peer now instead of at the next turn. */
  'peer-retry': command({ peerId: PeerId }, nothing),
  'history-wipe': command({ peerId: PeerId }, nothing),
  /** Up to 50 items older than item `before`, oldest first. */
  'history-page': command(
    { peerId: PeerId, before: ItemId },
    v.object({ items: v.array(TimelineItem), hasOlder: v.boolean() }),
  ),
  /** Any of them. `serverUrl` is http(s)://host[:port][/path]. @throws server-address, folder-name */
  'settings-set': command(
    {
      name: v.optional(Name),
      serverUrl: v.optional(text(200)),
      downloadFolder: v.optional(FileSettings.entries.downloadFolder),
      keepPartialsDays: v.optional(FileSettings.entries.keepPartialsDays),
      pauseOnPassword: v.optional(LiveSettings.entries.pauseOnPassword),
      pauseOnNavigation: v.optional(LiveSettings.entries.pauseOnNavigation),
    },
    nothing,
  ),
  'notice-dismiss': command({ id: ItemId }, nothing),
  /** `DoctorFacts` for the connection doctor, which parses them: no other view has to know how. `withRelay`: with relay tickets of its own. */
  'doctor-facts': command({ withRelay: v.boolean() }, v.unknown()),
  /** From the worker: the person has been idle, or is back. */
  idle: command({ idle: v.boolean() }, nothing),
  /** From the worker: a download that this document started, under this key, stands there whole or has failed. */
  'download-ended': command({ key: text(64), code: v.nullable(ErrorCodeSchema) }, nothing),
};

/** Answered by the background worker. */
export const backgroundCommands = {
  /** Resolves once the offscreen document exists and listens. */
  'ensure-offscreen': command({}, nothing),
  /** From the offscreen document: it has started and listens. */
  'offscreen-ready': command({}, nothing),
  /** Mints a capture id for the tab and hands it to the offscreen document. Errors arrive in the state as a notice. */
  'share-tab': command({ peerId: PeerId, tabId: v.number(), title: maybeText(limits.MAX_TITLE_LENGTH) }, nothing),
  /** From the offscreen document: puts our script into a tab's page. */
  'page-script': command({ tabId: v.number() }, v.picklist(PAGE_ENTRIES)),
  /** From the offscreen document: whether its owner has muted a tab. What changes about it is `tab-news`. */
  'tab-muted': command({ tabId: v.number() }, v.boolean()),
  /** From the offscreen document: opens the page on which the browser can ask for the microphone. */
  'microphone-page': command({}, nothing),
  /** Opens (or brings to front) the viewer of a share. */
  'viewer-open': command({ peerId: PeerId, shareId: ItemId }, nothing),
  /** From the offscreen document: saves a blob URL under Downloads, at a safe relative path. Resolves with the download's number. @throws save-failed */
  'download-start': command({ key: text(64), url: text(512), path: text(limits.MAX_PATH_LENGTH) }, v.number()),
  /** From the offscreen document: nobody wants it any more. */
  'download-cancel': command({ downloadId: v.number() }, nothing),
  /** @throws download-failed when the file is gone. */
  'download-show': command({ downloadId: v.number() }, nothing),
  /** From the offscreen document: what the toolbar icon says. */
  badge: command({ unread: v.number(), live: v.boolean() }, nothing),
  /** From the offscreen document: to whom the menu of a page offers to send and show, the one last sent to first. */
  menus: command(
    {
      peers: v.pipe(
        v.array(v.object({ id: PeerId, name: Name, isConnected: v.boolean() })),
        v.maxLength(MAX_MENU_PEERS),
      ),
    },
    nothing,
  ),
  /**
   * From the offscreen document. `id` names what it is about: `pairing`, `file:<peerId>`, `received:<peerId>`, `peer:<peerId>`,
   * `link:<peerId>`, `not-shown:<peerId>`, `ask:<peerId>` or `share:<peerId>:<shareId>`. `code`: why, in place of `body`.
   */
  notify: command(
    {
      id: text(128),
      name: text(limits.MAX_NAME_LENGTH),
      body: maybeText(500),
      code: v.nullable(ErrorCodeSchema),
    },
    nothing,
  ),
};

export type OffscreenCommands = typeof offscreenCommands;
export type BackgroundCommands = typeof backgroundCommands;
/** The request of a command, as the one who asks writes it. */
export type RequestOf<Commands, Name extends keyof Commands> = Commands[Name] extends {
  request: infer Request extends v.GenericSchema;
}
  ? v.InferInput<Request>
  : never;
export type ResponseOf<Commands, Name extends keyof Commands> = Commands[Name] extends {
  response: infer Response extends v.GenericSchema;
}
  ? v.InferOutput<Response>
  : never;
