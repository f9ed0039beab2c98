import { ApiError, asApiError } from '../api/http';
import { t } from '../messages';
import { tc } from '../messages/console';

/** What went wrong, in words: the server's, or that the person or the browser broke it off. */
export function passkeyProblem(error: unknown): string {
  if (!(error instanceof ApiError)) return tc('passkey_broken_off');
  return asApiError(error).unreachable ? t('unreachable') : error.message;
}
