import type { ComponentChildren } from 'preact';
import type { ItemOf } from '../../core/session/state.ts';
import { lineText } from '../models/display-text.ts';
import { fileType, partsOfFileName } from '../models/file-name.ts';
import { isSourceWanted } from '../models/file-text.ts';
import { t } from '../text.ts';
import { Icon, type IconName } from './icon.tsx';

type File = ItemOf<'file'>;

export interface FileRowProps {
  readonly item: File;
  readonly detail: ComponentChildren;
  /** Where it was saved; empty where that is of no interest. */
  readonly place?: string;
  readonly children: ComponentChildren;
}

/** Thumb, name, a line or two about it, and buttons. */
export function FileRow({ item, detail, place = '', children }: FileRowProps) {
  return (
    <div class="row">
      <Thumb item={item} />
      <div class="grow">
        <FileName name={item.name} />
        <small>{detail}</small>
        {place !== '' && (
          <small class="cut" title={lineText(place)}>
            <bdi>{t('file_place', lineText(place))}</bdi>
          </small>
        )}
      </div>
      {children}
    </div>
  );
}

/** A name that is cut in the middle where it has no room: its end tells versions and types apart. Whoever listens hears all of it. */
export function FileName({ name }: { name: string }) {
  const full = lineText(name);
  const { head, tail } = partsOfFileName(name);
  return (
    <b title={full}>
      {tail !== '' && <span class="only-heard">{full}</span>}
      <bdi class="file-name" aria-hidden={tail !== ''}>
        <span class="cut">{head}</span>
        {tail !== '' && <span>{tail}</span>}
      </bdi>
    </b>
  );
}

function Thumb({ item }: { item: File }) {
  const { state } = item.transfer;
  const look = state === 'done' ? 'ok' : state === 'failed' || isSourceWanted(item) ? 'warn' : '';
  const icon = glyphOf(item);
  return (
    <span class={`thumb ${look}`} aria-hidden="true">
      {icon ? <Icon name={icon} /> : fileType(item.name)}
    </span>
  );
}

/** What stands on the thumbnail in place of the file's type. */
function glyphOf(item: File): IconName | null {
  const { state } = item.transfer;
  if (state === 'done') return 'tick';
  if (state === 'failed' || isSourceWanted(item)) return 'warning';
  if (state === 'interrupted') return 'clock';
  return formIcon(item) ?? (fileType(item.name) === '' ? 'file' : null);
}

/** Null for one file. */
export function formIcon({ form }: Pick<File, 'form'>): IconName | null {
  return form === 'file' ? null : form;
}
