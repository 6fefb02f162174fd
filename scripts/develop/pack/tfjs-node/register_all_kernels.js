/** Registers the kernels, once: Bobbin does so, with its corrections, when it is loaded. */

require('./bobbin');
