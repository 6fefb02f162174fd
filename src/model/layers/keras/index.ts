/** The layers and activations of Keras that tfjs-layers lacks or computes otherwise. Import it for this effect. */
import './activations.js';
import './conv2d.js';
import './depthwise-conv2d.js';
import './global-pooling.js';
import './group-normalization.js';
import './layer-scale.js';
import './normalization.js';
import './subtract.js';
