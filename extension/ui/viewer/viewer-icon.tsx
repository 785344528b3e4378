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
  direct: (
    <>
      <circle cx="4" cy="10" r="2" />
      <circle cx="16" cy="10" r="2" />
      <path d="M6.5 10h7" />
    </>
  ),
  turn: (
    <>
      <circle cx="4" cy="14" r="2" />
      <circle cx="16" cy="14" r="2" />
      <path d="M4 11.5a6 6 0 0 1 12 0" />
    </>
  ),
  relay: (
    <>
      <circle cx="3.8" cy="14" r="2" />
      <circle cx="16.2" cy="14" r="2" />
      <rect x="7.5" y="3" width="5" height="5" rx="1.2" />
      <path d="m5.2 12 2.8-3.5M14.8 12 12 8.5" />
    </>
  ),
  again: <path d="M16 10a6 6 0 1 1-1.8-4.3L16.5 8M16.5 4v4h-4" />,
  cut: <path d="M2.5 10H7M13 10h4.5M8.5 13l3-6" />,
} satisfies Record<string, JSX.Element>;

export type ViewerIconName = keyof typeof SHAPES;

export function ViewerIcon({ name, small = false }: { name: ViewerIconName; small?: boolean }) {
  return (
    <svg class={small ? 'i s' : 'i'} viewBox="0 0 20 20" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}
