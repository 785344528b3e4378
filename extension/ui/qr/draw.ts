import { encodeQR } from 'qr';

/** Light modules around the code, as its standard (ISO/IEC 18004) asks for: without them many readers don't find it. */
const QUIET_MODULES = 4;
/** The size a copied picture gets, sharp enough for a printed page or a photograph of the screen. */
const PICTURE_PX = 1_024;

/** A QR code of `text` as an SVG document, dark on light whatever the theme. */
export function qrSvg(text: string): string {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_MODULES });
  const side = rows.length;
  const path = rows.flatMap((row, y) => runs(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`)).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE_PX}" height="${PICTURE_PX}" viewBox="0 0 ${side} ${side}" ` +
    `shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}"/></svg>`
  );
}

/** Where dark modules begin in a row, and how many stand side by side. */
function runs(row: readonly boolean[]): [start: number, length: number][] {
  const found: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = found.at(-1);
    if (dark && last && last[0] + last[1] === x) last[1] += 1;
    else if (dark) found.push([x, 1]);
  });
  return found;
}
