import { lineText } from '../models/display-text.ts';
import { POINTER_STYLE } from './pointer-style.ts';

/** Where the peer points: shares of the picture, which is the whole of what the tab shows. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export const HTML = 'http://www.w3.org/1999/xhtml';
/** Says what it is to whoever finds it in the page's inspector. */
const HOST_NAME = 'pairwise-pointer';
/** As long as its animation; without movement it just stands there. */
const RIPPLE_MS = 700;
/** Whoever clicks faster than this sees the last ones. */
const MAX_RIPPLES = 6;
const FADE_MS = 200;
/** From the tip to the far edges of the name, in CSS pixels. */
const NAME_LEFT = 15;
const NAME_BOTTOM = 40;

/**
 * Shows a peer's pointer and clicks above the page: in a closed shadow tree, in the top layer, where it takes no event and no style of the
 * page reaches it. Nothing of it is in the page while nobody points.
 */
export class PagePointer {
  readonly #host: HTMLElement;
  readonly #pointer: HTMLElement;
  readonly #name: HTMLElement;
  readonly #ripples: HTMLElement[] = [];
  readonly #root: ShadowRoot;
  readonly #ending = new AbortController();
  #fading: ReturnType<typeof setTimeout> | undefined;
  #place: Place = { x: 0, y: 0 };

  constructor() {
    // By name space: a page may be XML.
    this.#host = element(HOST_NAME);
    this.#host.popover = 'manual';
    this.#host.inert = true;
    this.#host.ariaHidden = 'true';
    this.#root = this.#host.attachShadow({ mode: 'closed' });
    const style = new CSSStyleSheet();
    style.replaceSync(POINTER_STYLE);
    this.#root.adoptedStyleSheets = [style];
    this.#pointer = element('div', 'pointer');
    this.#name = element('span', 'name');
    this.#pointer.append(arrow(), this.#name);
    this.#root.append(this.#pointer);
    // What the page puts into the top layer later (a dialog, a film in full screen) would stand above.
    const options = { capture: true, signal: this.#ending.signal };
    document.addEventListener('fullscreenchange', this.#raise, options);
    document.addEventListener('toggle', this.#raise, options);
    addEventListener('resize', () => this.#put(), options);
  }

  point(place: Place, name: string): void {
    clearTimeout(this.#fading);
    this.#show();
    // It moves to where it is pointed at from the last place only, not from where it was a minute ago.
    const wasHere = this.#pointer.classList.contains('here');
    this.#pointer.classList.toggle('moving', wasHere);
    this.#name.textContent = lineText(name);
    this.#place = place;
    this.#put();
    this.#pointer.classList.add('here');
  }

  click(place: Place, name: string): void {
    this.point(place, name);
    this.#raise();
    const { left, top } = pixelsOf(place);
    const ripple = element('div', 'ripple');
    ripple.style.translate = `${left}px ${top}px`;
    this.#root.prepend(ripple);
    this.#ripples.push(ripple);
    if (this.#ripples.length > MAX_RIPPLES) this.#ripples.shift()?.remove();
    setTimeout(() => {
      ripple.remove();
      this.#ripples.splice(0, this.#ripples.indexOf(ripple) + 1);
    }, RIPPLE_MS);
  }

  /** The peer's pointer has left the picture. */
  away(): void {
    this.#pointer.classList.remove('here');
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => this.#host.remove(), Math.max(FADE_MS, this.#ripples.length > 0 ? RIPPLE_MS : 0));
  }

  /** Takes everything away at once. */
  end(): void {
    clearTimeout(this.#fading);
    this.#ending.abort();
    this.#host.remove();
  }

  /** Where it points is a share of the page, and stays one when that grows. */
  #put(): void {
    const { left, top } = pixelsOf(this.#place);
    this.#pointer.style.transform = `translate(${left}px, ${top}px)`;
    this.#pointer.classList.toggle('left', left + NAME_LEFT + this.#name.offsetWidth > innerWidth);
    this.#pointer.classList.toggle('above', top + NAME_BOTTOM > innerHeight);
  }

  /** The page may have thrown it out, or replaced all of itself. */
  #show(): void {
    if (!this.#host.isConnected) document.documentElement.append(this.#host);
    if (!this.#host.matches(':popover-open')) this.#host.showPopover();
  }

  readonly #raise = (event?: Event): void => {
    if (event?.target === this.#host || !this.#host.isConnected || !this.#host.matches(':popover-open')) return;
    this.#host.hidePopover();
    this.#host.showPopover();
  };
}

/** CSS pixels. Where a page is pinched larger, only a part of it is in the picture. */
function pixelsOf({ x, y }: Place): { left: number; top: number } {
  const { scale = 1, offsetLeft = 0, offsetTop = 0 } = visualViewport ?? {};
  return {
    left: Math.round(offsetLeft + (x * innerWidth) / scale),
    top: Math.round(offsetTop + (y * innerHeight) / scale),
  };
}

function element(name: string, className = ''): HTMLElement {
  const made = document.createElementNS(HTML, name) as HTMLElement;
  made.className = className;
  return made;
}

function arrow(): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M3 2l17 7-7 2.8L9.8 19z');
  svg.append(path);
  return svg;
}
