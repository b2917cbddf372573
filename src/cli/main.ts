#!/usr/bin/env node
import { CommanderError } from 'commander';
import { usage } from './errors.ts';
import { exitCodeOf, exitCodes, tellError } from './output.ts';
import { program } from './program.ts';

try {
  await program().parseAsync();
} catch (thrown) {
  // Help and version, asked for, end the same way as an error.
  const isDone = thrown instanceof CommanderError && thrown.exitCode === exitCodes.ok;
  const error = thrown instanceof CommanderError ? usage({ problem: problemIn(thrown) }) : thrown;
  if (!isDone) tellError(error, process.argv.includes('--json'));
  process.exitCode = isDone ? exitCodes.ok : exitCodeOf(error);
}

/** What is wrong with the command line, as one sentence. */
function problemIn({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'A command is missing';
  const sentence = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
