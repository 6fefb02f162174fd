/** SHA-256, by which Bobbin recognises content. */
import { createHash } from 'node:crypto';

/** The SHA-256 of bytes, or of a text's UTF-8 bytes, in 64 hex digits. */
export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
