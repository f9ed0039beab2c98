import type { JSX } from 'preact';
import type { Comment, Link, TargetColor, Viewer } from '../api/types';
import { serverNow } from '../api/http';
import { Icon } from '../design/Icon';
import { AskOnce } from '../design/AskOnce';
import { t } from '../messages';
import { tc } from '../messages/console';
import { duration, timeOfDay } from '../messages/time';
import { pictureParts, readableCipher } from '../room/facts';
import { noteText } from '../room/notes';
import { probeFigures } from '../room/probe';
import { canRevoke } from './LinksPanel';
import { Panel, Status } from './Panel';
import { ProofLine } from './ProofLine';

interface ViewersProps {
  viewers: Viewer[];
  links: Link[];
  comments: readonly Comment[];
  onAdmit(viewerId: string): void;
  onDeny(viewerId: string): void;
  onRemove(viewerId: string): void;
  onRevoke(linkId: string): void;
  onMute(viewerId: string, muted: boolean): void;
  onLowerHand(viewerId: string): void;
  onTarget(viewerId: string, target: TargetColor | null): void;
}

const ORDER = { waiting: 0, watching: 1, joined: 2, ended: 3 } as const;

/** One row each: who waits at the door first, then who is here. */
export function ViewersPanel({ viewers, links, comments, ...actions }: ViewersProps): JSX.Element {
  const sorted = [...viewers].sort((a, b) => ORDER[a.state] - ORDER[b.state] || b.joined_at.localeCompare(a.joined_at));
  const here = viewers.filter((viewer) => viewer.state !== 'ended').length;
  const hands = viewers.filter((viewer) => viewer.hand_at !== null).length;
  return (
    <Panel title={tc('viewers')} grow aside={<span class="quiet small figures">{hands > 0 ? `${here} · ${tc('v_hands', { count: hands })}` : here || ''}</span>}>
      <table class="table viewers" data-testid="viewers">
        <thead>
          <tr>
            <th scope="col">{tc('v_who')}</th>
            <th scope="col">{tc('v_picture')}</th>
            <th scope="col">{tc('v_state')}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((viewer) => (
            <Row key={viewer.id} viewer={viewer} link={links.find(({ id }) => id === viewer.link_id)} said={comments.filter(({ link_id, deleted }) => link_id === viewer.link_id && !deleted)} {...actions} />
          ))}
          {sorted.length === 0 && (
            <tr>
              <td colSpan={3} class="quiet">
                {tc('viewers_none')}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </Panel>
  );
}

interface RowProps extends Omit<ViewersProps, 'viewers' | 'links' | 'comments'> {
  viewer: Viewer;
  /** Their comments, oldest first. */
  said: readonly Comment[];
  link: Link | undefined;
}

function Row({ viewer, link, said, ...actions }: RowProps): JSX.Element {
  return (
    <tr data-state={viewer.state} data-viewer={viewer.id}>
      <td>
        <p>
          {viewer.name} {viewer.house && <span class="tag small">{tc('v_house')}</span>}
        </p>
        <p class="quiet small">{viewer.email}</p>
        <p class="quiet small figures" title={viewer.browser}>
          {viewer.ip} · {viewer.session_code}
        </p>
        <p class="quiet small browser">{viewer.browser}</p>
      </td>
      <td>
        <PictureCell viewer={viewer} />
        {(viewer.state === 'watching' || viewer.state === 'joined') && <TargetChoice viewer={viewer} onTarget={actions.onTarget} />}
        <ProofLine proof={viewer.proof} />
        <DisplayLine display={viewer.display} at={viewer.display_at} />
        <ProbeLine probe={viewer.probe} at={viewer.probe_at} />
      </td>
      <td class="viewer-state">
        <StateCell viewer={viewer} />
        <Said said={said} />
        {viewer.hand_at !== null && <Hand viewer={viewer} onLowerHand={actions.onLowerHand} />}
        {viewer.state !== 'ended' && <Actions viewer={viewer} link={link} {...actions} />}
      </td>
    </tr>
  );
}

/** How much they said, and when last. */
function Said({ said }: Pick<RowProps, 'said'>): JSX.Element | null {
  const last = said.at(-1);
  if (!last) return null;
  return (
    <p class="quiet small figures" data-testid="said">
      {tc('v_said', { count: said.length, time: timeOfDay(last.created_at) })}
    </p>
  );
}

/** Who wants to speak, and since when; one press takes the hand down. */
function Hand({ viewer: { id, name, hand_at }, onLowerHand }: Pick<RowProps, 'viewer' | 'onLowerHand'>): JSX.Element {
  return (
    <button type="button" class="button compact hand-up" aria-label={tc('v_hand_of', { name })} data-testid="lower-hand" onClick={() => onLowerHand(id)}>
      <Icon name="hand" />
      {tc('v_hand', { time: timeOfDay(hand_at ?? '') })}
    </button>
  );
}

/** Letting in needs no second thought; it can be taken back. Sending away asks once. */
function Actions({ viewer, link, onAdmit, onDeny, onRemove, onRevoke, onMute }: Omit<RowProps, 'said'>): JSX.Element {
  const { id, name, link_id, muted } = viewer;
  return (
    <div class="viewer-actions">
      {viewer.state === 'waiting' ? (
        <>
          <button type="button" class="button compact" aria-label={tc('v_admit_of', { name })} data-testid="admit" onClick={() => onAdmit(id)}>
            {tc('v_admit')}
          </button>
          <AskOnce label={tc('v_deny')} sure={tc('v_deny_sure')} about={tc('v_deny_of', { name })} testId="deny" onSure={() => onDeny(id)} />
        </>
      ) : (
        <>
        <button type="button" class="button compact" aria-pressed={muted} aria-label={tc(muted ? 'v_unmute_of' : 'v_mute_of', { name })} data-testid="mute" onClick={() => onMute(id, !muted)}>
          {tc(muted ? 'v_unmute' : 'v_mute')}
        </button>
        <AskOnce label={tc('remove')} sure={tc('remove_sure')} about={tc('remove_of', { name })} testId="remove" onSure={() => onRemove(id)} />
        </>
      )}
      {canRevoke(link) && (
        <AskOnce label={tc('revoke')} sure={tc('revoke_sure')} about={tc('revoke_of', { name })} testId="revoke" onSure={() => onRevoke(link_id)} />
      )}
    </div>
  );
}

/** The picture this person really gets: what is sent, and what their browser says it received. */
function PictureCell({ viewer }: { viewer: Viewer }): JSX.Element {
  const { picture } = viewer;
  if (!picture || viewer.state !== 'watching') return <span class="quiet">–</span>;
  const fps = viewer.frames_per_second === null ? '–' : viewer.frames_per_second.toFixed(1);
  return (
    <>
      <p>
        <Status tone={picture.reference ? 'good' : 'warn'}>{tc(picture.reference ? 'v_reference' : 'v_reduced')}</Status>
      </p>
      <p class="small figures parts">
        {pictureParts(picture).map((part) => (
          <span key={part}>{part} </span>
        ))}
      </p>
      {picture.note !== null && <p class="quiet small">{noteText(picture.note)}</p>}
      <p class="quiet small figures parts">
        <span>{tc('v_flow', { fps, dropped: viewer.frames_dropped ?? '–' })} </span>
        {viewer.loss_percent !== null && <span>{tc('v_loss', { percent: viewer.loss_percent.toFixed(1) })} </span>}
        {viewer.srtp_cipher !== null && <span>{readableCipher(viewer.srtp_cipher)}</span>}
      </p>
    </>
  );
}

/** The display they checked, and what they did not see on it. */
function DisplayLine({ display, at }: { display: Viewer['display']; at: string | null }): JSX.Element | null {
  if (!display) return null;
  const { gamut, hdr, depth_bits: bits, width, height } = display;
  const unseen = (['blacks', 'whites', 'greys', 'patches'] as const).filter((question) => !display[question]);
  const age = at === null ? [] : [tc('p_age', { age: duration(serverNow() - Date.parse(at)) })];
  const facts = [t(`display_gamut_${gamut}`), t(hdr ? 'display_hdr' : 'display_sdr'), `${bits}-bit`, `${width}x${height}`, ...age];
  return (
    <div class="small" data-testid="display-line">
      <Status tone={unseen.length === 0 ? 'good' : 'warn'}>
        {unseen.length === 0 ? tc('v_display_good') : tc('v_display_bad', { what: unseen.map((question) => tc(`v_${question}`)).join(', ') })}
      </Status>
      <p class="quiet figures">{facts.join(' · ')}</p>
    </div>
  );
}

/** What a probe measured on their display. A file says nothing of whose display it was. */
function ProbeLine({ probe, at }: { probe: Viewer['probe']; at: string | null }): JSX.Element | null {
  if (!probe || at === null) return null;
  const age = tc('p_age', { age: duration(serverNow() - Date.parse(at)) });
  const of = [probe.instrument, probe.created, `SHA-256 ${probe.sha256}`].filter((fact) => fact !== null);
  return (
    <p class="small figures parts" data-testid="probe-line" title={of.join('\n')}>
      {[`${tc('p_probe')}: ${probe.name}`, ...probeFigures(probe), age].map((figure) => (
        <span key={figure}>{figure} </span>
      ))}
    </p>
  );
}

const TARGETS = {
  srgb709: 'target_srgb709',
  reference709: 'target_reference709',
  'display-p3': 'target_display_p3',
  hdr10: 'target_hdr10',
  hlg: 'target_hlg',
} as const satisfies Record<TargetColor, string>;

/** In which colour they are sent the picture; it changes under way. */
function TargetChoice({ viewer, onTarget }: Pick<RowProps, 'viewer' | 'onTarget'>): JSX.Element {
  const choose = (value: string): void => onTarget(viewer.id, value === '' ? null : (value as TargetColor));
  return (
    <select
      class="compact"
      aria-label={tc('v_target_of', { name: viewer.name })}
      title={tc('v_target')}
      data-testid="target"
      value={viewer.target ?? ''}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">{tc('target_auto')}</option>
      {Object.entries(TARGETS).map(([target, key]) => (
        <option key={target} value={target}>
          {tc(key)}
        </option>
      ))}
    </select>
  );
}

function StateCell({ viewer }: { viewer: Viewer }): JSX.Element {
  const tone = { waiting: 'warn', watching: 'good', joined: 'warn', ended: 'off' } as const;
  return (
    <>
      <p>
        <Status tone={tone[viewer.state]}>{tc(viewer.state === 'watching' && !viewer.looking ? 'v_away' : `v_${viewer.state}`)}</Status>
      </p>
      <p class="quiet small figures">
        {viewer.ended_reason ? tc(`r_${viewer.ended_reason}`) : timeOfDay(viewer.joined_at)}
      </p>
    </>
  );
}
