/** The worker that reads pictures; the page sends a look and gets a reading. */
import type { Look, Reading } from './reading';
import { read } from './read';

/** The worker's own scope: the page's type library does not know it. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Look>) => void) | null;
  postMessage(reading: Reading): void;
};

async function answer(look: Look): Promise<void> {
  try {
    scope.postMessage(await read(look));
  } catch {
    scope.postMessage({ id: look.id, raw: null, canvas: null, message: null, codeError: null, deltaE: null });
  } finally {
    look.picture.close();
  }
}

scope.onmessage = ({ data }) => void answer(data);
