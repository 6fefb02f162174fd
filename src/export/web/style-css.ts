/** The style sheet of the page of an export. */
export const styleCss = `:root {
  color-scheme: light dark;
  --ground: #f6f7f9;
  --card: #ffffff;
  --text: #1c2430;
  --quiet: #566172;
  --line: #d5dae2;
  --accent: #1f5fbf;
  --on-accent: #ffffff;
  --bar: #a9c4ee;
  --fault: #a8201a;
  font: 1rem/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181f;
    --card: #1d232d;
    --text: #e8ecf2;
    --quiet: #a7b2c2;
    --line: #333d4b;
    --accent: #8ab4f8;
    --on-accent: #10151d;
    --bar: #5878a8;
    --fault: #ff9c94;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--text); }
header, main { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; overflow-wrap: anywhere; }
header p { margin: .25rem 0 1.25rem; color: var(--quiet); }
#work { display: grid; gap: 1rem; padding-bottom: 2rem; grid-template-columns: 1fr; }
@media (min-width: 48rem) {
  #work { grid-template-columns: 1fr 1fr; align-items: start; }
  #settings { grid-column: 1 / -1; }
}
#work > section, #loading {
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem;
  min-width: 0;
}
#frame {
  display: grid; place-items: center; min-height: 14rem; padding: .5rem;
  border: 2px dashed var(--line); border-radius: .5rem;
}
.over #frame { border-color: var(--accent); border-style: solid; }
#invitation { color: var(--quiet); margin: 1rem; text-align: center; }
#photo { max-width: 100%; max-height: 24rem; border-radius: .25rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem; }
button {
  flex: 1 1 9rem; min-height: 2.75rem; padding: .5rem; border-radius: .5rem; cursor: pointer;
  font: inherit; font-weight: 600; border: 1px solid var(--accent);
  background: var(--accent); color: var(--on-accent);
}
#take { background: transparent; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#status { margin: 0 0 .75rem; min-height: 1.5em; font-weight: 600; overflow-wrap: anywhere; }
#fault { margin: 0 0 .75rem; color: var(--fault); overflow-wrap: anywhere; }
#fault:empty { margin: 0; }
#answers ul { list-style: none; margin: 0; padding: 0; }
#answers li {
  display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; margin-bottom: .6rem;
}
#answers .name { overflow-wrap: anywhere; }
#answers .percent { font-variant-numeric: tabular-nums; }
#answers .best { font-weight: 600; }
#answers .bar {
  grid-column: 1 / -1; height: .5rem; border-radius: .25rem;
  background: linear-gradient(var(--bar), var(--bar)) no-repeat 0 0 / var(--share) 100% var(--line);
}
#answers .best .bar {
  background-image: linear-gradient(var(--accent), var(--accent));
}
summary { cursor: pointer; color: var(--accent); padding: .5rem 0; }
fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: .25rem; }
legend { padding: 0; margin-bottom: .25rem; font-weight: 600; }
@media (min-width: 48rem) {
  fieldset { grid-template-columns: repeat(3, 1fr); }
}
fieldset label {
  display: flex; gap: .6rem; align-items: baseline; padding: .4rem 0; cursor: pointer;
}
input[type=radio] { accent-color: var(--accent); }
small { display: block; color: var(--quiet); font-size: .875rem; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0 0; }
dt { color: var(--quiet); font-size: .875rem; }
dd { margin: 0; overflow-wrap: anywhere; }
code { font-size: .9em; overflow-wrap: anywhere; }
`;
