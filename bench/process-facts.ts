import { readFile } from 'node:fs/promises';

/** Clock ticks of /proc per second: USER_HZ, 100 on Linux. */
const ticksPerSecond = 100;

/** Seconds that a process has computed: fields 14 and 15 of /proc/PID/stat, the 12th and 13th after the name. */
export async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory that a process has at the moment, in megabytes. */
export async function residentMegabytes(pid: number): Promise<number> {
  return await megabytes(pid, 'VmRSS');
}

/** The most that it ever had. */
export async function peakMegabytes(pid: number): Promise<number> {
  return await megabytes(pid, 'VmHWM');
}

async function megabytes(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024);
}
