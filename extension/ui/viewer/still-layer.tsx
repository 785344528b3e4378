import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Still } from './still.ts';

/** Lays the image that was decoded for it over the video: another element with the same address would flash until it is decoded too. */
export function StillLayer({ still }: { still: Still }) {
  const place = useRef<HTMLDivElement>(null);
  const image = still.image.value;
  useLayoutEffect(() => {
    if (!image) return place.current?.replaceChildren();
    image.alt = '';
    place.current?.replaceChildren(image);
  }, [image]);
  return <div ref={place} class="still" />;
}
