import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { report } from '../../core/shared/report.ts';

/** A screen whose code is loaded only when it is first shown, so that a popup opens without it. Until then nothing is shown: it takes milliseconds. */
export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  let loaded: FunctionComponent | null = null;
  return function Later() {
    const [Screen, setScreen] = useState<FunctionComponent | null>(() => loaded);
    useEffect(() => {
      if (loaded) return;
      load().then((screen) => {
        loaded = screen;
        // A function would be taken for one that makes the next state.
        setScreen(() => screen);
      }, report);
    }, []);
    return Screen && <Screen />;
  };
}
