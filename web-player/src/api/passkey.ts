import { getJson, postJson, remove } from './http';
import type { Me, Passkey } from './types';

/** Passkeys: what the server asks, given to the browser's authenticators, and their answer. */

interface NewPasskeyOptions {
  challenge: string;
  party: string;
  user_id: string;
  user: string;
  algorithms: number[];
  known: string[];
}

interface PasskeyOptions {
  challenge: string;
  party: string;
  credentials: string[];
}

/** Whether this browser knows passkeys at all, with all that is asked of it here. */
export const passkeysWork = (): boolean =>
  typeof PublicKeyCredential === 'function' && 'getPublicKey' in AuthenticatorAttestationResponse.prototype;

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toText(bytes: ArrayBuffer | null): string {
  const binary = Array.from(new Uint8Array(bytes ?? new ArrayBuffer(0)), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

const named = (ids: string[]): PublicKeyCredentialDescriptor[] => ids.map((id) => ({ type: 'public-key', id: toBytes(id) }));

/** Makes a key with an authenticator of the person's choice; the recovery codes that came with the first factor. */
export async function addPasskey(name: string): Promise<string[]> {
  const options = await postJson<NewPasskeyOptions>('/api/passkeys/options');
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: toBytes(options.challenge),
      rp: { id: options.party, name: 'Vitrine' },
      user: { id: toBytes(options.user_id), name: options.user, displayName: options.user },
      pubKeyCredParams: options.algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: named(options.known),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      attestation: 'none',
    },
  });
  if (!(made instanceof PublicKeyCredential)) throw new Error('no passkey was made');
  const response = made.response as AuthenticatorAttestationResponse;
  const body = {
    name,
    client_data: toText(response.clientDataJSON),
    authenticator_data: toText(response.getAuthenticatorData()),
    public_key: toText(response.getPublicKey()),
    algorithm: response.getPublicKeyAlgorithm(),
  };
  return (await postJson<{ recovery_codes: string[] }>('/api/passkeys', body)).recovery_codes;
}

async function prove(options: PasskeyOptions, userVerification: UserVerificationRequirement): Promise<object> {
  const given = await navigator.credentials.get({
    publicKey: {
      challenge: toBytes(options.challenge),
      rpId: options.party,
      allowCredentials: named(options.credentials),
      userVerification,
    },
  });
  if (!(given instanceof PublicKeyCredential)) throw new Error('no passkey was given');
  const response = given.response as AuthenticatorAssertionResponse;
  return {
    credential: toText(given.rawId),
    client_data: toText(response.clientDataJSON),
    authenticator_data: toText(response.authenticatorData),
    signature: toText(response.signature),
  };
}

/** As the second factor, after the password. */
export async function givePasskey(): Promise<void> {
  const options = await postJson<PasskeyOptions>('/api/sign-in/passkey/options');
  await postJson('/api/sign-in/passkey', await prove(options, 'preferred'));
}

/** In the place of a password, where the house allows it: the authenticator asks who it is. */
export async function signInByPasskey(): Promise<Me> {
  const options = await postJson<PasskeyOptions>('/api/passkey-sign-in/options');
  return postJson('/api/passkey-sign-in', await prove(options, 'required'));
}

export const getFactors = (): Promise<{ totp: boolean; passkeys: number; recovery_codes: number }> => getJson('/api/factors');
export const listPasskeys = async (): Promise<Passkey[]> => (await getJson<{ passkeys: Passkey[] }>('/api/passkeys')).passkeys;
export const removePasskey = (id: string): Promise<void> => remove(`/api/passkeys/${encodeURIComponent(id)}`);
