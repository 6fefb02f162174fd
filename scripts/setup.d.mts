/** Installs what is missing, in order; throws one sentence naming what cannot be had and how to get it. */
export function setup(log?: (line: string) => void): void;
