import { run } from '../run-command.mjs';
import { median, ratios, round, spread } from '../report/statistics.mjs';
import { rowOf } from './in-turn.mjs';

const MOST = 2;
const CASES = ['fs.stat', 'dns.lookup'];

export default {
  id: 'S11',
  title: '64 hung calls of the winsock engine',
  about:
    "In the Windows lane: Windows' own node.exe on Wine, with the tests' stand-in for WSAConnectByList, which hangs. Medians of 200, idle and with the calls hung, in turn; also `npm run bench:windows`.",
  // The lane has namespaces of its own, and its first run makes a root, for which it needs Debian's packages.
  isOutside: true,
  columns: CASES.flatMap((name) => [
    { case: name, metric: 'idle', head: `${name} idle, µs` },
    { case: name, metric: 'hung', head: `${name}, 64 hung, µs` },
  ]),
  plots: [],
  async measure({ root }) {
    const said = await run('npm', ['run', '--silent', 'bench:windows'], { cwd: root });
    const { node, rounds } = JSON.parse(said.split('\n').at(-1));
    return CASES.map((name) => ({
      subject: 'ours-winsock',
      label: `connectByList, Node ${node.slice(1)} for Windows`,
      case: name,
      outcomes: ['connected'],
      metrics: {
        idle: rounds.map(({ idle }) => idle[name]),
        hung: rounds.map(({ hung }) => hung[name]),
      },
    }));
  },
  targets(rows) {
    return CASES.map((name) => {
      const { idle, hung } = rowOf(rows, 'ours-winsock', name).metrics;
      const ratio = ratios(hung, idle);
      return {
        subject: 'ours-winsock',
        what: `${name}: at most ${MOST} × idle`,
        measured: `${round(median(ratio))} × (round by round ${spread(ratio)})`,
        isReached: median(ratio) <= MOST,
      };
    });
  },
};
