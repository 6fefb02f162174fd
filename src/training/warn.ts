/** Warnings of a run: valid, but probably not meant. */

/** A warning of the process with the code BOBBIN_TRAIN. @param sentence one sentence */
export const warn = (sentence: string): void =>
  process.emitWarning(sentence, { code: 'BOBBIN_TRAIN' });
