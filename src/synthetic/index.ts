/** The public face of the painter: draws a data set in the FashionAI layout. */
export {
  type Synthesized,
  type SynthesizeOptions,
  synthesize,
  synthesizeOptions,
} from './synthesize.js';
