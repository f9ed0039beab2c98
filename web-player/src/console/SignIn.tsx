import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { signIn, signInWays } from '../api/session';
import { asApiError } from '../api/http';
import { passkeysWork, signInByPasskey } from '../api/passkey';
import type { Me } from '../api/types';
import { Field } from '../design/Field';
import { t } from '../messages';
import { tc } from '../messages/console';
import { passkeyProblem } from './passkey';

interface SignInProps {
  again: boolean;
  onSignedIn(me: Me): void;
}

function problemOf(error: unknown): string {
  const refusal = asApiError(error);
  if (refusal.unreachable) return t('unreachable');
  if (refusal.status === 429) return tc('sign_in_address');
  return refusal.status === 403 || refusal.status === 401
    ? tc('sign_in_refused')
    : t('failed', { message: refusal.message });
}

export function SignIn({ again, onSignedIn }: SignInProps): JSX.Element {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      onSignedIn(await signIn(user.trim(), password));
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  const [ways, setWays] = useState<{ passwordless: boolean; provider: string | null }>({ passwordless: false, provider: null });
  useEffect(() => {
    // Without the answer there is still the password.
    signInWays().then(setWays, () => undefined);
    if (location.hash !== '#/refused') return;
    setProblem(tc('provider_refused'));
    history.replaceState(null, '', location.pathname);
  }, []);
  const byPasskey = async (): Promise<void> => {
    setProblem(null);
    try {
      onSignedIn(await signInByPasskey());
    } catch (error) {
      setProblem(passkeyProblem(error));
    }
  };
  return (
    <main class="card-page">
      <form class="sign-in" noValidate onSubmit={(event) => void submit(event)}>
        <span class="wordmark">Vitrine</span>
        <header>
          <h1>{tc('sign_in_title')}</h1>
          <p class="quiet">{again ? tc('signed_out') : tc('sign_in_lead')}</p>
        </header>
        <Field label={tc('user')} value={user} onValue={setUser} testId="user" name="user" autocomplete="username" autocapitalize="off" spellcheck={false} autoFocus />
        <Field label={tc('password')} value={password} onValue={setPassword} testId="password" type="password" name="password" autocomplete="current-password" problem={problem} />
        <button type="submit" class="button primary" data-testid="sign-in" aria-busy={busy}>
          {tc('sign_in')}
        </button>
        {ways.provider !== null && (
          <a class="button plain" href="/api/oidc/start" data-testid="sign-in-provider">
            {ways.provider}
          </a>
        )}
        {ways.passwordless && passkeysWork() && (
          <button type="button" class="button plain" data-testid="sign-in-passkey" onClick={() => void byPasskey()}>
            {tc('passkey_sign_in')}
          </button>
        )}
      </form>
    </main>
  );
}
