/** The public face of what all stages do with files: read them, write them whole, and lock folders. */
export { AppendedFile } from './appended-file.js';
export { makeFolder, removeFile, replaceFile, writePart, writeWhole } from './atomic-file.js';
export {
  type ByteSource,
  bytesSource,
  partOf,
  readPart,
  sha256OfSource,
  withSource,
} from './byte-source.js';
export { inLockedFolder, inTurn, isClaimed, tryLockFolder } from './folder-lock.js';
export { holdsFolder, LostLockError } from './held-folders.js';
export { ifPresent } from './if-present.js';
export { isObject, jsonError, openSealed, parseJson, sealed } from './json-file.js';
export { removeLeftovers } from './leftovers.js';
export { nearPath } from './near-path.js';
export { parseOptions, readOptions } from './options-file.js';
export { openRegular, readRegular } from './regular-file.js';
export { sha256, sha256OfPieces } from './sha256.js';
export { type StoredFile, storedFiles } from './stored-zip.js';
export { checkResultFolder, checkTarget } from './target.js';
export { readText } from './text-file.js';
export { textPieces } from './text-pieces.js';
export { tidied } from './tidied.js';
export { writeError, writing } from './write-error.js';
