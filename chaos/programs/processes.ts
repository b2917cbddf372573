import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { weatherVariable } from '../weather.ts';

/** A program as it noted that it begins. */
export interface Begun {
  readonly run: string;
  readonly kind: string;
  readonly attempt: number;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** All programs that began, in order. */
export async function begunIn(journal: string): Promise<readonly Begun[]> {
  const text = await readFile(journal, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [run = '', kind = '', attempt = '', pid = '', at = ''] = line.split(' ');
    return { run, kind, attempt: Number(attempt), pid: Number(pid), at: Number(at) };
  });
}

/** The living processes of programs: those that the journal is named to, and those that work below the folders of jobs. */
export function programProcesses(journal: string, folders: readonly string[]): readonly number[] {
  return processes().filter((pid) => {
    return isProgram(pid, journal) || folders.some((folder) => worksIn(pid).startsWith(`${folder}/`));
  });
}

/** True for a process that is a program of this journal: another may have been given its number since. */
export function isProgram(pid: number, journal: string): boolean {
  return wordsOf(pid).split('\0').includes(journal);
}

/** The reapers of all parts and workers that are under this weather. */
export function reapers(weather: string): readonly number[] {
  return processes().filter((pid) => {
    return wordsOf(pid).includes('reaper-main') && textOf(pid, 'environ').includes(`${weatherVariable}=${weather}\0`);
  });
}

/** What a process is called with: for a finding. */
export function called(pid: number): string {
  return wordsOf(pid).replaceAll('\0', ' ').trim();
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function wordsOf(pid: number): string {
  return textOf(pid, 'cmdline');
}

function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function worksIn(pid: number): string {
  try {
    return readlinkSync(`/proc/${String(pid)}/cwd`);
  } catch {
    return '';
  }
}
