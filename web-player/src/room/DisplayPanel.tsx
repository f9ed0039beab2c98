import type { CSSProperties, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { DisplayCheck, Probe, ProbeTarget } from '../api/types';
import { IconButton } from '../design/Icon';
import { t } from '../messages';
import { readDisplay, type DisplayFacts } from './display';
import { ProbeSection } from './ProbeSection';
import './display.css';

const QUESTIONS = ['blacks', 'whites', 'greys', 'patches'] as const;
type Question = (typeof QUESTIONS)[number];
type Answers = Partial<Record<Question, boolean>>;

interface PanelProps {
  keep(check: DisplayCheck): Promise<void>;
  /** Said when it was kept; before joining it is only remembered. */
  kept?: string;
  /** Takes a probe's file; without it there is nobody to take it yet. */
  probe?: (file: File, target: ProbeTarget) => Promise<Probe>;
  onClose(): void;
}

/** What the display says of itself, and what a person sees on it. */
export function DisplayPanel({ keep, kept = t('display_kept'), probe, onClose }: PanelProps): JSX.Element {
  const panel = useRef<HTMLDivElement>(null);
  const [facts] = useState(readDisplay);
  const [answers, setAnswers] = useState<Answers>({});
  const [said, setSaid] = useState<string | null>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  const { blacks, whites, greys, patches } = answers;
  const complete = blacks !== undefined && whites !== undefined && greys !== undefined && patches !== undefined;
  const done = (): void => {
    if (!complete) return;
    keep({ ...facts, blacks, whites, greys, patches })
      .then(() => setSaid(kept))
      .catch(() => setSaid(t('display_not_kept')));
  };
  return (
    <div
      class="help-cover"
      onClick={(event) => event.target === event.currentTarget && onClose()}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <div class="help display" role="dialog" aria-modal="true" aria-labelledby="display-title" tabIndex={-1} ref={panel} data-testid="display-check">
        <header>
          <h2 id="display-title">{t('display')}</h2>
          <IconButton icon="close" label={t('close')} onClick={onClose} />
        </header>
        <p class="quiet">{t('display_lead')}</p>
        <ul class="dashes small">
          <li>{t('tip_room')}</li>
          <li>{t('tip_night')}</li>
        </ul>
        <Facts facts={facts} />
        {QUESTIONS.map((question) => (
          <QuestionRow
            key={question}
            question={question}
            answer={answers[question]}
            onAnswer={(answer) => (setAnswers({ ...answers, [question]: answer }), setSaid(null))}
          />
        ))}
        {Object.values(answers).includes(false) && <p class="small">{t('display_advice')}</p>}
        <div class="display-foot">
          <button type="button" class="button primary" data-testid="display-done" disabled={!complete} onClick={done}>
            {t('display_done')}
          </button>
          <p class="small" role="status">
            {said}
          </p>
        </div>
        {probe && <ProbeSection send={probe} />}
      </div>
    </div>
  );
}

function Facts({ facts }: { facts: DisplayFacts }): JSX.Element {
  const rows: [string, string][] = [
    [t('display_gamut'), t(`display_gamut_${facts.gamut}`)],
    [t('display_range'), t(facts.hdr ? 'display_hdr' : 'display_sdr')],
    [t('display_depth'), t('display_bits', { bits: facts.depth_bits })],
    [t('display_size'), t('display_size_value', { width: facts.width, height: facts.height, scale: facts.scale_percent })],
  ];
  return (
    <section>
      <h3 class="legend">{t('display_facts')}</h3>
      <dl class="display-facts small figures">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt class="quiet">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface QuestionProps {
  question: Question;
  answer: boolean | undefined;
  onAnswer(answer: boolean): void;
}

function QuestionRow({ question, answer, onAnswer }: QuestionProps): JSX.Element {
  return (
    <fieldset class="display-question">
      <legend>{t(`display_${question}`)}</legend>
      <Chart question={question} />
      <div class="display-answers">
        {[true, false].map((value) => (
          <button
            key={String(value)}
            type="button"
            class="button compact"
            aria-pressed={answer === value}
            data-testid={`${question}-${value ? 'yes' : 'no'}`}
            onClick={() => onAnswer(value)}
          >
            {t(value ? 'display_yes' : 'display_no')}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

/** Code values, 8 bits. The first bar of black and of white is two codes from the ground, the last eight. */
const BARS: Readonly<Record<'blacks' | 'whites', readonly number[]>> = { blacks: [2, 5, 8], whites: [253, 250, 247] };
const GREYS = [0, 26, 51, 77, 102, 128, 153, 179, 204, 230, 255];
const PATCHES: readonly (readonly [outer: string, inner: string])[] = [
  ['rgb(255, 0, 0)', 'rgb(238, 0, 0)'],
  ['rgb(0, 255, 0)', 'rgb(0, 236, 0)'],
  ['rgb(0, 0, 255)', 'rgb(0, 0, 232)'],
];

const gray = (code: number): CSSProperties => ({ background: `rgb(${code}, ${code}, ${code})` });

function Chart({ question }: { question: Question }): JSX.Element {
  if (question === 'greys')
    return (
      <div class="chart" aria-hidden="true">
        {GREYS.map((code) => (
          <span key={code} style={gray(code)} />
        ))}
      </div>
    );
  if (question === 'patches')
    return (
      <div class="chart" aria-hidden="true">
        {PATCHES.map(([outer, inner]) => (
          <span key={outer} class="patch" style={{ background: outer }}>
            <i style={{ background: inner }} />
          </span>
        ))}
      </div>
    );
  return (
    <div class="chart bars" aria-hidden="true" style={gray(question === 'blacks' ? 0 : 255)}>
      {BARS[question].map((code) => (
        <span key={code} style={gray(code)} />
      ))}
    </div>
  );
}
