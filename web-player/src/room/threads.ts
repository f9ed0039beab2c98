/** What makes a list of comments a list of threads. */
export interface Threaded {
  id: string;
  parent_id: string | null;
  created_at: string;
  deleted: boolean;
}

export interface Thread<C extends Threaded> {
  first: C;
  answers: C[];
}

const byTime = (a: Threaded, b: Threaded): number => a.created_at.localeCompare(b.created_at);

/** Threads, oldest first. What was taken back is left out, unless others answer it: then its place stays. */
export function threadsOf<C extends Threaded>(comments: readonly C[]): Thread<C>[] {
  const answers = new Map<string, C[]>();
  for (const comment of comments) {
    if (comment.parent_id === null || comment.deleted) continue;
    const list = answers.get(comment.parent_id) ?? [];
    list.push(comment);
    answers.set(comment.parent_id, list);
  }
  return comments
    .filter((comment) => comment.parent_id === null && (!comment.deleted || answers.has(comment.id)))
    .sort(byTime)
    .map((first) => ({ first, answers: (answers.get(first.id) ?? []).sort(byTime) }));
}

/** Comments with one put in place: the newer of two states of it stays. */
export function withComment<C extends { id: string; revision: number }>(comments: readonly C[], comment: C): C[] {
  const known = comments.find(({ id }) => id === comment.id);
  if (!known) return [...comments, comment];
  return known.revision >= comment.revision ? [...comments] : comments.map((old) => (old === known ? comment : old));
}
