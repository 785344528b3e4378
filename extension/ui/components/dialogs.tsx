import { useState } from 'preact/hooks';
import { MAX_NAME_LENGTH } from '../../core/shared/limits.ts';
import { lineText } from '../models/display-text.ts';
import { t } from '../text.ts';
import { AcceptDialog } from './accept-dialog.tsx';
import { Dialog } from './dialog.tsx';
import { useModel } from './model-context.ts';
import { Words } from './words.tsx';

/** The dialog that is open, if any. */
export function Dialogs() {
  const model = useModel();
  const peer = model.peer.value;
  const ask = model.backend.askOffscreen;
  switch (model.overlay.value) {
    case 'my-name':
      return (
        <NameDialog
          title={t('change_name')}
          hint={t('change_name_hint')}
          name={model.state.value?.me.name ?? ''}
          onSave={(name) => ask('settings-set', { name })}
        />
      );
    case 'rename':
      return (
        peer && (
          <NameDialog
            title={t('rename_title', model.peerName.value)}
            hint={t('rename_hint')}
            name={peer.name}
            onSave={(name) => ask('peer-rename', { peerId: peer.id, name })}
          />
        )
      );
    case 'verify':
      return (
        peer && (
          <Dialog title={t('verify_title', model.peerName.value)}>
            <p>{t('verify_hint', model.peerName.value)}</p>
            <Words words={peer.words} />
          </Dialog>
        )
      );
    case 'accept-files':
      return peer && <AcceptDialog peer={peer} />;
    case 'block':
      return (
        peer && (
          <Dialog
            title={t(peer.blocked ? 'unblock_title' : 'block_title', model.peerName.value)}
            action={t(peer.blocked ? 'unblock' : 'block')}
            onAction={() => model.block(peer.id, !peer.blocked)}
          >
            <p>{t(peer.blocked ? 'unblock_hint' : 'block_hint', model.peerName.value)}</p>
          </Dialog>
        )
      );
    case 'wipe':
      return (
        peer && (
          <Dialog
            title={t('wipe_title', model.peerName.value)}
            action={t('wipe')}
            onAction={() => model.wipeHistory(peer.id)}
          >
            <p>{t('wipe_hint')}</p>
          </Dialog>
        )
      );
    case 'forget':
      return (
        peer && (
          <Dialog
            title={t('forget_title', model.peerName.value)}
            action={t('forget')}
            onAction={() => model.forget(peer.id)}
          >
            <p>{t('forget_hint', model.peerName.value)}</p>
          </Dialog>
        )
      );
    default:
      return null;
  }
}

interface NameDialogProps {
  readonly title: string;
  readonly hint: string;
  readonly name: string;
  readonly onSave: (name: string) => Promise<unknown>;
}

function NameDialog({ title, hint, name, onSave }: NameDialogProps) {
  const [text, setText] = useState(lineText(name));
  const save = async () => {
    const cleaned = lineText(text);
    if (cleaned !== '') await onSave(cleaned);
  };
  return (
    <Dialog title={title} action={t('save')} onAction={save}>
      <label class="labelled">
        {t('name_label')}
        <input
          class="field"
          value={text}
          maxLength={MAX_NAME_LENGTH}
          dir="auto"
          required
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p>{hint}</p>
    </Dialog>
  );
}
