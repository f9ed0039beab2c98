/** An identity provider that nobody here wrote (npm `oidc-provider`, certified for OpenID Connect), with a page to sign in at. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import Provider from 'oidc-provider';
import { certificate } from './certificate.ts';

export const CLIENT = { id: 'vitrine', secret: 'a secret of the two' };

export interface IdentityProvider {
  issuer: string;
  /** File with what vouches for it. */
  ca: string;
  /** Where its browsers are sent back to. */
  returnTo(address: string): void;
  close(): void;
}

const PAGE = `<!doctype html><title>Sign in</title><form method="post">
  <label>Name <input name="user"></label> <button name="amr" value="pwd">By password</button> <button name="amr" value="pwd mfa">By password and key</button>
</form>`;

export async function identityProvider(folder: string): Promise<IdentityProvider> {
  const { certificate: ca, key } = certificate(folder, 'provider');
  let answer: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) => response.end();
  const server = createServer({ cert: readFileSync(ca), key: readFileSync(key) }, (request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `https://localhost:${(server.address() as { port: number }).port}`;
  const returnTo = (address: string): void => {
    const provider = new Provider(issuer, {
      clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [address] }],
      // As it comes, but for who there is: the name is told when it is asked for and does not stand in the token.
      claims: { openid: ['sub', 'amr', 'acr'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, preferred_username: sub.replace('person of ', '') }) }),
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      cookies: { keys: ['only for a test'] },
    });
    const asked = provider.callback();
    answer = (request, response) => (request.url?.startsWith('/interaction/') ? signIn(provider, request, response) : asked(request, response));
  };
  return { issuer, ca, returnTo, close: () => void server.close() };
}

/** The page on which somebody says who they are, and what follows: what they may be told of is granted without being asked. */
async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'consent') {
    const grant = new provider.Grant({ accountId: session?.accountId, clientId: String(params['client_id']) });
    grant.addOIDCScope('openid profile email');
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  }
  if (request.method !== 'POST') return void response.setHeader('content-type', 'text/html').end(PAGE);
  const given = new URLSearchParams(await text(request));
  const login = { accountId: `person of ${given.get('user')}`, amr: given.get('amr')?.split(' ') ?? [] };
  return provider.interactionFinished(request, response, { login });
}
