import type { ComponentChildren } from 'preact';
import type { ItemOf } from '../../core/session/state.ts';
import { lineText } from '../models/display-text.ts';
import { hostInitial, hostOf } from '../models/web-address.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** A link: its title is what the other side says, its host is what the address says. */
export function LinkCard({ item }: { item: ItemOf<'link'> }) {
  const model = useModel();
  return (
    <article class={item.mine ? 'card mine link' : 'card link'}>
      <LinkRow item={item}>
        <button
          type="button"
          class="icon tight"
          aria-label={t('link_open')}
          title={item.url}
          onClick={() => model.watch(model.backend.openLink(item.url))}
        >
          <Icon name="open" small />
        </button>
      </LinkRow>
    </article>
  );
}

/** Thumb, title, host, and a button for what can be done. */
export function LinkRow({ item, children }: { item: ItemOf<'link'>; children: ComponentChildren }) {
  const host = hostOf(item.url);
  const title = lineText(item.title);
  return (
    <div class="row">
      <span class="thumb site" aria-hidden="true">
        {hostInitial(item.url)}
      </span>
      <div class="grow">
        {title !== '' && (
          <b class="cut" dir="auto">
            {title}
          </b>
        )}
        {/* What is cut is never the part that says whose site it is. */}
        <small class="host" dir="ltr">
          {host.before !== '' && <span class="before cut">{host.before}</span>}
          <strong class="cut">{host.registered}</strong>
        </small>
      </div>
      {children}
    </div>
  );
}
