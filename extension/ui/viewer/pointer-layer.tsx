import type { ViewerModel } from './model.ts';

const percent = (share: number) => `${share * 100}%`;

/** My own pointer, as the other sees it on the page: at once, without the way there and back. */
export function PointerLayer({ model }: { model: ViewerModel }) {
  const { pointing, about } = model;
  const at = pointing.at.value;
  return (
    <div class="pointers" aria-hidden="true">
      {pointing.ripples.value.map(({ id, x, y }) => (
        <i
          key={id}
          class="ripple"
          style={{ left: percent(x), top: percent(y) }}
          onAnimationEnd={() => pointing.rippleIsOver(id)}
        />
      ))}
      {at && (
        <div class="pointer" style={{ left: percent(at.x), top: percent(at.y) }}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M3 2l17 7-7 2.8L9.8 19z" />
          </svg>
          <span>{about.value?.myName}</span>
        </div>
      )}
    </div>
  );
}
