/** Options of the formats; each names those that have it. */
import type { OptionTable, OptionValues } from '../options.js';

export const formatOptions = {
  quantize: {
    type: 'choice',
    choices: ['uint8', 'uint16'],
    default: undefined,
    defaultHelp: 'none: float32',
    appliesWith: { option: 'to', choices: ['web'] },
    help: 'how the weights of convolutions and dense layers are stored, a quarter or half of their size: uint8 changes answers a little, uint16 hardly',
  },
} as const satisfies OptionTable;

/** The values of {@link formatOptions}. */
export type FormatOptions = OptionValues<typeof formatOptions>;
