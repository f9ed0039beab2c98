import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asApiError } from '../api/http';
import { addPasskey, getFactors, givePasskey, passkeysWork } from '../api/passkey';
import { changePassword, confirmTotp, getPolicy, giveCode, offerTotp } from '../api/session';
import type { Me } from '../api/types';
import { Field, Problem } from '../design/Field';
import { QrCode } from '../design/QrCode';
import { Secret } from '../design/Secret';
import { t } from '../messages';
import { tc, type ConsoleKey } from '../messages/console';
import { passkeyProblem } from './passkey';
import { RecoveryCodes } from './RecoveryCodes';
import { passwordRules } from './SecurityPage';

interface DueProps {
  onDone(): void;
}

/** What is due between the password and the console: one task to a page. */
export function DuePage({ me, onDone, onSignOut }: DueProps & { me: Me; onSignOut(): void }): JSX.Element {
  if (me.stage === 'open') return <></>;
  const parts = { second_factor: <GiveFactor onDone={onDone} />, enrol: <AddFactor onDone={onDone} />, new_password: <ChangePassword onDone={onDone} /> };
  return (
    <main class="card-page">
      <div class="sign-in" data-testid={`due-${me.stage}`}>
        <span class="wordmark">Vitrine</span>
        {parts[me.stage]}
        <button type="button" class="button plain" onClick={onSignOut}>
          {tc('sign_out')}
        </button>
      </div>
    </main>
  );
}

function Head({ title, lead }: { title: ConsoleKey; lead: ConsoleKey }): JSX.Element {
  return (
    <header>
      <h1>{tc(title)}</h1>
      <p class="quiet">{tc(lead)}</p>
    </header>
  );
}

/** Runs one request at a time and says why it failed. */
function useTask(refused: string): { problem: string | null; busy: boolean; run(task: () => Promise<void>): void } {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const run = (task: () => Promise<void>): void => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    task()
      .catch((error: unknown) => {
        const { status, unreachable, message } = asApiError(error);
        setProblem(unreachable ? t('unreachable') : status === 422 ? message : refused);
      })
      .finally(() => setBusy(false));
  };
  return { problem, busy, run };
}

interface CodeFormProps {
  hint: string;
  /** Whether it is the first that the page asks for. */
  first?: boolean;
  problem: string | null;
  busy: boolean;
  onCode(code: string): void;
}

function CodeForm({ hint, first = false, problem, busy, onCode }: CodeFormProps): JSX.Element {
  const [code, setCode] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    onCode(code.trim());
  };
  return (
    <form class="due" noValidate onSubmit={submit}>
      <Field label={tc('code')} hint={hint} value={code} onValue={setCode} testId="code" name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck={false} autoFocus={first} problem={problem} />
      <button type="submit" class="button primary" data-testid="give-code" aria-busy={busy}>
        {tc('give')}
      </button>
    </form>
  );
}

function GiveFactor({ onDone }: DueProps): JSX.Element {
  const { problem, busy, run } = useTask(tc('code_refused'));
  // After too many tries the session is over: then the page asks for the password again.
  const give = (code: string): void => run(() => giveCode(code).then(onDone, (error: unknown) => {
    if (asApiError(error).status === 401) return onDone();
    throw error;
  }));
  const [passkeys, setPasskeys] = useState(0);
  useEffect(() => {
    // Without the answer there is still the code.
    getFactors().then((factors) => setPasskeys(factors.passkeys), () => undefined);
  }, []);
  return (
    <>
      <Head title="due_second_factor" lead="due_second_factor_lead" />
      {passkeys > 0 && passkeysWork() && <PasskeyButton label={tc('passkey_use')} task={() => givePasskey().then(onDone)} />}
      <CodeForm first hint={tc('code_which')} problem={problem} busy={busy} onCode={give} />
    </>
  );
}

/** One touch of an authenticator. */
function PasskeyButton({ label, task }: { label: string; task(): Promise<void> }): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const go = (): void => {
    setProblem(null);
    task().catch((error: unknown) => setProblem(passkeyProblem(error)));
  };
  return (
    <div class="due">
      <button type="button" class="button primary" data-testid="use-passkey" onClick={go}>
        {label}
      </button>
      <Problem text={problem} />
    </div>
  );
}

function AddFactor({ onDone }: DueProps): JSX.Element {
  const { problem, busy, run } = useTask(tc('code_refused'));
  const [offered, setOffered] = useState<{ secret: string; url: string } | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  useEffect(() => {
    offerTotp().then(setOffered, onDone);
  }, []);
  if (codes) return <RecoveryCodes alone codes={codes} onDone={onDone} />;
  return (
    <>
      <Head title="due_enrol" lead="due_enrol_lead" />
      {passkeysWork() && <PasskeyButton label={tc('passkey_enrol')} task={async () => setCodes(await addPasskey(tc('passkey')))} />}
      {offered && <AuthenticatorApp {...offered} />}
      <CodeForm hint={tc('code_first')} problem={problem} busy={busy} onCode={(code) => run(async () => setCodes(await confirmTotp(code)))} />
    </>
  );
}

/** What an authenticator app reads: a picture for a phone's camera, the secret for typing, and the address for an app on this device. */
function AuthenticatorApp({ secret, url }: { secret: string; url: string }): JSX.Element {
  return (
    <section class="due due-app">
      <h2>{tc(passkeysWork() ? 'enrol_app_or' : 'enrol_app')}</h2>
      <p class="quiet">{tc('enrol_how')}</p>
      <QrCode text={url} label={tc('enrol_picture')} />
      <Secret label={tc('secret')} text={secret} copy={tc('copy')} testId="totp-secret">
        <a class="button plain compact" href={url}>
          {tc('open_app')}
        </a>
      </Secret>
    </section>
  );
}

function ChangePassword({ onDone }: DueProps): JSX.Element {
  const { problem, busy, run } = useTask(tc('password_refused'));
  const [rules, setRules] = useState<string | undefined>(undefined);
  useEffect(() => {
    // Without the answer a password that does not do is refused with its reason.
    getPolicy().then((policy) => setRules(passwordRules(policy)), () => undefined);
  }, []);
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    run(() => changePassword(old, next).then(onDone));
  };
  return (
    <form class="due" noValidate onSubmit={submit}>
      <Head title="due_new_password" lead="due_new_password_lead" />
      <Field label={tc('password_old')} value={old} onValue={setOld} type="password" name="old" autocomplete="current-password" autoFocus />
      <Field label={tc('password_new')} hint={rules} value={next} onValue={setNext} type="password" name="new" autocomplete="new-password" problem={problem} />
      <button type="submit" class="button primary" aria-busy={busy}>
        {tc('password_change')}
      </button>
    </form>
  );
}
