import { spawnSync } from 'node:child_process';

/** What the suites need that run against real services, as Debian's packages. */
const packages = [
  'activemq',
  'libxstream-java',
  'libjettison-java',
  'python3-stomp',
  'chromium',
  'systemd',
  'redis-server',
  'slurmctld',
  'slurmd',
  'slurmdbd',
  'slurm-client',
  'munge',
  // The programs alone: the package around them makes a database of the system, and starts it.
  'mariadb-server-core',
  'mariadb-client-core',
  'charliecloud',
];

/** Installs those that are absent, where this process may; returns why it could not. */
export function installDebianPackages(): string | undefined {
  const absent = packages.filter((name) => !isInstalled(name));
  if (absent.length === 0) return undefined;
  const list = absent.join(' ');
  if (process.getuid?.() !== 0) return `Absent, and only root can install them: apt-get install -y ${list}`;
  console.log(`Installing Debian's packages ${list} …`);
  const aptGet = (...args: string[]): boolean => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync('apt-get', ['-q', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
  };
  aptGet('update');
  return aptGet('install', '-y', '--no-install-recommends', ...absent)
    ? undefined
    : `apt-get install -y ${list} failed.`;
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg-query', ['--show', '--showformat=${db:Status-Status}', name], {
    encoding: 'utf8',
  });
  return stdout === 'installed';
}
