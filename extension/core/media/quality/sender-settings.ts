import { type EncoderSettings, encoderSettings } from './settings.ts';

/** Keeps the sender of a picture set as wished, whichever sender that is. */
export class SenderSettings {
  #sender: RTCRtpSender | null = null;
  #settings = encoderSettings('auto', 'text');
  #working: Promise<void> = Promise.resolve();

  set(sender: RTCRtpSender | null): void {
    this.#sender = sender;
    this.#tell();
  }

  apply(settings: EncoderSettings): void {
    this.#settings = settings;
    this.#tell();
  }

  /** One after the other: a sender takes its parameters only as they were when they were read. */
  #tell(): void {
    this.#working = this.#working.then(async () => {
      const sender = this.#sender;
      if (!sender) return;
      const parameters = sender.getParameters();
      parameters.degradationPreference = this.#settings.degradationPreference;
      for (const encoding of parameters.encodings) encoding.maxBitrate = this.#settings.maxBitrate;
      // Rejects only when the sender has been stopped in the meantime, and then nothing is left to prefer.
      await sender.setParameters(parameters).catch(() => undefined);
    });
  }
}
