import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { askDigest, RHYTHMS, stopDigest, type Digest, type Digests, type Rhythm } from '../api/digest';
import type { Project } from '../api/house';
import { asApiError, type ApiError } from '../api/http';
import { Field, Problem } from '../design/Field';
import { Select } from '../design/Select';
import { tc } from '../messages/console';
import { hoursOfDay, instant } from '../messages/time';
import { fieldProblem, problemOf } from './remote';

interface DigestProps {
  project: Project;
  digests: Digests;
  run(action: () => Promise<unknown>): void;
  onRefused(error: unknown): void;
}

/** Whether the comments of a project go to the account by e-mail, and when. */
export function DigestPart({ project, digests, run, onRefused }: DigestProps): JSX.Element {
  const own = digests.digests.find((digest) => digest.project === project.id);
  const off = !digests.sent ? tc('digest_none') : project.classification === 'internal' ? null : tc('digest_secret');
  return (
    <section data-testid="digest">
      <h3 class="legend">{tc('digest')}</h3>
      {off !== null && <p class="hint">{off}</p>}
      {own && <Standing digest={own} onStop={() => run(() => stopDigest(project.id))} />}
      {off === null && <WishForm key={JSON.stringify(own)} own={own} project={project} run={run} onRefused={onRefused} />}
    </section>
  );
}

function Standing({ digest, onStop }: { digest: Digest; onStop(): void }): JSX.Element {
  const { email, rhythm, tries } = digest;
  const time = instant(digest.next_at);
  const said = tries > 0 ? tc('digest_tried', { tries, time }) : rhythm === 'daily' ? tc('digest_next', { email, time }) : tc('digest_after', { email });
  return (
    <div class="row">
      <span data-testid="digest-standing">{said}</span>
      <button type="button" class="button compact" data-testid="digest-stop" onClick={onStop}>
        {tc('digest_stop')}
      </button>
    </div>
  );
}

interface WishProps extends Omit<DigestProps, 'digests'> {
  own: Digest | undefined;
}

function WishForm({ own, project, run, onRefused }: WishProps): JSX.Element {
  const [email, setEmail] = useState(own?.email ?? '');
  const [rhythm, setRhythm] = useState<Rhythm>(own?.rhythm ?? 'daily');
  const [hour, setHour] = useState(String(own?.hour_utc ?? new Date(2026, 0, 1, 7).getUTCHours()));
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const ask = (event: Event): void => {
    event.preventDefault();
    setRefusal(null);
    askDigest(project.id, { email: email.trim(), rhythm, hour_utc: Number(hour) }).then(
      () => run(() => Promise.resolve()),
      (error: unknown) => {
        onRefused(error);
        setRefusal(asApiError(error));
      },
    );
  };
  return (
    <form class="digest-form" noValidate onSubmit={ask}>
      <p class="hint">{tc('digest_why')}</p>
      <Field label={tc('digest_email')} type="email" value={email} onValue={setEmail} problem={fieldProblem(refusal, 'email')} testId="digest-email" autocomplete="email" />
      <Select label={tc('digest_when')} value={rhythm} options={RHYTHMS.map((each) => [each, tc(`digest_${each}`)] as const)} onValue={(next) => setRhythm(next)} testId="digest-rhythm" />
      {rhythm === 'daily' && <Select label={tc('digest_hour')} value={hour} options={hoursOfDay()} onValue={setHour} testId="digest-hour" />}
      <Problem text={refusal !== null && refusal.field !== 'email' ? problemOf(refusal) : null} />
      <button type="submit" class="button compact" disabled={email.trim() === ''} data-testid="digest-ask">
        {tc(own === undefined ? 'digest_ask' : 'digest_change')}
      </button>
    </form>
  );
}
