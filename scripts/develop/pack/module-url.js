/** What CommonJS has in the place of `import.meta.url`; esbuild adds it to the modules that use it. */
export const moduleUrl = require('node:url').pathToFileURL(__filename).href;
