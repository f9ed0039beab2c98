import type { JSX } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { addLut, changeLook, listLuts, readConfiguration } from '../api/drive';
import type { Cdl, Grade, InputRange, LookChange, Lut, Review } from '../api/types';
import { tc } from '../messages/console';
import { base64Of, ConfigPart, isConfiguration, type ChosenConfiguration } from './ConfigPart';
import { Panel } from './Panel';
import type { Commands } from './ReviewPage';
import { RoleContext } from './role';
import { WipePart } from './WipePart';

const RANGES = { 'from-tags': 'range_from_tags', limited: 'range_limited', full: 'range_full' } as const;
const NEUTRAL: Cdl = { slope: [1, 1, 1], offset: [0, 0, 0], power: [1, 1, 1], saturation: 1 };
const CHANNELS = ['R', 'G', 'B'] as const;
const ROWS = [
  ['slope', 0, 10],
  ['offset', -2, 2],
  ['power', 0.05, 10],
] as const;

export function LookPanel({ review, commands: { feed, run } }: { review: Review; commands: Commands }): JSX.Element {
  const { grade, range } = review.look;
  const role = useContext(RoleContext);
  const lutsAreTheirs = role === 'admin' || role === 'colourist';
  const [luts, setLuts] = useState<readonly Lut[] | null>(null);
  const read = async (): Promise<void> => setLuts(await listLuts());
  useEffect(() => {
    if (lutsAreTheirs) run(read);
  }, []);
  const change = (what: LookChange): void => run(async () => feed.put(await changeLook(review.id, what)));
  return (
    <Panel title={tc('look')}>
      {lutsAreTheirs ? <LutChoice grade={grade} luts={luts ?? []} read={read} change={change} run={run} /> : <p>{grade.lut_name ?? tc('f_look_none')}</p>}
      <CdlNumbers cdl={grade.cdl ?? NEUTRAL} change={(cdl) => change({ grade: { cdl } })} />
      <WipePart look={review.look} luts={luts} change={change} />
      <div class="field">
        <label>
          {tc('range')}
          <select value={range} onChange={(event) => change({ range: event.currentTarget.value as InputRange })}>
            {(Object.keys(RANGES) as InputRange[]).map((each) => (
              <option key={each} value={each}>
                {tc(RANGES[each])}
              </option>
            ))}
          </select>
        </label>
      </div>
    </Panel>
  );
}

interface LutChoiceProps {
  grade: Grade;
  luts: readonly Lut[];
  read(): Promise<void>;
  change(what: LookChange): void;
  run: Commands['run'];
}

/** A LUT of the house's library, or one more for it: a LUT file, or a view of an OpenColorIO configuration. */
function LutChoice({ grade, luts, read, change, run }: LutChoiceProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<ChosenConfiguration | null>(null);
  const put = async (lut: Lut): Promise<void> => {
    await read();
    change({ grade: { lut: lut.id, lut_off: false } });
  };
  const viewAdded = (lut: Lut): void => {
    setChosen(null);
    run(() => put(lut));
  };
  const add = (): void =>
    run(async () => {
      const file = input.current?.files?.[0];
      if (!file) return;
      if (isConfiguration(file.name)) {
        const config = await base64Of(file);
        setChosen({ name: file.name, config, offered: await readConfiguration(config) });
      } else {
        await put(await addLut(file.name, await file.text()));
      }
      if (input.current) input.current.value = '';
    });
  const shown = luts.find((lut) => lut.name === grade.lut_name)?.id ?? (grade.lut_name === null ? '' : 'own');
  return (
    <div class="field">
      <label>
        {tc('f_look')}
        <select value={shown} onChange={(event) => change({ grade: { lut: event.currentTarget.value || null, lut_off: false } })}>
          <option value="">{tc('f_look_none')}</option>
          {shown === 'own' && (
            <option value="own" disabled>
              {grade.lut_name}
            </option>
          )}
          {luts.map((lut) => (
            <option key={lut.id} value={lut.id}>
              {lut.name}
            </option>
          ))}
        </select>
      </label>
      <div class="deck">
        <button type="button" class="button compact" disabled={grade.lut_name === null} aria-pressed={!grade.lut_off} onClick={() => change({ grade: { lut_off: !grade.lut_off } })}>
          {grade.lut_off ? tc('lut_on') : tc('lut_off')}
        </button>
        <button type="button" class="button plain compact" onClick={() => input.current?.click()}>
          {tc('lut_add')}
        </button>
      </div>
      <input ref={input} class="hidden-text" type="file" tabIndex={-1} aria-label={tc('lut_add')} onChange={add} />
      {chosen && <ConfigPart key={chosen.config} chosen={chosen} onAdded={viewAdded} onCancel={() => setChosen(null)} />}
    </div>
  );
}

const replaced = (three: Cdl['slope'], index: number, value: number): Cdl['slope'] =>
  three.map((old, at) => (at === index ? value : old)) as Cdl['slope'];

function CdlNumbers({ cdl, change }: { cdl: Cdl; change(cdl: Cdl | null): void }): JSX.Element {
  return (
    <fieldset class="cdl figures">
      <legend class="legend">CDL</legend>
      {ROWS.map(([name, least, most]) => (
        <div key={name} class="cdl-row">
          <span class="quiet small">{tc(`cdl_${name}`)}</span>
          {CHANNELS.map((channel, index) => (
            <Figure
              key={channel}
              label={`${tc(`cdl_${name}`)} ${channel}`}
              value={cdl[name][index] ?? 0}
              least={least}
              most={most}
              onValue={(value) => change({ ...cdl, [name]: replaced(cdl[name], index, value) })}
            />
          ))}
        </div>
      ))}
      <div class="cdl-row">
        <span class="quiet small">{tc('cdl_saturation')}</span>
        <Figure label={tc('cdl_saturation')} value={cdl.saturation} least={0} most={4} onValue={(saturation) => change({ ...cdl, saturation })} />
        <button type="button" class="button plain compact" onClick={() => change(null)}>
          {tc('cdl_reset')}
        </button>
      </div>
    </fieldset>
  );
}

interface FigureProps {
  label: string;
  value: number;
  least: number;
  most: number;
  onValue(value: number): void;
}

function Figure({ label, value, least, most, onValue }: FigureProps): JSX.Element {
  const take = (text: string): void => {
    const typed = Number(text);
    if (text.trim() !== '' && typed >= least && typed <= most && typed !== value) onValue(typed);
  };
  return <input type="number" aria-label={label} min={least} max={most} step={0.01} value={value} onChange={(event) => take(event.currentTarget.value)} />;
}
