/** The shadow tree of an element, closed ones too. */
export type ShadowRootOf = (element: Element) => ShadowRoot | null;

/** What a site writes on the field of a secret that it shows as dots in its own way, or in plain text. */
const SECRET_AUTOCOMPLETE = /(?:^|\s)(?:current-password|new-password|one-time-code)(?:\s|$)/i;

/**
 * Tells whether a password field of the page has the focus, in shadow trees and in frames of the same origin too; others are out of reach.
 * A field that was once one stays one: "show password" only changes its type. What counts is the page's own focus, so looking at another
 * window or at the popup changes nothing.
 */
export class PasswordFocus {
  readonly #onChange: (focused: boolean) => void;
  readonly #shadowRootOf: ShadowRootOf;
  readonly #ending = new AbortController();
  readonly #known = new WeakSet<Node>();
  readonly #secrets = new WeakSet<Element>();
  readonly #changes: MutationObserver;
  #watched: Element | null = null;
  #focused: boolean | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onChange` hears at once how it is, then every change. */
  constructor(shadowRootOf: ShadowRootOf, onChange: (focused: boolean) => void) {
    this.#shadowRootOf = shadowRootOf;
    this.#onChange = onChange;
    this.#changes = new MutationObserver(() => this.#look());
    this.#look();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
    this.#changes.disconnect();
  }

  #look(): void {
    clearTimeout(this.#timer);
    const element = this.#focusedElement();
    this.#watchType(element);
    const focused = element !== null && this.#isSecret(element);
    if (focused === this.#focused) return;
    this.#focused = focused;
    this.#onChange(focused);
  }

  /** From one password field to the next the focus is nowhere for a moment: that is no change. */
  readonly #lookSoon = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), 0);
  };

  readonly #lookNow = (): void => this.#look();

  /** The element that has the focus, however deep. Every document and shadow tree on the way there is listened to from then on. */
  #focusedElement(): Element | null {
    let root: Document | ShadowRoot = document;
    for (;;) {
      this.#listen(root);
      const element: Element | null = root.activeElement;
      if (!element) return null;
      const inner: Document | ShadowRoot | null = isFrame(element)
        ? this.#documentOf(element)
        : this.#shadowRootOf(element);
      if (!inner) return element;
      root = inner;
    }
  }

  /** The document of a frame, if it has this origin. */
  #documentOf(frame: HTMLIFrameElement): Document | null {
    // Another document comes without a word to those that listen to the first one.
    if (this.#isNew(frame)) frame.addEventListener('load', this.#lookNow, { signal: this.#ending.signal });
    return frame.contentDocument;
  }

  /** The focus moves within a shadow tree, or into a frame, without an event outside of it. */
  #listen(root: Document | ShadowRoot): void {
    if (!this.#isNew(root)) return;
    const options = { capture: true, signal: this.#ending.signal };
    root.addEventListener('focusin', this.#lookNow, options);
    root.addEventListener('focusout', this.#lookSoon, options);
    // A window loses the focus to its frame before the frame's document knows what in it has it.
    if (!('defaultView' in root)) return;
    root.defaultView?.addEventListener('blur', this.#lookSoon, options);
    root.defaultView?.addEventListener('focus', this.#lookSoon, options);
  }

  #isNew(node: Node): boolean {
    if (this.#known.has(node)) return false;
    this.#known.add(node);
    return true;
  }

  #watchType(element: Element | null): void {
    if (element === this.#watched) return;
    this.#watched = element;
    this.#changes.disconnect();
    if (element?.localName === 'input') this.#changes.observe(element, { attributeFilter: ['type', 'autocomplete'] });
  }

  // An element of a frame has its frame's classes: `instanceof` would say no.
  #isSecret(element: Element): boolean {
    if (element.localName !== 'input' && element.localName !== 'textarea') return false;
    if (this.#secrets.has(element)) return true;
    const field = element as HTMLInputElement | HTMLTextAreaElement;
    const isSecret =
      field.type === 'password' ||
      SECRET_AUTOCOMPLETE.test(field.autocomplete) ||
      getComputedStyle(field).getPropertyValue('-webkit-text-security').replace('none', '') !== '';
    if (isSecret) this.#secrets.add(element);
    return isSecret;
  }
}

function isFrame(element: Element): element is HTMLIFrameElement {
  return element.localName === 'iframe' || element.localName === 'frame';
}
