/** Marks options that have no meaning where only the head is trained. */
import { trainableChoices } from '../model/index.js';

export const beyondHead = {
  appliesWith: {
    option: 'trainable',
    choices: [...trainableChoices.filter((choice) => choice !== 'head'), 'lora'],
  },
} as const;
