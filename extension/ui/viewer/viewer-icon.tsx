import type { JSX } from 'preact';

/** Drawn on a 20 px grid, 1.6 px strokes, round ends. */
const SHAPES = {
  sound: <path d="M3 8v4h3l4 3.5v-11L6 8zM13 7.5a3.5 3.5 0 0 1 0 5M15.5 5a7 7 0 0 1 0 10" />,
  'no-sound': <path d="M3 8v4h3l4 3.5v-11L6 8zM13 8l4 4M17 8l-4 4" />,
  statistics: <path d="M4 16.5v-5M10 16.5v-13M16 16.5v-8" />,
  'actual-size': (
    <>
      <rect x="2.5" y="4" width="15" height="12" rx="2" />
      <path d="M6 9.5V7h2.5M14 10.5V13h-2.5" />
    </>
  ),
  'picture-in-picture': (
    <>
      <path d="M17.5 8V6a2 2 0 0 0-2-2h-11a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2H8" />
      <rect x="10.5" y="10.5" width="7" height="5.5" rx="1.2" />
    </>
  ),
  'full-screen': <path d="M3.5 8V3.5H8M12 3.5h4.5V8M16.5 12v4.5H12M8 16.5H3.5V12" />,
  'leave-full-screen': <path d="M8 3.5V8H3.5M16.5 8H12V3.5M12 16.5V12h4.5M3.5 12H8v4.5" />,
} satisfies Record<string, JSX.Element>;

export type ViewerIconName = keyof typeof SHAPES;

export function ViewerIcon({ name }: { name: ViewerIconName }) {
  return (
    <svg class="i" viewBox="0 0 20 20" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}
