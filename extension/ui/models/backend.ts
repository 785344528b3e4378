import type { Selection } from '../../core/files/source.ts';
import type { AppState } from '../../core/session/state.ts';
import type { BackgroundCommands, OffscreenCommands, RequestOf, ResponseOf } from '../../messaging/commands.ts';

/** The tab the person looks at. `url` is null while the browser hides it: the icon was not clicked on that tab. */
export interface CurrentTab {
  readonly id: number;
  readonly title: string;
  readonly url: string | null;
  /** The icon was clicked and the address is hidden all the same: the page belongs to the browser. */
  readonly isForbidden?: boolean;
}

/** Where this interface stands. A popup closes on the first click elsewhere. */
export type View = 'popup' | 'side-panel' | 'window' | 'options';
/** Another place to open. */
export type Place = 'side-panel' | 'window' | 'options' | 'doctor';

/** All that a view needs from the browser and the rest of the extension. A page without either puts its own in this place. */
export interface Backend {
  /** Follows the state; null while there is no connection. Returns the unsubscribe. */
  follow(onState: (state: AppState | null) => void): () => void;
  /** @throws AppError with the code the offscreen document failed with. */
  askOffscreen<Name extends keyof OffscreenCommands & string>(
    name: Name,
    request: RequestOf<OffscreenCommands, Name>,
  ): Promise<ResponseOf<OffscreenCommands, Name>>;
  /** @throws AppError with the code the worker failed with. */
  askBackground<Name extends keyof BackgroundCommands & string>(
    name: Name,
    request: RequestOf<BackgroundCommands, Name>,
  ): Promise<ResponseOf<BackgroundCommands, Name>>;
  /** Files to be sent, as one transfer, and where the only one lies, if that is known. The view may close right after. */
  handOverFiles(peerId: string, selection: Selection, handle: Promise<FileSystemFileHandle | null>): void;
  /**
   * The file of an interrupted transfer, from where it lies, in answer to a click: the browser may ask the person. Null when they refuse.
   * @throws AppError `file-gone`.
   */
  readRemembered(id: string): Promise<Selection | null>;
  /** The files of an interrupted transfer of this side's, chosen again. The view may close right after. */
  handOverAgain(peerId: string, id: string, selection: Selection): void;
  /** Where a `ready` transfer is to be saved; the person has allowed writing there. */
  handOverFolder(peerId: string, id: string, folder: FileSystemDirectoryHandle): void;
  /** Asks for leave to read from one site, in answer to a click. Resolves with whether it was given. */
  allowOrigin(origin: string): Promise<boolean>;
  /** Null when there is no ordinary tab. */
  currentTab(): Promise<CurrentTab | null>;
  /** Opens an http(s) link in a tab of its own, which learns nothing about this page. */
  openLink(url: string): Promise<void>;
  /** Opens a saved file, in answer to a click. @throws AppError `download-failed` when it is gone. */
  openDownload(downloadId: number): Promise<void>;
  /** Opens another place, in answer to a click; a popup closes. */
  openPlace(place: Place): Promise<void>;
}
