import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Role } from '../api/house';
import { asApiError, type ApiError } from '../api/http';
import { createAccount } from '../api/people';
import { getPolicy } from '../api/session';
import { Field, Problem } from '../design/Field';
import { Select } from '../design/Select';
import { tc } from '../messages/console';
import { Panel } from './Panel';
import { fieldProblem, problemOf } from './remote';
import { passwordRules } from './SecurityPage';
import { roleOptions } from './words';

interface NewAccountProps {
  onDone(): void;
  onCancel(): void;
  onRefused(error: unknown): void;
}

export function NewAccount({ onDone, onCancel, onRefused }: NewAccountProps): JSX.Element {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('producer');
  const [rules, setRules] = useState<string | undefined>(undefined);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  useEffect(() => {
    getPolicy().then((policy) => setRules(passwordRules(policy)), onRefused);
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setRefusal(null);
    try {
      await createAccount(user.trim(), password, role);
      onDone();
    } catch (error) {
      onRefused(error);
      setRefusal(asApiError(error));
    }
  };
  const general = refusal !== null && refusal.field !== 'user' && refusal.field !== 'password' ? problemOf(refusal) : null;
  return (
    <Panel title={tc('account_new')}>
      <form class="new-account" noValidate onSubmit={(event) => void submit(event)} onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
        <Field label={tc('user')} hint={tc('user_hint')} value={user} onValue={setUser} problem={fieldProblem(refusal, 'user')} testId="new-user" autocomplete="off" autocapitalize="off" spellcheck={false} autoFocus />
        <Field label={tc('password_first')} hint={rules} value={password} onValue={setPassword} problem={fieldProblem(refusal, 'password')} testId="new-password" type="password" autocomplete="new-password" />
        <Select label={tc('role')} value={role} options={roleOptions()} onValue={(next) => setRole(next)} hint={tc(`role_${role}_why`)} testId="new-role" />
        <footer>
          <p class="hint">{tc('account_new_hint')}</p>
          <Problem text={general} />
          <button type="submit" class="button primary" data-testid="account-create">
            {tc('account_create')}
          </button>
          <button type="button" class="button plain" onClick={onCancel}>
            {tc('form_cancel')}
          </button>
        </footer>
      </form>
    </Panel>
  );
}
