/** What CommonJS has in the place of `import.meta.url` in tests: the address of the module in `dist` that it was made from. */
export const moduleUrl = require('node:url').pathToFileURL(
  __filename.replace(/\/build-typescript\/dist\//, '/dist/'),
).href;
