import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asApiError } from '../api/http';
import { endSession, getPolicy, listSessions } from '../api/session';
import type { Me, Policy, Session } from '../api/types';
import { AskOnce } from '../design/AskOnce';
import { t } from '../messages';
import { tc } from '../messages/console';
import { instant } from '../messages/time';
import { NotificationsPanel } from './NotificationsPanel';
import { Facts, Panel } from './Panel';
import { PasskeysPanel } from './PasskeysPanel';
import { RevokeNetworks } from './RevokePart';

const REFRESH_MS = 5000;

interface SecurityProps {
  me: Me;
  onRefused(error: unknown): void;
}

export function SecurityPage({ me, onRefused }: SecurityProps): JSX.Element {
  const [policy, setPolicy] = useState<Policy | null>(null);
  const [sessions, setSessions] = useState<Session[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const failed = (error: unknown): void => {
    onRefused(error);
    setProblem(asApiError(error).unreachable ? t('unreachable') : asApiError(error).message);
  };
  const read = (): Promise<void> => listSessions().then(setSessions).catch(failed);
  useEffect(() => {
    getPolicy().then(setPolicy, failed);
    void read();
    const timer = window.setInterval(() => void read(), REFRESH_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <main class="page security">
      <h1>{tc('security')}</h1>
      {problem !== null && <p class="problem">{problem}</p>}
      {policy && (
        <Panel title={tc(`policy_${policy.profile}`)}>
          <Facts rows={policyRows(policy)} />
        </Panel>
      )}
      <PasskeysPanel onRefused={onRefused} />
      <Panel title={tc('sessions')}>
        <SessionTable sessions={sessions} onEnd={(id) => void endSession(id).then(read, failed)} />
      </Panel>
      {(me.role === 'admin' || me.role === 'security-lead') && <RevokeNetworks onRefused={onRefused} />}
      {(me.role === 'admin' || me.role === 'security-lead') && <NotificationsPanel onRefused={onRefused} />}
    </main>
  );
}

/** What a password must be, in words. */
export function passwordRules(policy: Policy): string {
  const rules = [tc('policy_password_least', { least: policy.password_least })];
  if (policy.password_kinds > 0) rules.push(tc('policy_password_kinds', { kinds: policy.password_kinds }));
  if (policy.password_blocklist) rules.push(tc('policy_password_blocklist'));
  if (policy.password_life_days !== null) rules.push(tc('policy_password_life', { days: policy.password_life_days }));
  return rules.join(', ');
}

function policyRows(policy: Policy): [string, string][] {
  const factor = [tc(policy.second_factor ? 'policy_factor_yes' : 'policy_factor_no')];
  if (policy.prompt_every_s !== null) factor.push(tc('policy_factor_again', { minutes: policy.prompt_every_s / 60 }));
  return [
    [tc('policy_password'), passwordRules(policy)],
    [tc('policy_factor'), factor.join(', ')],
    [tc('policy_tries'), tc(policy.lock_until_unlocked ? 'policy_tries_lock' : 'policy_tries_wait')],
    [tc('policy_idle'), tc('minutes', { minutes: policy.session_idle_s / 60 })],
  ];
}

function SessionTable({ sessions, onEnd }: { sessions: Session[]; onEnd(id: string): void }): JSX.Element {
  return (
    <table class="table" data-testid="sessions">
      <thead>
        <tr>
          <th scope="col">{tc('user')}</th>
          <th scope="col">{tc('a_network')}</th>
          <th scope="col">{tc('session_since')}</th>
          <th scope="col">{tc('session_used')}</th>
          <th scope="col">{tc('v_actions')}</th>
        </tr>
      </thead>
      <tbody class="figures">
        {sessions.map((session) => (
          <tr key={session.id}>
            <td>
              {session.user} {session.own && <span class="quiet">{tc('session_own')}</span>}
            </td>
            <td>
              {session.ip} <span class="quiet">{session.browser}</span>
            </td>
            <td>{instant(session.created_at)}</td>
            <td>{instant(session.used_at)}</td>
            <td>
              <AskOnce label={tc('session_end')} sure={tc('session_end_sure')} about={session.user} testId="end-session" onSure={() => onEnd(session.id)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
