import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { MARK_FIELDS, MARK_LAYOUTS, type MarkField, type MarkTemplate, type Project } from '../api/house';
import { asApiError, type ApiError } from '../api/http';
import { allowCleanHold, previewMark, setMark } from '../api/mark';
import { Field, Problem } from '../design/Field';
import { Select } from '../design/Select';
import { tc } from '../messages/console';
import { fieldProblem, problemOf } from './remote';

interface MarkProps {
  project: Project;
  run(action: () => Promise<unknown>): void;
  onRefused(error: unknown): void;
}

const SIZES = { min: 16, max: 60 } as const;
const OPACITIES = { min: 20, max: 70 } as const;
/** A preview is asked for when nothing has changed for this long. */
const REST_MS = 250;

/** What the visible marks of a project show, with a picture of it by the server's own renderer. */
export function MarkPanel({ project, run, onRefused }: MarkProps): JSX.Element {
  const [mark, setDraft] = useState<MarkTemplate>(project.mark);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [open, setOpen] = useState(false);
  const change = (part: Partial<MarkTemplate>): void => setDraft({ ...mark, ...part });
  const failed = (error: unknown): void => {
    onRefused(error);
    setRefusal(asApiError(error));
  };
  const save = (): void => {
    setRefusal(null);
    setMark(project.id, mark).then(() => run(() => Promise.resolve()), failed);
  };
  const changed = JSON.stringify(mark) !== JSON.stringify(project.mark);
  return (
    <section class="mark" data-testid="mark">
      <h3 class="legend">{tc('mark')}</h3>
      <p class="quiet small">{summary(project.mark)}</p>
      {!open && (
        <button type="button" class="button compact" data-testid="mark-edit" onClick={() => setOpen(true)}>
          {tc('mark_edit')}
        </button>
      )}
      {open && (
        <>
          <FieldList mark={mark} change={change} />
          <Problem text={fieldProblem(refusal, 'fields')} />
          {mark.fields.includes('company') && <Field label={tc('mark_field_company')} value={mark.company} maxLength={60} problem={fieldProblem(refusal, 'company')} testId="mark-company" onValue={(company) => change({ company })} />}
          {mark.fields.includes('text') && <Field label={tc('mark_field_text')} value={mark.text} maxLength={60} problem={fieldProblem(refusal, 'text')} testId="mark-text" onValue={(text) => change({ text })} />}
          <Select label={tc('mark_layout')} value={mark.layout} options={MARK_LAYOUTS.map((layout) => [layout, tc(`mark_layout_${layout}`)] as const)} hint={tc(`mark_layout_${mark.layout}_why`)} testId="mark-layout" onValue={(layout) => change({ layout })} />
          <Slider label={tc('mark_size', { size: (mark.size / 10).toFixed(1) })} value={mark.size} {...SIZES} testId="mark-size" onValue={(size) => change({ size })} />
          <Slider label={tc('mark_opacity', { opacity: mark.opacity })} value={mark.opacity} {...OPACITIES} testId="mark-opacity" onValue={(opacity) => change({ opacity })} />
          <Preview project={project.id} mark={mark} onFailed={setRefusal} />
          <Problem text={refusal !== null && refusal.field === null ? problemOf(refusal) : null} />
          <p class="hint">{tc('mark_save_hint')}</p>
          <button type="button" class="button primary compact" data-testid="mark-save" disabled={!changed} onClick={save}>
            {tc('mark_save')}
          </button>
        </>
      )}
      <CleanHold project={project} run={run} />
    </section>
  );
}

function summary({ layout, fields }: MarkTemplate): string {
  return `${tc(`mark_layout_${layout}`)} · ${fields.map((field) => tc(`mark_field_${field}`)).join(', ')}`;
}

interface DraftProps {
  mark: MarkTemplate;
  change(part: Partial<MarkTemplate>): void;
}

/** The fields that are said, in their order, and those that are not. */
function FieldList({ mark: { fields }, change }: DraftProps): JSX.Element {
  const off = MARK_FIELDS.filter((field) => !fields.includes(field));
  const toggle = (field: MarkField, on: boolean): void =>
    change({ fields: on ? [...fields, field] : fields.filter((other) => other !== field) });
  const up = (at: number): void => {
    const moved = [...fields];
    moved.splice(at - 1, 0, ...moved.splice(at, 1));
    change({ fields: moved });
  };
  return (
    <fieldset class="mark-fields">
      <legend class="legend">{tc('mark_fields')}</legend>
      {[...fields, ...off].map((field, at) => (
        <div key={field} class="mark-field">
          <label>
            <input type="checkbox" checked={at < fields.length} disabled={field === 'code'} data-testid={`mark-field-${field}`} onChange={(event) => toggle(field, event.currentTarget.checked)} />
            {tc(`mark_field_${field}`)}
            {field === 'code' && <span class="quiet small"> {tc('mark_code_always')}</span>}
          </label>
          {at > 0 && at < fields.length && (
            <button type="button" class="button plain compact" aria-label={tc('mark_up', { field: tc(`mark_field_${field}`) })} onClick={() => up(at)}>
              ↑
            </button>
          )}
        </div>
      ))}
    </fieldset>
  );
}

interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  testId: string;
  onValue(value: number): void;
}

function Slider({ label, value, testId, onValue, ...range }: SliderProps): JSX.Element {
  return (
    <div class="field">
      <label>
        {label}
        <input type="range" class="scrub" {...range} value={value} data-testid={testId} onInput={(event) => onValue(Number(event.currentTarget.value))} />
      </label>
    </div>
  );
}

interface PreviewProps {
  project: string;
  mark: MarkTemplate;
  onFailed(refusal: ApiError | null): void;
}

/** The last picture stays until the next one is there. */
function Preview({ project, mark, onFailed }: PreviewProps): JSX.Element {
  const [url, setUrl] = useState<string | null>(null);
  const wanted = JSON.stringify(mark);
  useEffect(() => {
    let current = true;
    const timer = window.setTimeout(() => {
      previewMark(project, mark).then(
        (picture) => {
          if (!current) return;
          onFailed(null);
          setUrl(URL.createObjectURL(picture));
        },
        (error: unknown) => current && onFailed(asApiError(error)),
      );
    }, REST_MS);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [project, wanted]);
  useEffect(() => (url === null ? undefined : () => URL.revokeObjectURL(url)), [url]);
  return <figure class="mark-preview">{url !== null && <img src={url} alt={tc('mark_preview')} data-testid="mark-preview" width={1280} height={720} />}</figure>;
}

function CleanHold({ project, run }: Pick<MarkProps, 'project' | 'run'>): JSX.Element {
  const restricted = project.classification === 'restricted';
  return (
    <div class="field">
      <label class="check">
        <input type="checkbox" checked={project.clean_hold && !restricted} disabled={restricted} data-testid="clean-hold-allow" onChange={(event) => run(() => allowCleanHold(project.id, event.currentTarget.checked))} />
        {tc('clean_hold_allow')}
      </label>
      <p class="hint">{tc('clean_hold_never')}</p>
    </div>
  );
}
