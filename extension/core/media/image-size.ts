/** In pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const PNG_HEAD = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const VP8X_ANIMATED = 0x02;

/**
 * The size that a decoder would give a picture, read from its head without decoding it: PNG (W3C PNG, 11.2.2) or still WebP (RFC 9649).
 * Null for anything else, an animation too.
 */
export function imageSize(bytes: Uint8Array, mime: 'image/png' | 'image/webp'): ImageSize | null {
  if (bytes.length < 30) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return mime === 'image/png' ? pngSize(bytes, view) : webpSize(view);
}

function pngSize(bytes: Uint8Array, view: DataView): ImageSize | null {
  const isPng = PNG_HEAD.every((byte, at) => bytes[at] === byte) && name(view, 12) === 'IHDR';
  return isPng ? { width: view.getUint32(16), height: view.getUint32(20) } : null;
}

function webpSize(view: DataView): ImageSize | null {
  if (name(view, 0) !== 'RIFF' || name(view, 8) !== 'WEBP') return null;
  switch (name(view, 12)) {
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X': {
      if (view.getUint8(20) & VP8X_ANIMATED) return null;
      const three = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_0000;
      return { width: three(24) + 1, height: three(27) + 1 };
    }
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return null;
  }
}

/** Four letters, as both formats name their parts. */
function name(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}
