import { useEffect, useRef } from 'preact/hooks';
import type { ViewerModel } from './model.ts';
import { PointerLayer } from './pointer-layer.tsx';
import { sourceTitle } from './source-text.ts';
import { StillLayer } from './still-layer.tsx';
import { useHand } from './use-hand.ts';

/** The video, what lies over it, and the pointer on it. */
export function Picture({ model }: { model: ViewerModel }) {
  const box = useRef<HTMLDivElement | null>(null);
  const video = useRef<HTMLVideoElement>(null);
  const voice = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    if (box.current && video.current && voice.current) return model.attach(box.current, video.current, voice.current);
  }, [model]);
  useHand(model, box);
  const { zoom, pointing } = model;
  const rect = zoom.rect.value;
  return (
    <div
      ref={box}
      class="picture"
      data-scene={model.scene.value ?? 'picture'}
      data-hand={pointing.isOn.value ? 'point' : zoom.isLarger.value ? 'grab' : 'none'}
    >
      <div
        class="sheet"
        style={
          rect
            ? {
                translate: `${rect.left}px ${rect.top}px`,
                inlineSize: `${rect.width}px`,
                blockSize: `${rect.height}px`,
              }
            : {}
        }
      >
        <video
          ref={video}
          // Until the player has taken over and knows whether sound is allowed.
          muted
          playsInline
          aria-label={sourceTitle(model.about.value)}
        />
        {/* biome-ignore lint/a11y/useMediaCaption: nobody writes down what is said right now. */}
        <audio ref={voice} />
        <StillLayer still={model.still} />
        <PointerLayer model={model} />
      </div>
    </div>
  );
}
