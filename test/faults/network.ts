/** Two network namespaces that a cable joins, as two machines: a link between them can go down. Needs the rights of root. */
import { spawnSync } from 'node:child_process';

const ip = (...words: string[]) => spawnSync('ip', words, { encoding: 'utf8' });

/** The reason why this process cannot make network namespaces; false if it can. */
export function missingNamespaces(): string | false {
  const name = `bobbin-${process.pid}-try`;
  const { status, error, stderr } = ip('netns', 'add', name);
  if (status !== 0) {
    return `network namespaces are not permitted here: ${error?.message ?? stderr.trim()}`;
  }
  ip('netns', 'delete', name);
  return false;
}

/** Two hosts and their cable. */
export class Cable {
  /** Of a host each. */
  readonly addresses = ['10.231.7.1', '10.231.7.2'];
  private readonly names = [0, 1].map((host) => `bobbin-${process.pid}-${host}`);
  private readonly ends = [0, 1].map((host) => `b${process.pid}-${host}`);

  constructor() {
    const [first = '', second = ''] = this.ends;
    for (const name of this.names) {
      must('netns', 'add', name);
    }
    must('link', 'add', first, 'type', 'veth', 'peer', 'name', second);
    this.names.forEach((name, host) => {
      const end = this.ends[host] as string;
      must('link', 'set', end, 'netns', name);
      must('-n', name, 'address', 'add', `${this.addresses[host]}/24`, 'dev', end);
      must('-n', name, 'link', 'set', 'lo', 'up');
      must('-n', name, 'link', 'set', end, 'up');
    });
  }

  /** The words that run a command on a host. */
  on(host: number): string[] {
    return ['ip', 'netns', 'exec', this.names[host] as string];
  }

  /** Takes the link down, or up again, at the end of a host. */
  set(host: number, state: 'down' | 'up'): void {
    must('-n', this.names[host] as string, 'link', 'set', this.ends[host] as string, state);
  }

  remove(): void {
    for (const name of this.names) {
      ip('netns', 'delete', name);
    }
  }
}

function must(...words: string[]): void {
  const { status, stderr } = ip(...words);
  if (status !== 0) {
    throw new Error(`ip ${words.join(' ')}: ${stderr}`);
  }
}
