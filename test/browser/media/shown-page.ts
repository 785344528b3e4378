/** Runs in the tab that is captured: things to read, and things that move. */
const WORDS = 'Wind north-west 5 to 6, later 4; sea rough at first; showers, good. Tide 04:12 and 16:38. '.repeat(3);

export type ShownPage = typeof api;

declare global {
  var shown: ShownPage;
}

let running = 0;
let changes = 0;

/** Calls it with each frame until something else is shown. */
function each(draw: (frame: number) => void): void {
  const run = ++running;
  let frame = 0;
  const next = () => {
    if (run !== running) return;
    draw(frame++);
    requestAnimationFrame(next);
  };
  next();
}

function clear(background: string): void {
  running++;
  document.body.replaceChildren();
  document.body.style.cssText = `margin: 0; background: ${background}; color: #222; font: 15px/1.5 sans-serif; overflow: hidden`;
  scrollTo(0, 0);
}

function write(): void {
  clear('#fff');
  for (let n = 0; n < 60; n++) {
    const paragraph = document.createElement('p');
    paragraph.textContent = `${n}. ${WORDS.slice((n * 37) % 90)}`;
    document.body.append(paragraph);
  }
}

/** Light that plays on water, in each pixel of a part of the page this high. */
function film(height: number): void {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  canvas.style.cssText = `display: block; width: 100vw; height: ${height * 100}vh`;
  document.body.prepend(canvas);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  const image = context.createImageData(320, 180);
  each((frame) => {
    for (let i = 0; i < 320 * 180; i++) {
      const x = i % 320;
      const y = Math.floor(i / 320);
      const wave =
        Math.sin(x / 23 + frame / 11) * Math.cos(y / 17) * Math.sin(frame / 7) +
        Math.sin((x + y) / 31 + frame / 5) * Math.cos((x - y) / 13 - frame / 9);
      image.data.set(
        [128 + wave * 50, 110 + wave * 40, 90 + wave * 30 + ((i * 7919 + frame * 104729) % 17), 255],
        i * 4,
      );
    }
    context.putImageData(image, 0, 0);
  });
}

const api = {
  text: write,
  scroll(): void {
    write();
    document.body.style.overflow = 'auto';
    // Down, and up again at the end.
    each((frame) => scrollTo(0, Math.abs(((frame * 9) % 2_400) - 1_200)));
  },
  film(): void {
    clear('#000');
    film(1);
  },
  /** A small moving picture above something to read. */
  banner(): void {
    write();
    film(0.12);
  },
  /** Nothing moves but a caret. */
  caret(): void {
    write();
    const caret = document.createElement('span');
    caret.style.cssText = 'position: fixed; left: 300px; top: 200px; width: 2px; height: 18px; background: #000';
    document.body.append(caret);
    const run = running;
    const timer = setInterval(() => {
      if (run !== running) return clearInterval(timer);
      caret.hidden = !caret.hidden;
      caret.style.display = caret.hidden ? 'none' : 'block';
    }, 500);
  },
  black: () => clear('#000'),
  /** A green frame around a white page: whatever is added around it would be seen. */
  framed(): void {
    clear('#fff');
    document.body.style.cssText += '; box-sizing: border-box; height: 100vh; border: 24px solid rgb(0, 200, 0)';
  },
  /** Another page to read than before. */
  change(): void {
    write();
    document.body.prepend(`${++changes}`);
    for (const paragraph of document.querySelectorAll('p')) paragraph.prepend(`${(changes * 7_919) % 1_000} `);
  },
};

globalThis.shown = api;
