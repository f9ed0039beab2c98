import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asApiError } from '../api/http';
import { giveLinkCode, inspectLink, isCodeSent, redeemLink } from '../api/viewer';
import type { CodeSent, Inspection, RoomState, Waiting } from '../api/types';
import { Card } from '../design/Card';
import { Field } from '../design/Field';
import { t } from '../messages';
import { instant } from '../messages/time';
import { prepare, speaksWebRtc, type Prepared } from '../room/whep';
import { Recorded } from './Recorded';
import { Tips } from './Tips';
import './join.css';

interface JoinProps {
  secret: string;
  onJoined(room: RoomState | Waiting, prepared: Prepared): void;
}

type Look = { inspection: Inspection } | { problem: 'refused' | 'unreachable' } | null;

function useInspection(secret: string): [Look, () => void] {
  const [look, setLook] = useState<Look>(null);
  const inspect = (): void => {
    setLook(null);
    inspectLink(secret)
      .then((inspection) => setLook({ inspection }))
      .catch((error: unknown) => setLook({ problem: asApiError(error).unreachable ? 'unreachable' : 'refused' }));
  };
  useEffect(inspect, [secret]);
  return [look, inspect];
}

/** One task: who invites, to what, until when, what is recorded, passphrase, Join. Opening it uses nothing up. */
export function JoinPage({ secret, onJoined }: JoinProps): JSX.Element {
  const [look, again] = useInspection(secret);
  const [sent, setSent] = useState<CodeSent | null>(null);
  // Said before a passphrase is given: the link stays good for another browser.
  if (!speaksWebRtc()) return <Card title={t('unsupported_title')} text={t('unsupported_text')} testId="ended-reason" />;
  if (!look) return <Card title={t('loading')} />;
  if ('problem' in look) return <DeadLink problem={look.problem} onAgain={again} />;
  const { review, recipient, expires_at, recorded } = look.inspection;
  const early = Date.parse(review.starts_at) > Date.now();
  return (
    <main class="join">
      <div class="join-column">
        <span class="wordmark">Vitrine</span>
        <header>
          <p class="quiet">{t('join_lead', { host: review.host })}</p>
          <h1>{review.title}</h1>
          <p>{t('join_for', { name: recipient.name, email: recipient.email })}</p>
          {early && <p>{t('join_from', { time: instant(review.starts_at) })}</p>}
          <p>{t('join_until', { time: instant(expires_at) })}</p>
        </header>
        {sent ? (
          <CodeForm sent={sent} onJoined={onJoined} onAgain={() => setSent(null)} />
        ) : (
          <PassphraseForm secret={secret} onJoined={onJoined} onCode={setSent} />
        )}
        <Recorded items={recorded} />
        <Tips />
      </div>
    </main>
  );
}

function DeadLink({ problem, onAgain }: { problem: 'refused' | 'unreachable'; onAgain(): void }): JSX.Element {
  const refused = problem === 'refused';
  return (
    <Card
      title={refused ? t('link_dead_title') : t('ended_connection_lost')}
      text={refused ? t('link_dead') : t('unreachable')}
      testId="ended-reason"
    >
      {!refused && (
        <button type="button" class="button primary" onClick={onAgain}>
          {t('try_again')}
        </button>
      )}
    </Card>
  );
}

function problemText(error: unknown): string {
  const refusal = asApiError(error);
  if (refusal.unreachable) return t('unreachable');
  if (refusal.code === 'code_not_sent' || refusal.code === 'too_many_tries') return t(refusal.code);
  return refusal.code === 'refused' ? t('refused') : t('failed', { message: refusal.message });
}

interface CodeFormProps {
  sent: CodeSent;
  onJoined: JoinProps['onJoined'];
  onAgain(): void;
}

/** The code that went to the invited address; a new one needs the passphrase again. */
function CodeForm({ sent, onJoined, onAgain }: CodeFormProps): JSX.Element {
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || code.trim() === '') return;
    setBusy(true);
    setProblem(null);
    const prepared = prepare();
    try {
      onJoined(await giveLinkCode(sent.ticket, code.trim()), prepared);
    } catch (error) {
      prepared.peer.close();
      setProblem(asApiError(error).code === 'refused' ? t('link_code_refused') : problemText(error));
      setBusy(false);
    }
  };
  return (
    <form class="join-form" noValidate onSubmit={(event) => void submit(event)}>
      <p>{t('code_sent', { email: sent.sent_to })}</p>
      <Field label={t('link_code')} value={code} onValue={setCode} problem={problem} testId="link-code" type="text" name="code" inputMode="numeric" autocomplete="one-time-code" autoFocus />
      <button type="submit" class="button primary" data-testid="give-link-code" aria-busy={busy}>
        {busy ? t('joining') : t('join')}
      </button>
      <button type="button" class="button plain" onClick={onAgain}>
        {t('code_again')}
      </button>
    </form>
  );
}

function PassphraseForm({ secret, onJoined, onCode }: JoinProps & { onCode(sent: CodeSent): void }): JSX.Element {
  const [passphrase, setPassphrase] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (passphrase.trim() === '') {
      setProblem(t('passphrase_missing'));
      return;
    }
    setBusy(true);
    setProblem(null);
    // The offer is made while the server checks the passphrase.
    const prepared = prepare();
    try {
      const answer = await redeemLink(secret, passphrase.trim());
      if (!isCodeSent(answer)) return onJoined(answer, prepared);
      prepared.peer.close();
      onCode(answer);
    } catch (error) {
      prepared.peer.close();
      setProblem(problemText(error));
      setBusy(false);
    }
  };
  return (
    <form class="join-form" noValidate onSubmit={(event) => void submit(event)}>
      <Field
        label={t('passphrase')}
        hint={t('passphrase_hint')}
        value={passphrase}
        onValue={setPassphrase}
        problem={problem}
        testId="passphrase"
        type="text"
        name="passphrase"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        autoFocus
      />
      <button type="submit" class="button primary" data-testid="join" aria-busy={busy}>
        {busy ? t('joining') : t('join')}
      </button>
    </form>
  );
}
