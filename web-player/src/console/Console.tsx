import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { listReviews } from '../api/account';
import { watchAttendance } from '../api/attendance';
import { asApiError } from '../api/http';
import { getMe, signOut } from '../api/session';
import type { Me } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { DuePage } from './DuePage';
import { LogPage } from './LogPage';
import { NewReviewPage } from './NewReviewPage';
import { PeoplePage } from './PeoplePage';
import { ProjectsPage } from './ProjectsPage';
import { RecordPage } from './RecordPage';
import { ProofPage } from './ProofPage';
import { ReviewPage } from './ReviewPage';
import { ReviewsPage } from './ReviewsPage';
import { RoleContext } from './role';
import { go, useRoute } from './route';
import { SecurityPage } from './SecurityPage';
import { SignIn } from './SignIn';
import { TracePage } from './TracePage';
import './console.css';
import './house.css';

type Account = Me | 'unknown' | 'nobody' | 'signed_out';

/** With exactly one live review, that is what the person came for. */
async function openLiveReview(): Promise<void> {
  if (location.hash !== '') return;
  const live = (await listReviews()).filter((review) => review.state === 'live');
  if (live.length === 1 && live[0]) go({ at: 'review', id: live[0].id });
}

export function Console(): JSX.Element {
  const [account, setAccount] = useState<Account>('unknown');
  const look = (): void => {
    getMe().then(setAccount, () => setAccount('nobody'));
  };
  useEffect(() => watchAttendance(() => void getMe().catch(() => undefined)), []);
  useEffect(look, []);
  useEffect(() => {
    if (typeof account === 'object' && account.stage === 'open') openLiveReview().catch(() => undefined);
  }, [account]);
  if (account === 'unknown') return <p class="console-wait quiet">{t('loading')}</p>;
  if (typeof account === 'string') return <SignIn again={account === 'signed_out'} onSignedIn={setAccount} />;
  const leave = (): void => {
    signOut().finally(() => setAccount('nobody'));
  };
  if (account.stage !== 'open') return <DuePage key={account.stage} me={account} onDone={look} onSignOut={leave} />;
  // A session may also be due something again, e.g. its second factor; only the server knows.
  const refused = (): void => {
    getMe().then(setAccount, () => setAccount('signed_out'));
  };
  return <Desk me={account} onSignOut={leave} onSignedOut={refused} />;
}

/** Pages a role has something to do on; the server refuses the others. */
function pagesFor({ role }: Me): [Page, string][] {
  const house: Page[] = role === 'admin' || role === 'security-lead' ? ['people', 'record', 'trace'] : [];
  const pages: Page[] = ['reviews', 'log', 'projects', ...house, 'security'];
  return pages.map((page) => [page, page === 'reviews' ? '#/' : `#/${page}`]);
}

type Page = 'reviews' | 'log' | 'projects' | 'people' | 'record' | 'trace' | 'security';

interface DeskProps {
  me: Me;
  onSignOut(): void;
  onSignedOut(): void;
}

function Desk({ me, onSignOut, onSignedOut }: DeskProps): JSX.Element {
  const route = useRoute();
  const pages = useRef<HTMLElement>(null);
  useEffect(() => {
    pages.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [route.at]);
  // Any page may find that the account's time is over.
  const refused = (error: unknown): void => {
    if (asApiError(error).status === 401) onSignedOut();
  };
  return (
    <div class="console">
      <header class="console-top">
        <span class="wordmark">Vitrine</span>
        <nav ref={pages}>
          {pagesFor(me).map(([at, path]) => (
            <a key={at} class="button plain compact" href={path} aria-current={route.at === at ? 'page' : undefined}>
              {tc(at)}
            </a>
          ))}
        </nav>
        <span class="quiet small" data-testid="policy" data-profile={me.profile}>
          {tc(`policy_${me.profile}`)}
        </span>
        <span class="quiet small">{me.user}</span>
        <button type="button" class="button plain compact" onClick={onSignOut}>
          {tc('sign_out')}
        </button>
      </header>
      {route.at === 'reviews' && <ReviewsPage onRefused={refused} />}
      {route.at === 'new' && <NewReviewPage onRefused={refused} />}
      {route.at === 'log' && <LogPage onRefused={refused} />}
      {route.at === 'projects' && <ProjectsPage me={me} onRefused={refused} />}
      {route.at === 'people' && <PeoplePage me={me} onRefused={refused} />}
      {route.at === 'record' && <RecordPage key={route.review} review={route.review} onRefused={refused} />}
      {route.at === 'trace' && <TracePage onRefused={refused} />}
      {route.at === 'security' && <SecurityPage me={me} onRefused={refused} />}
      {route.at === 'proof' && <ProofPage key={route.id} id={route.id} onRefused={refused} />}
      {route.at === 'review' && (
        <RoleContext.Provider value={me.role}>
          <ReviewPage key={route.id} id={route.id} me={me} onRefused={refused} />
        </RoleContext.Provider>
      )}
    </div>
  );
}
