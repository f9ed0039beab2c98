import { useEffect, useState } from 'preact/hooks';

export type Route = { at: 'reviews' } | { at: 'new' } | { at: 'security' } | { at: 'review'; id: string };

export function routeOf(hash: string): Route {
  if (hash === '#/new') return { at: 'new' };
  if (hash === '#/security') return { at: 'security' };
  const id = /^#\/reviews\/([0-9a-zA-Z-]+)$/.exec(hash)?.[1];
  return id === undefined ? { at: 'reviews' } : { at: 'review', id };
}

export function go(route: Route): void {
  const paths = { reviews: '#/', new: '#/new', security: '#/security', review: `#/reviews/${route.at === 'review' ? route.id : ''}` };
  location.hash = paths[route.at];
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
