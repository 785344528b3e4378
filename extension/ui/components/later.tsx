import type { Attributes, FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { report } from '../../core/shared/report.ts';

/** A component whose code is loaded only when it is first shown, so that a popup opens without it. Until then nothing is shown: it takes milliseconds. */
export function later<Props extends object = object>(
  load: () => Promise<FunctionComponent<Props>>,
): FunctionComponent<Props> {
  let loaded: FunctionComponent<Props> | null = null;
  return function Later(props: Props & Attributes) {
    const [Shown, setShown] = useState<FunctionComponent<Props> | null>(() => loaded);
    useEffect(() => {
      if (loaded) return;
      load().then((component) => {
        loaded = component;
        // A function would be taken for one that makes the next state.
        setShown(() => component);
      }, report);
    }, []);
    return Shown && <Shown {...props} />;
  };
}
