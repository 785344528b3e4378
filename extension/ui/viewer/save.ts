/** Long enough for the browser to have begun. */
const KEEP_URL_MS = 60_000;

/** Saves a file as the browser saves what a page offers: to Downloads, or where it asks the person. */
export function saveToDownloads(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_URL_MS);
}
