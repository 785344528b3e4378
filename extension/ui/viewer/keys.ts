/** What a key does in the viewer. */
export type ViewerAction =
  | 'full-screen'
  | 'picture-in-picture'
  | 'mute'
  | 'louder'
  | 'quieter'
  | 'fit'
  | 'actual-size'
  | 'statistics';

const ACTIONS: Readonly<Record<string, ViewerAction>> = {
  f: 'full-screen',
  i: 'picture-in-picture',
  m: 'mute',
  arrowup: 'louder',
  arrowdown: 'quieter',
  '0': 'fit',
  '1': 'actual-size',
  d: 'statistics',
};

/** The action of a key press, or undefined: keys with a modifier belong to the browser, arrows to the slider that has the focus. */
export function actionOf(event: KeyboardEvent): ViewerAction | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return undefined;
  const key = event.key.toLowerCase();
  const isInSlider = event.target instanceof HTMLInputElement;
  return isInSlider && key.startsWith('arrow') ? undefined : ACTIONS[key];
}
