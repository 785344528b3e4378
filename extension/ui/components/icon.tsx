import type { JSX } from 'preact';

/** Drawn on a 20 px grid, 1.6 px strokes, round ends. */
const SHAPES = {
  tab: (
    <>
      <rect x="2.5" y="3.5" width="15" height="11" rx="2.5" />
      <path d="M7 17.5h6M8.5 7l4 2-4 2z" />
    </>
  ),
  window: (
    <>
      <rect x="2.5" y="4" width="15" height="12" rx="2.5" />
      <path d="M2.5 8h15M5.5 6h.01M8 6h.01" />
    </>
  ),
  link: (
    <path d="M8.5 11.5a3.5 3.5 0 0 0 5 0l3-3a3.5 3.5 0 0 0-5-5l-1 1M11.5 8.5a3.5 3.5 0 0 0-5 0l-3 3a3.5 3.5 0 0 0 5 5l1-1" />
  ),
  file: <path d="M11.5 2.5h-5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-9zM11.5 2.5v4h4" />,
  files: (
    <path d="M13.5 5.5v-1a2 2 0 0 0-2-2h-5a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h1M9.5 5.5h4l3 3v7a2 2 0 0 1-2 2h-5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM13.5 5.5v3h3" />
  ),
  folder: <path d="M2.5 6a2 2 0 0 1 2-2h3l2 2.5h6a2 2 0 0 1 2 2V14a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2z" />,
  pause: <path d="M7 5v10M13 5v10" />,
  play: <path d="M6.5 4.5v11l9-5.5z" />,
  plus: <path d="M10 4v12M4 10h12" />,
  send: <path d="M10 16V4.5M5 9l5-5 5 5" />,
  down: <path d="m6 8.5 4 4 4-4" />,
  back: <path d="M12 5l-5 5 5 5" />,
  more: <path d="M5 10h.01M10 10h.01M15 10h.01" stroke-width="2.6" />,
  tick: <path d="m4.5 10.5 3.5 3.5 7.5-8" />,
  ticks: <path d="m2 10.5 3.5 3.5L12 7M9.5 13l1 1L18 6" />,
  clock: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 6v4l2.5 2" />
    </>
  ),
  cross: <path d="m5.5 5.5 9 9M14.5 5.5l-9 9" />,
  copy: (
    <>
      <rect x="7" y="7" width="10" height="10" rx="2" />
      <path d="M4.5 13A1.5 1.5 0 0 1 3 11.5V5a2 2 0 0 1 2-2h6.5A1.5 1.5 0 0 1 13 4.5" />
    </>
  ),
  qr: (
    <>
      <rect x="3" y="3" width="5.5" height="5.5" rx="1" />
      <rect x="11.5" y="3" width="5.5" height="5.5" rx="1" />
      <rect x="3" y="11.5" width="5.5" height="5.5" rx="1" />
      <path d="M11.5 11.5h2v2M17 11.5v2.5M17 17h-2.5M11.5 17v-.5" />
    </>
  ),
  again: <path d="M16 10a6 6 0 1 1-1.8-4.3L16.5 8M16.5 4v4h-4" />,
  open: <path d="M11 3.5h5.5V9M16.5 3.5 9 11M8 4.5H5.5a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V12" />,
  warning: <path d="M10 3 2.5 16.5h15zM10 8.5v3.5M10 14.3v.01" />,
  block: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="m5.2 5.2 9.6 9.6" />
    </>
  ),
  cut: <path d="M2.5 10H7M13 10h4.5M8.5 13l3-6" />,
  sound: <path d="M3 8v4h3l4 3.5v-11L6 8zM13 7.5a3.5 3.5 0 0 1 0 5M15.5 5a7 7 0 0 1 0 10" />,
  'no-sound': <path d="M3 8v4h3l4 3.5v-11L6 8zM13 8l4 4M17 8l-4 4" />,
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
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof SHAPES;

/** An icon; `small` is the 16 px size. Its meaning stands beside it or in its button's label. */
export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  return (
    <svg class={small ? 'i s' : 'i'} viewBox="0 0 20 20" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}

/** The mark: a disc cut in two, each half slid towards its own side. `busy`: the halves look for each other. */
export function Mark({ look }: { look: 'hero' | 'busy' }) {
  return (
    <svg class={`logo ${look}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d="M7 1a6 6 0 0 0 0 12z" />
      <path d="M9 3a6 6 0 0 1 0 12z" />
    </svg>
  );
}
