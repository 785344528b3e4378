/** Bounds shared by every schema: what arrives is checked against them before it is kept or shown. Lengths are UTF-16 code units. */

/** One chat message. Long enough for a pasted page of text, short enough that one frame carries it. */
export const MAX_TEXT_LENGTH = 8_000;
/** A device or peer name. */
export const MAX_NAME_LENGTH = 40;
/** A page title; longer ones are cut by the sender. */
export const MAX_TITLE_LENGTH = 300;
/** A URL; Chromium itself shows no more than 2 MB, and nobody reads beyond this. */
export const MAX_URL_LENGTH = 4_096;
/** A file name as sent: 255 bytes is what file systems take. */
export const MAX_FILE_NAME_LENGTH = 255;
/** A MIME type. */
export const MAX_MIME_LENGTH = 127;
/** The largest transfer, in bytes: 1 TiB keeps offsets far inside 2^53. */
export const MAX_FILE_BYTES = 2 ** 40;
/** A relative path of a file: deeper ones no system takes. */
export const MAX_PATH_LENGTH = 4_096;
/** Files of one transfer: twice the folder that everybody has somewhere; their list stays a few MiB. */
export const MAX_FILES = 20_000;
/** The list of the files of one transfer, see core/files/manifest.ts. */
export const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;
/** A session description: video, sound and data offers of Chromium stay under 12 kB. */
export const MAX_SDP_LENGTH = 32_000;
/** One ICE candidate line. */
export const MAX_CANDIDATE_LENGTH = 1_024;
/**
 * Copies of all that is being sent together: enough for documents and pictures, too little to be missed on any disk. What is larger has
 * to be found again after a restart.
 */
export const MAX_COPIED_BYTES = 64 * 1024 * 1024;
/** Newest timeline items that a snapshot carries for each peer; older ones come by page. */
export const SNAPSHOT_ITEMS = 50;
