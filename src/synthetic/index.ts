/** Synthesized photos: a data set in the FashionAI layout, drawn. */
export {
  type Synthesized,
  type SynthesizeOptions,
  synthesize,
  synthesizeOptions,
} from './synthesize.js';
