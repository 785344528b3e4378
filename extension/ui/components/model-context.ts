import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { AppModel } from '../models/app-model.ts';

export const ModelContext = createContext<AppModel | null>(null);

/** The model of the view that a component stands in. */
export function useModel(): AppModel {
  const model = useContext(ModelContext);
  if (!model) throw new Error('a component stands outside the app');
  return model;
}
