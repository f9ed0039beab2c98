/** A mail server that takes everything and keeps nothing, by TLS from the first byte, with a certificate of its own. */
import { readFileSync } from 'node:fs';
import { createServer, type TLSSocket } from 'node:tls';
import { certificate } from './certificate.ts';

export interface Mailbox {
  port: number;
  /** File with what vouches for it. */
  ca: string;
  close(): void;
}

export async function mailbox(folder: string): Promise<Mailbox> {
  const { certificate: ca, key } = certificate(folder, 'mail');
  const server = createServer({ cert: readFileSync(ca), key: readFileSync(key) }, converse);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return { port, ca, close: () => void server.close() };
}

/** As much SMTP (RFC 5321) as it takes to be given a mail. */
function converse(socket: TLSSocket): void {
  let mail = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const heard = (line: string): void => {
    if (mail) {
      mail = line !== '.';
      if (!mail) say('250 taken');
    } else if (line.startsWith('DATA')) {
      mail = true;
      say('354 go on');
    } else if (line.startsWith('QUIT')) socket.end('221 bye\r\n');
    else say('250 well');
  };
  let rest = '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString()).split('\r\n');
    rest = lines.pop() ?? '';
    lines.forEach(heard);
  });
  say('220 localhost');
}
