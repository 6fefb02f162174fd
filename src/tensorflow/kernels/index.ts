/** Adds Bobbin's kernels to tfjs's backend and corrects some of tfjs-node's. Import it for this effect alone. */
import './javascript-kernels.js';
import './tensorflow-kernels.js';
import './padded-pooling.js';
import './dilated-convolution.js';
