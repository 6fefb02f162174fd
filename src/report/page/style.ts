/** The look of the page, on light and on dark paper, on a phone and on paper. */

export const style = `
:root{color-scheme:light dark;--paper:#fff;--card:#f6f7f9;--text:#1d2733;--quiet:#556070;--line:#d5dae1;--link:#0b5cad;--right:#17693f;--wrong:#b42318;--focus:#0b5cad}
@media (prefers-color-scheme:dark){:root{--paper:#16191f;--card:#1e222a;--text:#e6e9ee;--quiet:#a9b3c0;--line:#3a424e;--link:#8cc2ff;--right:#6fd7a0;--wrong:#ff9a91;--focus:#8cc2ff}}
*{box-sizing:border-box}
html{scroll-padding-top:3.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--text);font:1rem/1.5 system-ui,'DejaVu Sans','Noto Sans',sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.skip{position:absolute;left:-100vw;background:var(--paper);padding:.5rem 1rem;z-index:2}
.skip:focus{left:0}
header,main,footer{max-width:78rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.25rem}
h1{font-size:1.6rem;line-height:1.25;margin:0}
h2{font-size:1.35rem;margin:0 0 .75rem;padding-top:2.25rem;border-top:1px solid var(--line)}
h3{font-size:1.1rem;margin:1.75rem 0 .6rem}
h4{font-size:1rem;margin:1.25rem 0 .4rem}
p{margin:.5rem 0;max-width:48rem}
section{margin-top:2rem}
nav{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--line);margin-top:1rem}
nav ul{display:flex;gap:.25rem 1.1rem;margin:0 auto;padding:.55rem 1rem;max-width:78rem;list-style:none;overflow-x:auto;white-space:nowrap}
nav a{display:inline-block;padding:.2rem 0;text-decoration:none}
nav a:hover{text-decoration:underline}
.lead{color:var(--quiet)}
.note{border-left:4px solid var(--line);padding:.35rem .8rem;background:var(--card)}
.note.warn{border-color:var(--wrong)}
code,pre{font:.9em/1.45 ui-monospace,'DejaVu Sans Mono',monospace}
code{background:var(--card);padding:.05em .25em;border-radius:3px}
pre{background:var(--card);padding:.75rem;overflow:auto;max-height:30rem}
.scroll{overflow-x:auto;margin:.75rem 0;max-width:100%}
.scroll.tall{max-height:30rem;overflow-y:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.93rem}
caption{text-align:left;color:var(--quiet);padding-bottom:.35rem}
caption span{display:inline-block;position:sticky;left:0;max-width:calc(100vw - 2rem);white-space:normal}
th,td{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:normal}
th{font-weight:600}
tbody th{font-weight:400}
.number{text-align:right;white-space:nowrap}
thead .number{white-space:normal;vertical-align:bottom}
tr.total th,tr.total td{font-weight:600}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1rem;margin:.75rem 0;align-items:start}
figure{margin:0;min-width:0}
figure.wide{grid-column:1/-1}
.chart{overflow-x:auto;border:1px solid var(--line);border-radius:6px;background:var(--chart-paper)}
.chart svg{display:block;margin:0 auto}
figcaption{color:var(--quiet);font-size:.9rem;margin-top:.3rem;max-width:48rem}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link);width:fit-content;padding:.15rem 0}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:.5rem 1.25rem;margin:.75rem 0}
.facts dt{color:var(--quiet);font-size:.88rem}
.facts dd{margin:0}
.photos{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13.5rem),1fr));gap:1rem;margin:.75rem 0;padding:0;list-style:none}
.photos li{border:1px solid var(--line);border-radius:6px;padding:.5rem;min-width:0;font-size:.88rem}
.pair{display:flex;gap:4px;align-items:flex-start;justify-content:center;background:var(--card);min-height:6.6rem}
.pair img{display:block;max-width:50%;height:auto;max-height:6.6rem;width:auto}
.photos .name{color:var(--quiet);font-size:.78rem;display:block}
.photos p{margin:.15rem 0}
.right{color:var(--right)}
.wrong{color:var(--wrong)}
footer{color:var(--quiet);font-size:.88rem;padding-top:2rem;padding-bottom:2.5rem}
#state{color:var(--quiet);font-size:.9rem;margin:.25rem 0}
@media print{nav,.skip{display:none}section{break-inside:avoid-page}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;
