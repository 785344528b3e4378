/** What Chromium calls a picture of the clipboard that is no file. */
const UNNAMED = /^image\.(?:png|jpe?g|gif|webp|svg|bmp)$/;

/** Whether this is a picture without a file behind it. */
export function isPicture(item: DataTransferItem): boolean {
  if (item.kind !== 'file' || !item.type.startsWith('image/') || item.webkitGetAsEntry()) return false;
  return UNNAMED.test(item.getAsFile()?.name ?? '');
}

/** Whether there are files to be pasted. Whoever copied text that has its own picture beside it, cells of a table say, means the text. */
export function hasPastedFiles(data: DataTransfer): boolean {
  const files = [...data.items].filter((item) => item.kind === 'file');
  const hasText = data.getData('text/plain').trim() !== '';
  return files.some((item) => !hasText || !isPicture(item));
}

/** Names a picture without a file after the time, to the second, in local time: "Pasted image 2026-11-22 10.15.03.png". */
export function namePasted(picture: File, nowMs: number): File {
  const now = new Date(nowMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('.');
  const extension = picture.name.slice(picture.name.lastIndexOf('.'));
  return new File([picture], `Pasted image ${day} ${time}${extension}`, {
    type: picture.type,
    lastModified: nowMs,
  });
}
