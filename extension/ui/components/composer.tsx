import { useState } from 'preact/hooks';
import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { myAsk } from '../models/live-text.ts';
import { hasPastedFiles } from '../models/pasted-picture.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { Menu, MenuItem } from './menu.tsx';
import { useModel } from './model-context.ts';

export interface ComposerProps {
  readonly peer: PeerState;
  readonly onChooseFiles: () => void;
  readonly onChooseFolder: () => void;
}

/** Writes to the peer: Enter sends, Shift and Enter begin a new line. A pasted picture or file is sent as one. */
export function Composer({ peer, ...choosing }: ComposerProps) {
  const { sending, memory } = useModel();
  const [text, setText] = useState(() => memory.draft(peer.id));
  const isLater = peer.connection.state === 'offline' || peer.connection.state === 'failed';
  const label = isLater ? t('composer_later') : t('composer_message', nameOf(peer));
  const isEmpty = text.trim() === '';
  const write = (next: string) => {
    setText(next);
    memory.setDraft(peer.id, next);
  };
  const send = async () => {
    if (isEmpty) return;
    write('');
    // What was not taken goes back into the field, before whatever was typed meanwhile.
    if (!(await sending.text(peer.id, text))) write(text + memory.draft(peer.id));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (!event.clipboardData || !hasPastedFiles(event.clipboardData)) return;
    event.preventDefault();
    sending.files(peer.id, event.clipboardData);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <AttachMenu peer={peer} {...choosing} />
      <textarea
        class="field"
        rows={1}
        dir="auto"
        placeholder={label}
        aria-label={label}
        value={text}
        onInput={({ currentTarget }) => {
          write(currentTarget.value);
          if (currentTarget.value.trim() !== '') sending.typing(peer.id);
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <button type="submit" class={isEmpty ? 'icon' : 'icon send'} aria-label={t('send')} disabled={isEmpty}>
        <Icon name="send" />
      </button>
    </form>
  );
}

function AttachMenu({ peer, onChooseFiles, onChooseFolder }: ComposerProps) {
  const model = useModel();
  const { outgoingShare, asks } = model.state.value ?? {};
  const isConnected = peer.connection.state === 'connected';
  const trigger = (
    <button
      type="button"
      class="icon"
      aria-label={t('attach')}
      aria-haspopup="menu"
      aria-expanded={model.overlay.value === 'attach'}
      onClick={() => model.toggle('attach')}
    >
      <Icon name="plus" />
    </button>
  );
  return (
    <Menu overlay="attach" label={t('attach')} trigger={trigger} corner="above">
      <MenuItem onSelect={onChooseFiles}>
        <Icon name="file" />
        {t('action_send_file')}
      </MenuItem>
      <MenuItem onSelect={onChooseFolder}>
        <Icon name="folder" />
        {t('action_send_folder')}
      </MenuItem>
      <MenuItem onSelect={() => model.sending.currentLink(peer.id)}>
        <Icon name="link" />
        {t('action_send_link')}
      </MenuItem>
      {!outgoingShare && isConnected && (
        <MenuItem onSelect={() => model.live.sharePicked(peer.id)}>
          <Icon name="window" />
          {t('action_share_picked')}
        </MenuItem>
      )}
      {isConnected && !myAsk(asks, peer.id) && (
        <MenuItem onSelect={() => model.live.askToSee(peer.id)}>
          <Icon name="eye" />
          {t('ask_to_see', nameOf(peer))}
        </MenuItem>
      )}
    </Menu>
  );
}
