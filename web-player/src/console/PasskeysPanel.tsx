import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { addPasskey, listPasskeys, passkeysWork, removePasskey } from '../api/passkey';
import type { Passkey } from '../api/types';
import { AskOnce } from '../design/AskOnce';
import { Field } from '../design/Field';
import { tc } from '../messages/console';
import { instant } from '../messages/time';
import { Panel } from './Panel';
import { passkeyProblem } from './passkey';
import { RecoveryCodes } from './RecoveryCodes';

/** The account's own passkeys: add, see, remove. */
export function PasskeysPanel({ onRefused }: { onRefused(error: unknown): void }): JSX.Element {
  const [passkeys, setPasskeys] = useState<Passkey[]>([]);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const failed = (error: unknown): void => {
    onRefused(error);
    setProblem(passkeyProblem(error));
  };
  const read = (): Promise<void> => listPasskeys().then(setPasskeys).catch(failed);
  useEffect(() => void read(), []);
  const add = (event: Event): void => {
    event.preventDefault();
    setProblem(null);
    addPasskey(name.trim() || tc('passkey'))
      .then((made) => {
        setCodes(made);
        setName('');
        return read();
      })
      .catch(failed);
  };
  return (
    <Panel title={tc('passkeys')}>
      {passkeys.length > 0 && (
        <ul class="plain-list" data-testid="passkeys">
          {passkeys.map((passkey) => (
            <li key={passkey.id} class="deck">
              <span>
                {passkey.name}{' '}
                <span class="quiet small">
                  {tc(passkey.synced ? 'passkey_synced' : 'passkey_one_device')} · {passkey.used_at ? instant(passkey.used_at) : tc('passkey_unused')}
                </span>
              </span>
              <AskOnce label={tc('f_look_remove')} sure={tc('passkey_remove_sure')} about={passkey.name} testId="remove-passkey" onSure={() => void removePasskey(passkey.id).then(read, failed)} />
            </li>
          ))}
        </ul>
      )}
      {codes.length > 0 && <RecoveryCodes codes={codes} onDone={() => setCodes([])} />}
      {passkeysWork() ? (
        <form class="due" noValidate onSubmit={add}>
          <Field label={tc('passkey_name')} value={name} onValue={setName} name="passkey-name" problem={problem} />
          <button type="submit" class="button compact" data-testid="add-passkey">
            {tc('passkey_add')}
          </button>
        </form>
      ) : (
        <p class="quiet">{tc('passkey_unknown_browser')}</p>
      )}
    </Panel>
  );
}
