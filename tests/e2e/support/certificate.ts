/** A certificate for `localhost` that vouches for itself, in a folder. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export function certificate(folder: string, name: string): { certificate: string; key: string } {
  const [made, key] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'];
  const pair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...pair, '-keyout', key, '-out', made, ...names], { stdio: 'ignore' });
  return { certificate: made, key };
}
