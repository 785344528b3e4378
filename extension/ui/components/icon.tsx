/** Lines on a 20 px grid, 1.6 px wide, with round ends. */
const SHAPES = {
  tab: 'M5 3.5h10a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1-2.5 2.5h-10a2.5 2.5 0 0 1-2.5-2.5v-6a2.5 2.5 0 0 1 2.5-2.5zM7 17.5h6M8.5 7l4 2-4 2z',
  window:
    'M5 4h10a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-10a2.5 2.5 0 0 1-2.5-2.5v-7a2.5 2.5 0 0 1 2.5-2.5zM2.5 8h15M5.5 6h.01M8 6h.01',
  link: 'M8.5 11.5a3.5 3.5 0 0 0 5 0l3-3a3.5 3.5 0 0 0-5-5l-1 1M11.5 8.5a3.5 3.5 0 0 0-5 0l-3 3a3.5 3.5 0 0 0 5 5l1-1',
  file: 'M11.5 2.5h-5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-9zM11.5 2.5v4h4',
  files:
    'M13.5 5.5v-1a2 2 0 0 0-2-2h-5a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h1M9.5 5.5h4l3 3v7a2 2 0 0 1-2 2h-5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM13.5 5.5v3h3',
  folder: 'M2.5 6a2 2 0 0 1 2-2h3l2 2.5h6a2 2 0 0 1 2 2V14a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2z',
  pause: 'M7 5v10M13 5v10',
  play: 'M6.5 4.5v11l9-5.5z',
  plus: 'M10 4v12M4 10h12',
  send: 'M10 16V4.5M5 9l5-5 5 5',
  down: 'm6 8.5 4 4 4-4',
  back: 'M12 5l-5 5 5 5',
  more: 'M4.6 10h.8M5 9.6v.8M9.6 10h.8M10 9.6v.8M14.6 10h.8M15 9.6v.8',
  tick: 'm4.5 10.5 3.5 3.5 7.5-8',
  ticks: 'm2 10.5 3.5 3.5L12 7M9.5 13l1 1L18 6',
  clock: 'M3 10a7 7 0 1 0 14 0a7 7 0 1 0-14 0zM10 6v4l2.5 2',
  cross: 'm5.5 5.5 9 9M14.5 5.5l-9 9',
  dash: 'M5.5 10h9',
  copy: 'M9 7h6a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-6a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2zM4.5 13A1.5 1.5 0 0 1 3 11.5V5a2 2 0 0 1 2-2h6.5A1.5 1.5 0 0 1 13 4.5',
  qr: 'M4 3h3.5a1 1 0 0 1 1 1v3.5a1 1 0 0 1-1 1h-3.5a1 1 0 0 1-1-1v-3.5a1 1 0 0 1 1-1zM12.5 3h3.5a1 1 0 0 1 1 1v3.5a1 1 0 0 1-1 1h-3.5a1 1 0 0 1-1-1v-3.5a1 1 0 0 1 1-1zM4 11.5h3.5a1 1 0 0 1 1 1v3.5a1 1 0 0 1-1 1h-3.5a1 1 0 0 1-1-1v-3.5a1 1 0 0 1 1-1zM11.5 11.5h2v2M17 11.5v2.5M17 17h-2.5M11.5 17v-.5',
  again: 'M16 10a6 6 0 1 1-1.8-4.3L16.5 8M16.5 4v4h-4',
  open: 'M11 3.5h5.5V9M16.5 3.5 9 11M8 4.5H5.5a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V12',
  warning: 'M10 3 2.5 16.5h15zM10 8.5v3.5M10 14.3v.01',
  block: 'M3 10a7 7 0 1 0 14 0a7 7 0 1 0-14 0zM5.2 5.2l9.6 9.6',
  cut: 'M2.5 10H7M13 10h4.5M8.5 13l3-6',
  sound: 'M3 8v4h3l4 3.5v-11L6 8zM13 7.5a3.5 3.5 0 0 1 0 5M15.5 5a7 7 0 0 1 0 10',
  'no-sound': 'M3 8v4h3l4 3.5v-11L6 8zM13 8l4 4M17 8l-4 4',
  direct: 'M2 10a2 2 0 1 0 4 0a2 2 0 1 0-4 0zM14 10a2 2 0 1 0 4 0a2 2 0 1 0-4 0zM6.5 10h7',
  turn: 'M2 14a2 2 0 1 0 4 0a2 2 0 1 0-4 0zM14 14a2 2 0 1 0 4 0a2 2 0 1 0-4 0zM4 11.5a6 6 0 0 1 12 0',
  relay:
    'M1.8 14a2 2 0 1 0 4 0a2 2 0 1 0-4 0zM14.2 14a2 2 0 1 0 4 0a2 2 0 1 0-4 0zM8.7 3h2.6a1.2 1.2 0 0 1 1.2 1.2v2.6a1.2 1.2 0 0 1-1.2 1.2h-2.6a1.2 1.2 0 0 1-1.2-1.2v-2.6a1.2 1.2 0 0 1 1.2-1.2zM5.2 12l2.8-3.5M14.8 12 12 8.5',
  mic: 'M10 2.5a2.5 2.5 0 0 1 2.5 2.5v4a2.5 2.5 0 0 1-2.5 2.5a2.5 2.5 0 0 1-2.5-2.5v-4a2.5 2.5 0 0 1 2.5-2.5zM4.5 9.5a5.5 5.5 0 0 0 11 0M10 15v2.5',
  hand: 'm4 3.5 12 5-5 2-2.2 5.5z',
  swap: 'M3 7h13M13 4l3 3-3 3M17 13H4M7 10l-3 3 3 3',
  screen: 'M4.5 3.5h11a2 2 0 0 1 2 2v6.5a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-6.5a2 2 0 0 1 2-2zM10 14v3M6.5 17h7',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM7.7 10a2.3 2.3 0 1 0 4.6 0a2.3 2.3 0 1 0-4.6 0z',
  lock: 'M6 9h8a2 2 0 0 1 2 2v4.5a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-4.5a2 2 0 0 1 2-2zM6.5 9V6.5a3.5 3.5 0 0 1 7 0V9',
} satisfies Record<string, string>;

export type IconName = keyof typeof SHAPES;

/** An icon; `small` is the 16 px size. Its meaning stands beside it or in its button's label. */
export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  return (
    <svg class={small ? 'i s' : 'i'} viewBox="0 0 20 20" aria-hidden="true">
      <path d={SHAPES[name]} />
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
