import type { JSX } from 'preact';
import { listTold, testTarget } from '../api/record';
import type { Delivery, Told } from '../api/house';
import { tc } from '../messages/console';
import { instant } from '../messages/time';
import { Panel, Status } from './Panel';
import { useRemote } from './remote';

const TONES = { waiting: 'warn', delivered: 'good', given_up: 'bad' } as const;

/** What the house was told of, and whether it arrived. */
export function NotificationsPanel({ onRefused }: { onRefused(error: unknown): void }): JSX.Element {
  const { value, problem, run, read } = useRemote(listTold, onRefused);
  return (
    <Panel
      title={tc('told')}
      aside={
        <button type="button" class="button plain compact" onClick={read}>
          {tc('told_again')}
        </button>
      }
    >
      {problem !== null && <p class="problem">{problem}</p>}
      {value?.targets.length === 0 && <p class="quiet">{tc('told_nowhere')}</p>}
      {value !== null && value.targets.length > 0 && (
        <ul class="rows" data-testid="targets">
          {value.targets.map((target) => (
            <li key={target} class="row">
              <span>{target}</span>
              <button type="button" class="button compact" data-testid="target-test" aria-label={tc('told_test_of', { name: target })} onClick={() => run(() => testTarget(target))}>
                {tc('told_test')}
              </button>
            </li>
          ))}
        </ul>
      )}
      {value?.notifications.length === 0 && <p class="quiet">{tc('told_none')}</p>}
      <ul class="rows told" data-testid="told">
        {value?.notifications.map((told) => (
          <ToldItem key={told.id} told={told} />
        ))}
      </ul>
    </Panel>
  );
}

function ToldItem({ told }: { told: Told }): JSX.Element {
  return (
    <li>
      <p>{told.subject}</p>
      <p class="quiet small figures parts">
        <span>{instant(told.at)}</span>
        {told.network !== null && <span>{told.network}</span>}
        {told.deliveries.map((delivery) => (
          <DeliveryState key={delivery.target} delivery={delivery} />
        ))}
      </p>
    </li>
  );
}

function DeliveryState({ delivery }: { delivery: Delivery }): JSX.Element {
  const { target, state, tries, next_at, error } = delivery;
  const again = state === 'waiting' && next_at !== null ? tc('told_waiting', { tries, time: instant(next_at) }) : tc(`told_${state}`);
  return (
    <span title={error ?? undefined}>
      <Status tone={TONES[state]}>
        {target}: {again}
        {error !== null && state !== 'delivered' && ` (${error})`}
      </Status>
    </span>
  );
}
