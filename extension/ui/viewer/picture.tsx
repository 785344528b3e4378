import { useEffect, useRef } from 'preact/hooks';
import { t } from '../text.ts';
import type { ViewerModel } from './model.ts';

/** The video: fitted into the window, or one pixel of it on one pixel of the screen. */
export function Picture({ model }: { model: ViewerModel }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => (video.current ? model.attach(video.current) : undefined), [model]);
  const isActualSize = model.actualSize.value;
  const width = model.player.size.value?.width ?? 0;
  const name = model.about.value?.peerName ?? t('viewer_somebody');
  return (
    <div class="picture" data-size={isActualSize ? 'actual' : 'fit'} data-scene={model.scene.value ?? 'picture'}>
      <video
        ref={video}
        // Until the player has taken over and knows whether sound is allowed.
        muted
        playsInline
        aria-label={t('viewer_title', name)}
        style={isActualSize ? { inlineSize: `${width / devicePixelRatio}px` } : {}}
        onDblClick={() => model.do('full-screen')}
      />
    </div>
  );
}
