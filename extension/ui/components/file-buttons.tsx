import { isWhole } from '../../core/session/file-items.ts';
import type { ItemOf } from '../../core/session/state.ts';
import { isRemembered, isSourceGone, isSourceWanted } from '../models/file-text.ts';
import { t } from '../text.ts';
import { ChooseButton } from './choose-button.tsx';
import { Icon, type IconName } from './icon.tsx';
import { useModel } from './model-context.ts';

type File = ItemOf<'file'>;

/** What can be done at any moment, beside the name. */
export function FileButtons({ item }: { item: File }) {
  const { files } = useModel();
  const { transfer, mine } = item;
  const { state } = transfer;
  switch (state) {
    case 'moving':
    case 'checking':
    case 'paused':
    case 'interrupted':
    case 'waiting':
    case 'offered':
    case 'ready':
      return (
        <span class="row-buttons">
          <HoldButton item={item} />
          <IconButton icon="cross" label={t('cancel')} onPress={() => files.cancel(item)} />
        </span>
      );
    case 'declined':
    case 'cancelled':
      return (
        <span class="row-buttons">
          {mine && <IconButton icon="again" label={t('try_again')} onPress={() => files.retry(item)} />}
          <RemoveButton item={item} />
        </span>
      );
    case 'done':
      return transfer.downloadId === null ? null : <SavedButtons item={item} downloadId={transfer.downloadId} />;
    default:
      return null;
  }
}

/** Whoever holds a transfer lets it go on; what only the other side holds is theirs to decide. */
function HoldButton({ item }: { item: File }) {
  const { files } = useModel();
  const { transfer } = item;
  const isHeld = transfer.state === 'paused' && transfer.byMe;
  if (!isHeld && transfer.state !== 'moving') return null;
  return (
    <IconButton
      icon={isHeld ? 'play' : 'pause'}
      label={t(isHeld ? 'file_continue' : 'file_pause')}
      onPress={() => files.pause(item, !isHeld)}
    />
  );
}

function SavedButtons({ item, downloadId }: { item: File; downloadId: number }) {
  const { files } = useModel();
  return (
    <span class="row-buttons">
      {item.form === 'file' && (
        <IconButton icon="open" label={t('file_open')} onPress={() => files.open(item, downloadId)} />
      )}
      <button type="button" class="btn small" onClick={() => files.show(item, downloadId)}>
        {t('show')}
      </button>
    </span>
  );
}

/** What the person has to decide, below everything else. */
export function FileChoices({ item }: { item: File }) {
  const { files, sending } = useModel();
  const { transfer, mine } = item;
  if (transfer.state === 'ready') {
    return (
      <div class="choices">
        <button type="button" class="btn small" onClick={() => files.saveAsZip(item)}>
          {t('file_save_zip')}
        </button>
        <button type="button" class="btn small" onClick={() => files.chooseFolder(item)}>
          {t('file_choose_place')}
        </button>
      </div>
    );
  }
  if (isSourceWanted(item)) {
    return (
      <div class="choices">
        <ChooseButton form={item.form} onChosen={(chosen) => files.chooseAgain(item, chosen)} />
        {isRemembered(item) && (
          <button type="button" class="btn small" onClick={() => files.readAgain(item)}>
            {t('file_continue')}
          </button>
        )}
      </div>
    );
  }
  if (transfer.state !== 'failed') return null;
  return (
    <div class="choices">
      <RemoveButton item={item} hasText />
      {isSourceGone(item) ? (
        <ChooseButton form={item.form} onChosen={(chosen) => sending.files(item.peerId, chosen)} />
      ) : (
        (mine || isWhole(item)) && (
          <button type="button" class="btn small" onClick={() => files.retry(item)}>
            {t('try_again')}
          </button>
        )
      )}
    </div>
  );
}

/** Takes the card away, and leaves the focus where the card was rather than nowhere. */
function RemoveButton({ item, hasText = false }: { item: File; hasText?: boolean }) {
  const { files } = useModel();
  const remove = (event: Event) => {
    if (event.currentTarget instanceof Element) event.currentTarget.closest<HTMLElement>('.timeline')?.focus();
    files.remove(item);
  };
  if (!hasText) return <IconButton icon="cross" label={t('file_remove')} onPress={remove} />;
  return (
    <button type="button" class="btn small" onClick={remove}>
      {t('file_remove')}
    </button>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: (event: Event) => void;
}

function IconButton({ icon, label, onPress }: IconButtonProps) {
  return (
    <button type="button" class="icon tight" aria-label={label} title={label} onClick={onPress}>
      <Icon name={icon} small />
    </button>
  );
}
