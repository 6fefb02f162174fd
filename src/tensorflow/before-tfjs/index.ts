/** What has to be in place before tfjs and tfjs-node are loaded. Import it first, for this effect alone. */
import './node-util.js';
import './core-copies.js';
