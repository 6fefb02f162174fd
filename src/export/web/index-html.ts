/** The HTML of the page of an export. */
import { documentOf, html, type Markup } from '../../html.js';

/** What the page says of its model. */
export interface PageFacts {
  network: string;
  /** Of each task its name and its classes' count. */
  tasks: readonly { task: string; classes: readonly string[]; labels: 'one' | 'any' }[];
  /** Side in pixels of what the network sees. */
  crop: number;
  /** Bytes of the weights. */
  bytes: number;
  quantize: string | undefined;
}

/** Only files of the export are loaded, and nothing is sent: a photo stays on its device. */
const policy = [
  "default-src 'none'",
  // blob: where a server isolates the page. tfjs then starts threads, which load its code from there.
  "script-src 'self' 'wasm-unsafe-eval' blob:",
  "style-src 'self'",
  'worker-src blob:',
  "connect-src 'self'",
  'img-src blob: data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const backends = [
  { name: 'wasm', title: 'Processor (WASM)', note: 'gives the same answer everywhere' },
  { name: 'webgl', title: 'Graphics (WebGL)', note: 'fast; less exact on some phones' },
  { name: 'webgpu', title: 'Graphics (WebGPU)', note: 'untested; not in every browser' },
] as const;

export function indexHtml(facts: PageFacts): string {
  const { tasks } = facts;
  const [first] = tasks;
  const title =
    tasks.length === 1 && first?.task ? `Classify a photo: ${first.task}` : 'Classify a photo';
  const head = html`<link rel="stylesheet" href="style.css">
<script defer src="tfjs/tf.min.js"></script>
<script type="module" src="page.js"></script>`;
  const body = html`<header>
<h1>${title}</h1>
<p>The photo stays on this device: the network runs in the browser.</p>
</header>
<main>
<p id="loading">If this line stays, the page was opened as a file, which browsers do not let load a model. Serve its folder instead,
such as by <code>python3 -m http.server</code>, and open <code>http://localhost:8000</code>.</p>
<div id="work" hidden>
<section id="place" aria-labelledby="photo-title">
<h2 id="photo-title">Photo</h2>
<div id="frame">
<p id="invitation">Drop or paste a photo here, or use a button.</p>
<img id="photo" alt="" hidden>
</div>
<div class="buttons">
<button type="button" id="choose">Choose a photo</button>
<button type="button" id="take">Take a photo</button>
</div>
<input type="file" id="choose-input" accept="image/*" aria-label="Photo from a file" hidden>
<input type="file" id="take-input" accept="image/*" capture="environment" aria-label="Photo from the camera" hidden>
</section>
<section aria-labelledby="answers-title">
<h2 id="answers-title">Classes</h2>
<p id="status" role="status"></p>
<p id="fault" role="alert"></p>
<div id="answers"></div>
</section>
<section id="settings" aria-labelledby="settings-title">
<h2 id="settings-title">Computation</h2>
<fieldset id="backends">
<legend>Compute with</legend>
${backends.map(radioOf)}
</fieldset>
<dl>
${factsOf(facts)}
<div><dt>Last photo</dt><dd id="time">–</dd></div>
</dl>
</section>
</div>
</main>
<noscript><p>This page needs JavaScript.</p></noscript>`;
  return documentOf({ title, policy, head, body });
}

const radioOf = ({ name, title, note }: (typeof backends)[number], index: number): Markup =>
  html`<label><input type="radio" name="backend" value="${name}"${index === 0 ? html` checked` : ''}><span>${title}<small>${note}</small></span></label>
`;

function factsOf({ network, tasks, crop, bytes, quantize }: PageFacts): Markup[] {
  const classes = tasks.map(({ task, classes }) =>
    tasks.length === 1 ? `${classes.length}` : `${task}: ${classes.length}`,
  );
  const rows: [string, string][] = [
    ['Network', network],
    ['Classes', classes.join(', ')],
    ['Input', `${crop} × ${crop} pixels`],
    ['Weights', `${(bytes / 1e6).toFixed(1)} MB${quantize === undefined ? '' : `, ${quantize}`}`],
  ];
  return rows.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  );
}
