import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Project } from '../api/house';
import { asApiError, type ApiError } from '../api/http';
import { addMember, classify, networksIn, removeMember, setNetworks } from '../api/people';
import type { Me } from '../api/types';
import { AskOnce } from '../design/AskOnce';
import { Field } from '../design/Field';
import { Select } from '../design/Select';
import { tc } from '../messages/console';
import { DigestPart } from './DigestPart';
import { MarkPanel } from './MarkPanel';
import type { House } from './ProjectsPage';
import { problemOf } from './remote';
import { RevokeProject } from './RevokePart';
import { classOptions } from './words';

interface ItemProps {
  me: Me;
  project: Project;
  house: House;
  run(action: () => Promise<unknown>): void;
  onRefused(error: unknown): void;
}

/** A project as one line that opens. */
export function ProjectItem(props: ItemProps): JSX.Element {
  const { me, project, run } = props;
  const classifies = me.role === 'admin' || me.role === 'security-lead';
  const networks = project.networks.length === 0 ? tc('networks_any') : project.networks.join(', ');
  return (
    <li data-project={project.name}>
      <details class="project">
        <summary>
          <span class="project-name">{project.name}</span>
          <span class="stage-word">{tc(`class_${project.classification}`)}</span>
          <span class="quiet small">{tc('members_count', { count: project.members.length })}</span>
          <span class="quiet small figures">{networks}</span>
        </summary>
        <div class="project-parts">
          {classifies ? <Classify {...props} /> : <p class="hint">{tc(`class_${project.classification}_why`)}</p>}
          {classifies && <NetworksForm key={project.networks.join()} {...props} />}
          {classifies && <MarkPanel key={JSON.stringify(project.mark)} project={project} run={run} onRefused={props.onRefused} />}
          <Members {...props} />
          <RevokeProject project={project} onRefused={props.onRefused} />
          {me.role !== 'security-lead' && <DigestPart project={project} digests={props.house.digests} run={run} onRefused={props.onRefused} />}
        </div>
      </details>
    </li>
  );
}

function Classify({ project, run }: ItemProps): JSX.Element {
  const [next, choose] = useState(project.classification);
  return (
    <section>
      <Select label={tc('classification')} value={next} options={classOptions()} onValue={(to) => choose(to)} hint={tc(`class_${next}_why`)} testId="classification" />
      {next !== project.classification && (
        <>
          {next === 'restricted' && <p class="hint">{tc('class_links_lost')}</p>}
          <AskOnce label={tc('classify')} sure={tc('classify_sure')} about={project.name} testId="classify" onSure={() => run(() => classify(project.id, next))} />
        </>
      )}
    </section>
  );
}

/** Whoever watches from elsewhere is stopped at once, so it is asked. */
function NetworksForm({ project, run, onRefused }: ItemProps): JSX.Element {
  const [text, setText] = useState(project.networks.join(' '));
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const changed = networksIn(text).join() !== project.networks.join();
  const save = (): void => {
    setRefusal(null);
    setNetworks(project.id, networksIn(text)).then(
      () => run(() => Promise.resolve()),
      (error: unknown) => {
        onRefused(error);
        setRefusal(asApiError(error));
      },
    );
  };
  return (
    <section>
      <Field label={tc('f_networks')} hint={tc('f_networks_hint')} value={text} onValue={setText} problem={refusal && problemOf(refusal)} testId="networks" autocomplete="off" spellcheck={false} />
      {changed && <AskOnce label={tc('networks_save')} sure={tc('networks_save_sure')} about={project.name} testId="networks-save" onSure={save} />}
    </section>
  );
}

function Members({ me, project, house: { accounts }, run }: ItemProps): JSX.Element {
  const admin = me.role === 'admin';
  const free = accounts.filter((account) => account.offboarded_at === null && !project.members.some(({ id }) => id === account.id));
  const [chosen, choose] = useState('');
  const add = (): void => {
    choose('');
    run(() => addMember(project.id, chosen));
  };
  return (
    <section>
      <h3 class="legend">{tc('members')}</h3>
      {project.members.length === 0 && <p class="quiet">{tc('members_none')}</p>}
      <ul class="rows" data-testid="members">
        {project.members.map(({ id, user }) => (
          <li key={id} class="row">
            <span>{user}</span>
            {admin && <AskOnce label={tc('member_remove')} sure={tc('member_remove_sure')} about={user} testId="member-remove" onSure={() => run(() => removeMember(project.id, id))} />}
          </li>
        ))}
      </ul>
      {admin && free.length > 0 && (
        <div class="look-row">
          <Select
            bare
            label={tc('member_choose')}
            value={chosen}
            options={[['', tc('member_choose')], ...free.map(({ id, user }): [string, string] => [id, user])]}
            onValue={choose}
            testId="member-choose"
          />
          <button type="button" class="button compact" disabled={chosen === ''} data-testid="member-add" onClick={add}>
            {tc('member_add')}
          </button>
        </div>
      )}
    </section>
  );
}
