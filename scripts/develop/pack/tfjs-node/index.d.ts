/** The types of @tensorflow/tfjs-node 4.22. */
import * as tf from '@tensorflow/tfjs';
import * as nodeIo from './io/index';

export declare const version: typeof tf.version & { 'tfjs-node': string };
export declare const io: typeof tf.io & typeof nodeIo;
export * from '@tensorflow/tfjs';
export * from './node';
