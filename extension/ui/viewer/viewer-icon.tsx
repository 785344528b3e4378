import type { JSX } from 'preact';

/** What only the viewer draws: on a 20 px grid, 1.6 px strokes, round ends, as `Icon`. */
const SHAPES = {
  statistics: <path d="M4 16.5v-5M10 16.5v-13M16 16.5v-8" />,
  fit: (
    <>
      <rect x="2.5" y="4" width="15" height="12" rx="2" />
      <path d="M6 9.5V7h2.5M14 10.5V13h-2.5" />
    </>
  ),
  'actual-size': (
    <>
      <rect x="2.5" y="4" width="15" height="12" rx="2" />
      <path d="M6.3 8.3 7.6 7.5v5M13 8.3l1.3-.8v5M10.4 8.9v.01M10.4 11.4v.01" />
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
  point: <path d="m4 3.5 12 5-5 2-2.2 5.5z" />,
  camera: (
    <>
      <path d="M2.5 7.5a2 2 0 0 1 2-2H6l1.5-2h5l1.5 2h1.5a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2z" />
      <circle cx="10" cy="10.8" r="3" />
    </>
  ),
  minus: <path d="M4 10h12" />,
} satisfies Record<string, JSX.Element>;

type ViewerIconName = keyof typeof SHAPES;

/** An icon of the viewer's controls; its meaning stands in its button's label. */
export function ViewerIcon({ name }: { name: ViewerIconName }) {
  return (
    <svg class="i" viewBox="0 0 20 20" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}
