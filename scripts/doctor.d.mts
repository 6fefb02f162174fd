/** Prints each part with its version and source; returns whether every part is in order. */
export function doctor(log?: (line: string) => void): boolean;
