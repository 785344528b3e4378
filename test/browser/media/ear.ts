const FFT_SIZE = 8_192;
const SILENCE_DECIBELS = -60;

/** Listens to a stream, left and right apart. */
export class Ear {
  readonly #sides: readonly AnalyserNode[];

  constructor(stream: MediaStream) {
    const context = new AudioContext();
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    // A source of one channel is heard on both sides, as a person would.
    const both = new GainNode(context, { channelCount: 2, channelCountMode: 'explicit' });
    context.createMediaStreamSource(stream).connect(both).connect(splitter);
    this.#sides = [0, 1].map((output) => {
      const analyser = new AnalyserNode(context, { fftSize: FFT_SIZE });
      splitter.connect(analyser, output);
      return analyser;
    });
  }

  /** The strongest frequency on each side in Hz, or null in silence. */
  hears(): readonly (number | null)[] {
    return this.#sides.map((analyser) => {
      const decibels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(decibels);
      const peak = decibels.indexOf(Math.max(...decibels));
      return (decibels[peak] ?? -Infinity) > SILENCE_DECIBELS ? (peak * analyser.context.sampleRate) / FFT_SIZE : null;
    });
  }
}
