import { readFile, readdir, readlink } from 'node:fs/promises';

/** The living processes whose working folder is, or was, below a folder; each with its command line. */
export async function processesBelow(folder: string): Promise<readonly string[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    all.map(async (pid) => {
      const works = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return works.startsWith(folder)
        ? [`${pid} ${await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')}`]
        : [];
    }),
  );
  return found.flat();
}
