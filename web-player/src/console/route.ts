import { useEffect, useState } from 'preact/hooks';

export type Route =
  | { at: 'reviews' | 'new' | 'log' | 'projects' | 'people' | 'trace' | 'security' }
  | { at: 'record'; review: string }
  | { at: 'review' | 'proof'; id: string };

const PAGES = ['new', 'log', 'projects', 'people', 'trace', 'security'] as const;

export function routeOf(hash: string): Route {
  const page = PAGES.find((name) => hash === `#/${name}`);
  if (page !== undefined) return { at: page };
  const record = /^#\/record(?:\?review=([0-9a-zA-Z-]+))?$/.exec(hash);
  if (record !== null) return { at: 'record', review: record[1] ?? '' };
  const proof = /^#\/reviews\/([0-9a-zA-Z-]+)\/proof$/.exec(hash)?.[1];
  if (proof !== undefined) return { at: 'proof', id: proof };
  const id = /^#\/reviews\/([0-9a-zA-Z-]+)$/.exec(hash)?.[1];
  return id === undefined ? { at: 'reviews' } : { at: 'review', id };
}

export function go(route: Route): void {
  if (route.at === 'review') location.hash = `#/reviews/${route.id}`;
  else if (route.at === 'proof') location.hash = `#/reviews/${route.id}/proof`;
  else if (route.at === 'record') location.hash = route.review === '' ? '#/record' : `#/record?review=${route.review}`;
  else location.hash = route.at === 'reviews' ? '#/' : `#/${route.at}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const changed = (): void => setRoute(routeOf(location.hash));
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  return route;
}
