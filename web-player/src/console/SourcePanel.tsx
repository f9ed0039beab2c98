import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { declareColor } from '../api/account';
import type { InputColor, Review, Source } from '../api/types';
import { tc } from '../messages/console';
import { inOurWords } from '../messages/server';
import { span } from '../messages/time';
import { CleanHoldPanel } from './CleanHoldPanel';
import { ALL_COLORS, ColorSelect, colorName } from './ColorChoice';
import { LookPanel } from './LookPanel';
import { Facts, Panel, Status } from './Panel';
import type { Commands } from './ReviewPage';
import { SourceList, specText } from './SourceList';
import { TransportPanel } from './TransportPanel';

const TONES = { live: 'good', waiting: 'warn', idle: 'off', lost: 'bad' } as const;

function formatText({ width, height, rate, description }: Source): string {
  const parts: string[] = [];
  if (width && height) parts.push(`${width}x${height}`);
  if (rate) parts.push(`${Number((rate.num / rate.den).toFixed(3))} fps${rate.drop_frame ? ' DF' : ''}`);
  if (description) parts.push(inOurWords(description));
  return parts.length > 0 ? parts.join(' · ') : '–';
}

export function SourcePanel({ review, commands }: { review: Review; commands: Commands }): JSX.Element {
  const { source } = review;
  const open = review.state !== 'ended';
  return (
    <>
      <Panel title={tc('source')}>
        {open && (
          <p>
            <Status tone={TONES[source.state]}>{tc(`source_${source.state}`)}</Status>
          </p>
        )}
        {open && source.reason && <p class="small">{inOurWords(source.reason)}</p>}
        <Facts
          rows={[
            [tc('source'), specText(review.source_spec)],
            [tc('format'), formatText(source)],
            [tc('window'), span(review.starts_at, review.ends_at)],
          ]}
        />
      </Panel>
      {open && <SourceList review={review} commands={commands} />}
      {open && <TransportPanel review={review} commands={commands} />}
      <CleanHoldPanel review={review} commands={commands} />
      <ColorPanel review={review} commands={commands} open={open} />
      {open && <LookPanel review={review} commands={commands} />}
    </>
  );
}

interface ColorPanelProps {
  review: Review;
  commands: Commands;
  open: boolean;
}

function ColorPanel({ review, commands, open }: ColorPanelProps): JSX.Element {
  const { source } = review;
  const trust = source.color_trust;
  const unverified = trust === 'unverified' && open;
  return (
    <Panel title={tc('color')}>
      {unverified && (
        <div class="warning" role="alert" data-testid="unverified-color">
          <strong>{tc('trust_unverified')}</strong>
          <p>{tc('trust_unverified_text')}</p>
        </div>
      )}
      {!unverified && (
        <div>
          <p>
            {colorName(review.input_color)}
            {trust && trust !== 'unverified' && <span class="quiet"> · {tc(`trust_${trust}`)}</span>}
          </p>
          {source.color && <p class="quiet small figures">{inOurWords(source.color)}</p>}
        </div>
      )}
      {open && <Declare review={review} commands={commands} />}
    </Panel>
  );
}

function Declare({ review, commands: { feed, run } }: { review: Review; commands: Commands }): JSX.Element {
  const [color, setColor] = useState<InputColor>(review.input_color === 'from-tags' ? 'bt1886' : review.input_color);
  const declare = (): void => run(async () => feed.put(await declareColor(review.id, color)));
  return (
    <div class="declare">
      <div class="field">
        <ColorSelect colors={ALL_COLORS} value={color} onValue={setColor} />
      </div>
      <button type="button" class="button compact" disabled={color === review.input_color && review.source.color_trust !== 'unverified'} onClick={declare}>
        {tc('declare')}
      </button>
    </div>
  );
}
