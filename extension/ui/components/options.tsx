import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { AppState } from '../../core/session/state.ts';
import { errorCode } from '../../core/shared/errors.ts';
import { MAX_NAME_LENGTH, MAX_TITLE_LENGTH } from '../../core/shared/limits.ts';
import { errorText } from '../error-text.ts';
import type { Backend } from '../models/backend.ts';
import { isLocalOnly } from '../models/connection-cause.ts';
import { lineText } from '../models/display-text.ts';
import { ViewMemory } from '../models/view-memory.ts';
import { t } from '../text.ts';
import { Icon, Mark } from './icon.tsx';
import { SettingSwitch } from './setting-switch.tsx';

/** As long as the command takes. */
const MAX_ADDRESS_LENGTH = 200;
/** As many days as the command takes. */
const DAYS = { min: 1, max: 365 };

/** Who I am, which server introduces me, and what becomes of files. */
export function Options({ backend }: { backend: Backend }) {
  const state = useSignal<AppState | null>(null);
  useEffect(
    () =>
      backend.follow((next) => {
        // While the connection is made anew, what was there stays.
        if (next) state.value = next;
      }),
    [backend, state],
  );
  if (!state.value) return null;
  const { me, server, settings } = state.value;
  return (
    <main class="options-page">
      <h1>
        <Mark look="busy" />
        {t('options_title')}
      </h1>
      <SettingField
        id="name"
        label={t('options_name')}
        hint={t('options_name_hint')}
        value={me.name}
        maxLength={MAX_NAME_LENGTH}
        onSave={(name) => backend.askOffscreen('settings-set', { name: lineText(name) })}
      />
      <SettingField
        id="server"
        label={t('options_server')}
        hint={t('options_server_hint')}
        value={server.url}
        maxLength={MAX_ADDRESS_LENGTH}
        status={serverStatus(server)}
        isStatusBad={server.status !== 'online' && server.problem !== null}
        note={servicesText(server)}
        warnings={serverWarnings(server)}
        onSave={(serverUrl) => backend.askOffscreen('settings-set', { serverUrl })}
      />
      <section class="setting">
        <div class="setting-row">
          <p class="hint grow">{t('doctor_hint')}</p>
          <button type="button" class="btn" onClick={() => backend.openPlace('doctor')}>
            {t('menu_doctor')}
          </button>
        </div>
      </section>
      <SettingField
        id="folder"
        label={t('options_folder')}
        hint={t('options_folder_hint')}
        before={t('options_folder_before')}
        value={settings.downloadFolder}
        maxLength={MAX_TITLE_LENGTH}
        isOptional
        onSave={(downloadFolder) => backend.askOffscreen('settings-set', { downloadFolder })}
      />
      <SettingField
        id="days"
        label={t('options_days')}
        hint={t('options_days_hint')}
        value={String(settings.keepPartialsDays)}
        numbers={DAYS}
        onSave={(days) => backend.askOffscreen('settings-set', { keepPartialsDays: Number(days) })}
      />
      <SettingSwitch
        id="pause-password"
        label={t('options_pause_password')}
        hint={t('options_pause_password_hint')}
        isOn={settings.pauseOnPassword}
        onChange={(pauseOnPassword) => backend.askOffscreen('settings-set', { pauseOnPassword })}
      />
      <SettingSwitch
        id="pause-navigation"
        label={t('options_pause_navigation')}
        hint={t('options_pause_navigation_hint')}
        isOn={settings.pauseOnNavigation}
        onChange={(pauseOnNavigation) => backend.askOffscreen('settings-set', { pauseOnNavigation })}
      />
      <LetterShortcuts />
    </main>
  );
}

function LetterShortcuts() {
  const [memory] = useState(() => new ViewMemory(localStorage));
  const [isOn, setOn] = useState(memory.hasLetterShortcuts);
  const change = async (next: boolean) => {
    memory.hasLetterShortcuts = next;
    setOn(next);
  };
  return (
    <SettingSwitch
      id="letters"
      label={t('options_shortcuts')}
      hint={t('options_shortcuts_hint')}
      isOn={isOn}
      onChange={change}
    />
  );
}

interface SettingFieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** As it is kept. */
  readonly value: string;
  readonly maxLength?: number;
  /** Whole numbers between these are asked for, instead of a text. */
  readonly numbers?: { readonly min: number; readonly max: number };
  readonly isOptional?: boolean;
  /** What the value continues. */
  readonly before?: string;
  readonly status?: string;
  readonly isStatusBad?: boolean;
  /** What comes with the value as it is. */
  readonly note?: string | null;
  /** What is lost with it. */
  readonly warnings?: readonly string[];
  readonly onSave: (value: string) => Promise<unknown>;
}

function serverStatus({ status, problem }: AppState['server']): string {
  if (status === 'online') return t('options_server_online');
  return problem ? errorText(problem, t('somebody')) : t(`options_server_${status}`);
}

/** What the server has for networks that are in the way; null where it has nothing, or hasn't said. */
function servicesText({ services }: AppState['server']): string | null {
  const names = (['stun', 'turn', 'relay'] as const).filter((name) => services?.[name]);
  const list = new Intl.ListFormat(undefined, { type: 'unit' }).format(
    names.map((name) => t(`options_services_${name}`)),
  );
  return names.length > 0 ? t('options_services', list) : null;
}

function serverWarnings(server: AppState['server']): string[] {
  return [
    ...(server.kind === 'stock' ? [t('options_server_stock')] : []),
    ...(isLocalOnly(server) ? [t('options_local_only')] : []),
  ];
}

function SettingField(props: SettingFieldProps) {
  const { id, label, hint, value, maxLength, numbers, isOptional = false, before, onSave } = props;
  const { status, isStatusBad = false, note = null, warnings = [] } = props;
  const [text, setText] = useState(value);
  const [outcome, setOutcome] = useState<{ ok: boolean; text: string } | null>(null);
  const isChanged = text.trim() !== value;
  // Another page may have changed it. At once: later it would take back what was typed since.
  useLayoutEffect(() => setText(value), [value]);
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      await onSave(text.trim());
      setOutcome({ ok: true, text: t('options_saved') });
    } catch (error) {
      setOutcome({ ok: false, text: errorText(errorCode(error), t('somebody')) });
    }
  };
  return (
    <form class="setting" onSubmit={save}>
      <label for={id}>{label}</label>
      <div class="setting-row">
        {before && (
          <span class="before" aria-hidden="true">
            {before}
          </span>
        )}
        <input
          id={id}
          class="field"
          value={text}
          {...(numbers ? { type: 'number', ...numbers } : { maxLength })}
          required={!isOptional}
          dir="auto"
          spellcheck={false}
          autocomplete="off"
          aria-describedby={`${id}-hint ${id}-outcome`}
          aria-invalid={outcome?.ok === false}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setOutcome(null);
          }}
        />
        <button type="submit" class="btn primary" disabled={!isChanged}>
          {t('options_save')}
        </button>
      </div>
      <p id={`${id}-hint`} class="hint">
        {hint}
      </p>
      <p id={`${id}-outcome`} class="outcome" role="status" data-bad={outcome ? !outcome.ok : isStatusBad}>
        {outcome?.text ?? status}
      </p>
      {note && <p class="hint">{note}</p>}
      {warnings.map((warning) => (
        <p key={warning} class="notice warn">
          <Icon name="warning" />
          {warning}
        </p>
      ))}
    </form>
  );
}
