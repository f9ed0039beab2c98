import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { listDigests, type Digests } from '../api/digest';
import type { Account, Classification, Project } from '../api/house';
import { asApiError, type ApiError } from '../api/http';
import { createProject, listAccounts, listProjects } from '../api/people';
import type { Me } from '../api/types';
import { Field, Problem } from '../design/Field';
import { Select } from '../design/Select';
import { t } from '../messages';
import { tc } from '../messages/console';
import { Panel } from './Panel';
import { ProjectItem } from './ProjectItem';
import { fieldProblem, problemOf, useRemote } from './remote';
import { classOptions } from './words';

interface ProjectsProps {
  me: Me;
  onRefused(error: unknown): void;
}

export interface House {
  projects: Project[];
  /** Who can be made a member; empty for those who may not. */
  accounts: Account[];
  /** What goes to this account by e-mail. */
  digests: Digests;
}

export function ProjectsPage({ me, onRefused }: ProjectsProps): JSX.Element {
  const read = async (): Promise<House> => ({
    projects: await listProjects(),
    accounts: me.role === 'admin' ? await listAccounts() : [],
    digests: await listDigests(),
  });
  const house = useRemote(read, onRefused);
  const [adding, setAdding] = useState(false);
  const added = (): void => {
    setAdding(false);
    house.read();
  };
  return (
    <main class="page">
      <header class="page-head">
        <h1>{tc('projects')}</h1>
        {me.role === 'admin' && !adding && (
          <button type="button" class="button primary" data-testid="project-new" onClick={() => setAdding(true)}>
            {tc('project_new')}
          </button>
        )}
      </header>
      {adding && <NewProject onDone={added} onCancel={() => setAdding(false)} onRefused={onRefused} />}
      {house.problem !== null && <p class="problem">{house.problem}</p>}
      {house.value === null && house.problem === null && <p class="quiet">{t('loading')}</p>}
      {house.value?.projects.length === 0 && <p class="quiet">{tc('projects_none')}</p>}
      <ul class="rows projects" data-testid="projects">
        {house.value?.projects.map((project) => (
          <ProjectItem key={project.id} me={me} project={project} house={house.value as House} run={house.run} onRefused={onRefused} />
        ))}
      </ul>
    </main>
  );
}

interface NewProjectProps {
  onDone(): void;
  onCancel(): void;
  onRefused(error: unknown): void;
}

function NewProject({ onDone, onCancel, onRefused }: NewProjectProps): JSX.Element {
  const [name, setName] = useState('');
  const [classification, setClassification] = useState<Classification>('confidential');
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setRefusal(null);
    try {
      await createProject(name.trim(), classification);
      onDone();
    } catch (error) {
      onRefused(error);
      setRefusal(asApiError(error));
    }
  };
  return (
    <Panel title={tc('project_new')}>
      <form class="new-account" noValidate onSubmit={(event) => void submit(event)} onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
        <Field label={tc('f_name')} hint={tc('project_name_hint')} value={name} onValue={setName} problem={fieldProblem(refusal, 'name')} testId="project-name" autocomplete="off" autoFocus />
        <Select label={tc('classification')} value={classification} options={classOptions()} onValue={(next) => setClassification(next)} hint={tc(`class_${classification}_why`)} testId="project-class" />
        <footer>
          <Problem text={refusal !== null && refusal.field !== 'name' ? problemOf(refusal) : null} />
          <button type="submit" class="button primary" data-testid="project-create">
            {tc('project_create')}
          </button>
          <button type="button" class="button plain" onClick={onCancel}>
            {tc('form_cancel')}
          </button>
        </footer>
      </form>
    </Panel>
  );
}
