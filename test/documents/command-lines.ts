import type { Command } from 'commander';
import { program } from '../../src/cli/program.ts';

/** What is wrong with a command line, from behind `baton` on, as far as its words tell. */
export function problemsOf(line: string): string[] {
  let command: Command = program();
  const words = line.trim().split(/\s+/);
  while (command.commands.length > 0) {
    const word = words.shift();
    if (word === undefined) return [];
    const found: Command | undefined = command.commands.find((candidate) => candidate.name() === word);
    if (!found) return [`baton ${line}: there is no command ${JSON.stringify(word)}`];
    command = found;
  }
  // What follows is for another program.
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const options = own.filter((word) => word.startsWith('--')).map((word) => word.replace(/[^a-z-].*$/, ''));
  const unknown = options.filter((option) => !command.options.some(({ long }) => long === option));
  return unknown.map((option) => `baton ${line}: ${command.name()} has no option ${option}`);
}
