/** The public face of the serve stage: a classifier behind an HTTP port. */
export { serveOptions } from './options.js';
export { type ServeRequest, type Server, serve } from './serve.js';
