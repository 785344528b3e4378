import type { ErrorCode } from '../../core/shared/errors.ts';
import type { Place } from '../models/backend.ts';
import { type TextKey, t } from '../text.ts';
import { useModel } from './model-context.ts';

type Look = 'small' | 'quiet';

/** Failures that another address in Options may end. */
export function isServerProblem(code: ErrorCode | null): boolean {
  return code === 'server-unreachable' || code === 'server-changed';
}

/** The way to the server's address. */
export const OptionsButton = ({ look }: { look: Look }) => (
  <PlaceButton place="options" text="menu_options" look={look} />
);

/** The way to the page that finds out what is wrong. */
export const DoctorButton = ({ look }: { look: Look }) => <PlaceButton place="doctor" text="menu_doctor" look={look} />;

function PlaceButton({ place, text, look }: { place: Place; text: TextKey; look: Look }) {
  const model = useModel();
  return (
    <button type="button" class={`btn ${look}`} onClick={() => model.watch(model.backend.openPlace(place))}>
      {t(text)}
    </button>
  );
}
