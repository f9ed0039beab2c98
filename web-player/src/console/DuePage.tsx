import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asApiError } from '../api/http';
import { addPasskey, getFactors, givePasskey, passkeysWork } from '../api/passkey';
import { changePassword, confirmTotp, giveCode, offerTotp } from '../api/session';
import type { Me } from '../api/types';
import { Field, Problem } from '../design/Field';
import { Secret } from '../design/Secret';
import { t } from '../messages';
import { tc } from '../messages/console';
import { passkeyProblem } from './passkey';
import { RecoveryCodes } from './RecoveryCodes';

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
        <header>
          <h1>{tc(`due_${me.stage}`)}</h1>
          <p class="quiet">{tc(`due_${me.stage}_lead`)}</p>
        </header>
        {parts[me.stage]}
        <button type="button" class="button plain" onClick={onSignOut}>
          {tc('sign_out')}
        </button>
      </div>
    </main>
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
  problem: string | null;
  busy: boolean;
  onCode(code: string): void;
}

function CodeForm({ problem, busy, onCode }: CodeFormProps): JSX.Element {
  const [code, setCode] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    onCode(code.trim());
  };
  return (
    <form class="due" noValidate onSubmit={submit}>
      <Field label={tc('code')} value={code} onValue={setCode} testId="code" name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck={false} autoFocus problem={problem} />
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
      {passkeys > 0 && passkeysWork() && <PasskeyButton label={tc('passkey_use')} task={() => givePasskey().then(onDone)} />}
      <CodeForm problem={problem} busy={busy} onCode={give} />
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
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;
  return (
    <>
      {passkeysWork() && <PasskeyButton label={tc('passkey_enrol')} task={async () => setCodes(await addPasskey(tc('passkey')))} />}
      {offered && (
        <Secret label={tc('secret')} text={offered.secret} copy={tc('copy')} testId="totp-secret">
          <a class="button plain compact" href={offered.url}>
            {tc('open_app')}
          </a>
        </Secret>
      )}
      <CodeForm problem={problem} busy={busy} onCode={(code) => run(async () => setCodes(await confirmTotp(code)))} />
    </>
  );
}

function ChangePassword({ onDone }: DueProps): JSX.Element {
  const { problem, busy, run } = useTask(tc('sign_in_refused'));
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    run(() => changePassword(old, next).then(onDone));
  };
  return (
    <form class="due" noValidate onSubmit={submit}>
      <Field label={tc('password_old')} value={old} onValue={setOld} type="password" name="old" autocomplete="current-password" autoFocus />
      <Field label={tc('password_new')} value={next} onValue={setNext} type="password" name="new" autocomplete="new-password" problem={problem} />
      <button type="submit" class="button primary" aria-busy={busy}>
        {tc('give')}
      </button>
    </form>
  );
}
