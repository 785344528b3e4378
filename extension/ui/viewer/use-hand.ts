import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { onPicture, type Point } from './geometry.ts';
import type { ViewerModel } from './model.ts';

/** A hand that clicks trembles a little, in CSS pixels. */
const CLICK_SLACK = 4;
/** What a wheel that counts lines means by one, in CSS pixels. */
const LINE = 16;

/** What mouse, pen and finger do on the picture: point and click, drag it when it is larger than the window, zoom with Ctrl and the wheel, twice for full screen. */
export function useHand(model: ViewerModel, box: RefObject<HTMLElement | null>): void {
  useEffect(() => (box.current ? followHand(model, box.current) : undefined), [model, box]);
}

interface Press {
  readonly pointerId: number;
  readonly from: Point;
  last: Point;
  isDrag: boolean;
}

function followHand(model: ViewerModel, box: HTMLElement): () => void {
  const { zoom, pointing } = model;
  const abort = new AbortController();
  const { signal } = abort;
  let press: Press | null = null;

  const placeOf = (event: MouseEvent): Point => {
    const { left, top } = box.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const pointAt = (at: Point) => {
    const rect = zoom.rect.value;
    pointing.moveTo(rect && onPicture(rect, at));
  };
  const drag = (press: Press, at: Point) => {
    press.isDrag ||= zoom.isLarger.value && Math.hypot(at.x - press.from.x, at.y - press.from.y) > CLICK_SLACK;
    if (!press.isDrag) return;
    box.dataset.dragging = 'true';
    zoom.pan({ x: at.x - press.last.x, y: at.y - press.last.y });
    press.last = at;
  };
  const release = () => {
    press = null;
    delete box.dataset.dragging;
  };

  box.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0 || press) return;
      const at = placeOf(event);
      press = { pointerId: event.pointerId, from: at, last: at, isDrag: false };
      box.setPointerCapture(event.pointerId);
      pointAt(at);
    },
    { signal },
  );
  box.addEventListener(
    'pointermove',
    (event) => {
      const at = placeOf(event);
      if (press?.pointerId === event.pointerId) drag(press, at);
      pointAt(at);
    },
    { signal },
  );
  box.addEventListener(
    'pointerup',
    (event) => {
      if (press?.pointerId !== event.pointerId) return;
      if (!press.isDrag) pointing.click();
      release();
      // A finger that is gone points nowhere.
      if (event.pointerType === 'touch') pointing.leave();
    },
    { signal },
  );
  box.addEventListener('pointercancel', release, { signal });
  box.addEventListener('pointerleave', () => pointing.leave(), { signal });
  // A double click of who points is two clicks.
  box.addEventListener('dblclick', () => !pointing.isOn.value && model.do('full-screen'), { signal });
  box.addEventListener(
    'wheel',
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE;
      if (event.ctrlKey) zoom.wheel(event.deltaY * unit, placeOf(event));
      else if (zoom.isLarger.value) zoom.pan({ x: -event.deltaX * unit, y: -event.deltaY * unit });
      else return;
      // Not the page itself.
      event.preventDefault();
    },
    { signal, passive: false },
  );
  document.addEventListener('visibilitychange', () => document.hidden && pointing.leave(), { signal });
  return () => abort.abort();
}
