import type { CDPSession, Page, Protocol } from 'puppeteer-core';

/** What a peer's pointer looks like in a shared page, to the one who shares it. */
export interface PageMarks {
  /** Whose pointer it is; null while it is away. */
  readonly name: string | null;
  readonly ripples: number;
}

/** A dot inside the arrow, off its tip by some pixels, where neither its edge nor the name is. */
export const INSIDE_ARROW = { x: 5, y: 5 };
/** The accent of the design, red, green and blue. */
export const ARROW_COLOUR = [0x43, 0x53, 0xe0];

/** The colour that is seen at this place of a page, in CSS pixels. `painter` is a page that may read pictures: the page itself may not. */
export async function colourAt(page: Page, x: number, y: number, painter: Page): Promise<readonly number[]> {
  const picture = await page.screenshot({ encoding: 'base64', optimizeForSpeed: true });
  return painter.evaluate(
    async (base64, left, top) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const paint = new OffscreenCanvas(1, 1).getContext('2d');
      paint?.drawImage(bitmap, -left, -top);
      return [...(paint?.getImageData(0, 0, 1, 1).data.slice(0, 3) ?? [])];
    },
    picture,
    x,
    y,
  );
}

/** What of ours stands in the page, closed shadow tree and all, as the browser's inspector shows it. */
export async function pageMarks(page: Page): Promise<PageMarks> {
  const inspector: CDPSession = await page.createCDPSession();
  try {
    const { root } = await inspector.send('DOM.getDocument', { depth: -1, pierce: true });
    const host = find(root, ({ localName }) => localName === 'pairwise-pointer')[0];
    if (!host) return { name: null, ripples: 0 };
    const isOf = (name: string) => (node: Protocol.DOM.Node) => classesOf(node).includes(name);
    const [name] = find(host, isOf('here')).flatMap((pointer) => find(pointer, isOf('name')));
    return { name: name?.children?.[0]?.nodeValue ?? null, ripples: find(host, isOf('ripple')).length };
  } finally {
    await inspector.detach();
  }
}

function find(node: Protocol.DOM.Node, matches: (node: Protocol.DOM.Node) => boolean): Protocol.DOM.Node[] {
  const inside = [...(node.children ?? []), ...(node.shadowRoots ?? [])].flatMap((child) => find(child, matches));
  return matches(node) ? [node, ...inside] : inside;
}

function classesOf({ attributes = [] }: Protocol.DOM.Node): string[] {
  return (attributes[attributes.indexOf('class') + 1] ?? '').split(' ');
}
