import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Account } from '../api/house';
import { listAccounts, offboard, resetFactors, setRole, unlockAccount } from '../api/people';
import type { Me } from '../api/types';
import { AskOnce } from '../design/AskOnce';
import { Field } from '../design/Field';
import { Select } from '../design/Select';
import { t } from '../messages';
import { tc } from '../messages/console';
import { fromLocalInput, instant, zoneName } from '../messages/time';
import { NewAccount } from './NewAccount';
import { Status } from './Panel';
import { useRemote, type Remote } from './remote';
import { roleName, roleOptions } from './words';

interface PeopleProps {
  me: Me;
  onRefused(error: unknown): void;
}

export function PeoplePage({ me, onRefused }: PeopleProps): JSX.Element {
  const accounts = useRemote(listAccounts, onRefused);
  const [adding, setAdding] = useState(false);
  const added = (): void => {
    setAdding(false);
    accounts.read();
  };
  return (
    <main class="page">
      <header class="page-head">
        <h1>{tc('people')}</h1>
        {me.role === 'admin' && !adding && (
          <button type="button" class="button primary" data-testid="account-new" onClick={() => setAdding(true)}>
            {tc('account_new')}
          </button>
        )}
      </header>
      {adding && <NewAccount onDone={added} onCancel={() => setAdding(false)} onRefused={onRefused} />}
      {accounts.problem !== null && <p class="problem">{accounts.problem}</p>}
      {accounts.value === null && accounts.problem === null && <p class="quiet">{t('loading')}</p>}
      {accounts.value !== null && <AccountTable me={me} accounts={accounts} all={accounts.value} />}
    </main>
  );
}

function AccountTable({ me, accounts, all }: { me: Me; accounts: Remote<Account[]>; all: Account[] }): JSX.Element {
  return (
    <table class="table people" data-testid="accounts">
      <thead>
        <tr>
          <th scope="col">{tc('user')}</th>
          <th scope="col">{tc('role')}</th>
          <th scope="col">{tc('due_second_factor')}</th>
          <th scope="col">{tc('col_state')}</th>
          <th scope="col">{tc('v_actions')}</th>
        </tr>
      </thead>
      <tbody>
        {all.map((account) => (
          <AccountRow key={account.id} me={me} account={account} run={accounts.run} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  me: Me;
  account: Account;
  run(action: () => Promise<unknown>): void;
}

function AccountRow({ me, account, run }: RowProps): JSX.Element {
  const admin = me.role === 'admin';
  const over = account.offboarded_at !== null;
  return (
    <tr data-over={over ? 'yes' : 'no'} data-user={account.user}>
      <th scope="row">
        {account.user} {account.id === me.id && <span class="quiet small">{tc('account_own')}</span>}
      </th>
      <td>{admin && !over && account.id !== me.id ? <RoleChoice account={account} run={run} /> : roleName(account.role)}</td>
      <td data-label={tc('due_second_factor')}>{tc(account.second_factor ? 'factor_has' : 'factor_none')}</td>
      <td>
        <AccountState account={account} />
      </td>
      <td>
        {!over && <AccountActions me={me} account={account} run={run} />}
      </td>
    </tr>
  );
}

function AccountActions({ me, account, run }: RowProps): JSX.Element {
  const admin = me.role === 'admin';
  return (
    <div class="account-actions">
      {admin && account.locked && (
        <button type="button" class="button compact" data-testid="unlock" aria-label={tc('unlock_of', { name: account.user })} onClick={() => run(() => unlockAccount(account.id))}>
          {tc('unlock')}
        </button>
      )}
      {admin && account.second_factor && (
        <AskOnce label={tc('factors_reset')} sure={tc('factors_reset_sure')} about={account.user} testId="reset-factors" onSure={() => run(() => resetFactors(account.id))} />
      )}
      {account.id !== me.id && <Offboard account={account} run={run} />}
    </div>
  );
}

function AccountState({ account }: { account: Account }): JSX.Element {
  const { offboarded_at, ends_at, locked } = account;
  if (offboarded_at !== null) return <Status tone="off">{tc('account_ended', { time: instant(offboarded_at) })}</Status>;
  if (locked) return <Status tone="bad">{tc('account_locked')}</Status>;
  if (ends_at !== null) return <Status tone="warn">{tc('account_ends', { time: instant(ends_at) })}</Status>;
  return <Status tone="good">{tc('account_active')}</Status>;
}

/** Another role ends all sessions, so it is asked once. */
function RoleChoice({ account, run }: Omit<RowProps, 'me'>): JSX.Element {
  const [role, choose] = useState(account.role);
  return (
    <div class="role-choice">
      <Select bare label={tc('role_of', { name: account.user })} value={role} options={roleOptions()} onValue={(next) => choose(next)} testId="role" />
      {role !== account.role && (
        <AskOnce label={tc('role_change')} sure={tc('role_change_sure')} about={account.user} testId="role-change" onSure={() => run(() => setRole(account.id, role))} />
      )}
    </div>
  );
}

/** Now, or at an instant to come; a new instant replaces the old one. */
function Offboard({ account, run }: Omit<RowProps, 'me'>): JSX.Element {
  const [open, setOpen] = useState(false);
  const [when, setWhen] = useState('');
  if (!open) {
    return (
      <button type="button" class="button compact" data-testid="offboard-open" aria-label={tc('offboard_of', { name: account.user })} onClick={() => setOpen(true)}>
        {tc('offboard')}
      </button>
    );
  }
  const at = fromLocalInput(when);
  const end = (): void => {
    setOpen(false);
    run(() => offboard(account.id, at));
  };
  const label = at === null ? tc('offboard_now') : tc('offboard_at');
  const sure = at === null ? tc('offboard_now_sure') : tc('offboard_at_sure', { time: instant(at) });
  return (
    <div class="offboard" onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}>
      <Field label={tc('offboard_when')} hint={tc('offboard_hint', { zone: zoneName() })} type="datetime-local" value={when} onValue={setWhen} testId="offboard-when" autoFocus />
      <div class="account-actions">
        <AskOnce key={label} label={label} sure={sure} about={account.user} testId="offboard" onSure={end} />
        <button type="button" class="button plain compact" onClick={() => setOpen(false)}>
          {tc('form_cancel')}
        </button>
      </div>
    </div>
  );
}
