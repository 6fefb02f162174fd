/** Writes paths into the commands that messages advise. */

/** `word` as a shell reads it back, in quotes where it needs them. */
export function shellWord(word: string): string {
  return /^[\w./+=:@%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
