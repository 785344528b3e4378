/** A source of picture and sound for tests, and an eye for what came of it. Runs in the browser. */
export interface Source {
  readonly colour: string;
  /** Null: a source without sound. */
  readonly toneHz: number | null;
  /** A tone of its own on the right; otherwise both sides sound alike. */
  readonly rightToneHz?: number;
  /** Nothing moves on the picture. */
  readonly still?: boolean;
}

const WIDTH = 640;
const HEIGHT = 360;

/** A canvas of one colour with a moving white square in its lower right quarter, and a sine. */
export function makeSource({ colour, toneHz, rightToneHz, still = false }: Source): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  let step = 0;
  setInterval(() => {
    if (!still) step += 4;
    context.fillStyle = colour;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = '#fff';
    context.fillRect(WIDTH / 2 + (step % (WIDTH / 2 - 20)), HEIGHT - 40, 20, 20);
  }, 33);
  const stream = canvas.captureStream();
  if (toneHz !== null) for (const track of makeTones([toneHz, rightToneHz ?? toneHz])) stream.addTrack(track);
  return stream;
}

/** A microphone into which somebody whistles. */
export function makeVoice(toneHz: number): MediaStreamTrack {
  const [track] = makeTones([toneHz]);
  if (!track) throw new Error('no sound');
  return track;
}

/** One sine for each channel. */
function makeTones(frequencies: readonly number[]): MediaStreamTrack[] {
  const context = new AudioContext();
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: frequencies.length });
  const merger = new ChannelMergerNode(context, { numberOfInputs: frequencies.length });
  for (const [input, frequency] of frequencies.entries()) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(new GainNode(context, { gain: 0.3 })).connect(merger, 0, input);
    tone.start();
  }
  merger.connect(destination);
  return destination.stream.getTracks();
}

/** The first pixel of a picture. */
export function firstPixel(picture: ImageBitmap): readonly [red: number, green: number, blue: number] {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(picture, 0, 0);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** Average red, green and blue in the upper left quarter of what a video shows, or null before the first picture. */
export function colourOf(video: HTMLVideoElement | null): [number, number, number] | null {
  if (!video || video.readyState < video.HAVE_CURRENT_DATA) return null;
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(video, 0, 0, video.videoWidth / 2, video.videoHeight / 2, 0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
