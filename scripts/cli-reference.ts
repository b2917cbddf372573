import type { Argument, Command, Option } from 'commander';
import { format, resolveConfig } from 'prettier';
import { exitCodes } from '../src/cli/output.ts';
import { program } from '../src/cli/program.ts';
import { checkout } from './prepare.ts';

/** The text of docs/cli.md, from the commands themselves. */
export async function cliReference(): Promise<string> {
  const commands = leaves(program());
  const shared = optionsOfAll(commands);
  const text = [
    preface,
    ...commands.map((command) => section(command, shared)),
    `## Options of all commands\n\n${optionTable(shared)}`,
    `## Exit codes\n\n${exitCodeTable()}`,
  ];
  return await format(text.join('\n\n'), { ...(await resolveConfig(checkout)), parser: 'markdown' });
}

const preface = `# Command line

\`npx baton COMMAND\` in the checkout. What a command tells goes to standard output, errors and logs to standard error; an error is
a sentence, with what to do next. With \`--json\` the last line of the output is one JSON object, of an error
\`{"error": {"code", "message", "next"}}\`. This page is written by \`npm run docs\` from the commands.
`;

const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'It is done.',
  failed: 'It is not: a run failed, an announcement was refused, a check found an error.',
  usage: 'The command line or the configuration cannot be understood.',
  unreachable: 'The broker or the status page does not answer.',
};

/** The commands that do something, in the order of the help. */
function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

/** The options that every command has. */
function optionsOfAll(commands: readonly Command[]): readonly Option[] {
  const [first, ...others] = commands;
  const has = (command: Command, { flags }: Option): boolean => command.options.some((one) => one.flags === flags);
  return (first?.options ?? []).filter((option) => others.every((command) => has(command, option)));
}

function section(command: Command, shared: readonly Option[]): string {
  const named = command.registeredArguments;
  const own = command.options.filter(({ flags }) => !shared.some((option) => option.flags === flags));
  const usage = [nameOf(command), ...named.map(argumentText), ...(own.length > 0 ? ['[options]'] : [])].join(' ');
  const about = named.filter(({ description }) => description !== '');
  return [
    `## ${nameOf(command).replace('baton ', '')}\n\n${sentence(command.description())}\n\n\`\`\`\n${usage}\n\`\`\``,
    ...(about.length > 0 ? [about.map((one) => `\`${argumentText(one)}\`: ${one.description}.`).join('\n')] : []),
    ...(own.length > 0 ? [optionTable(own)] : []),
  ].join('\n\n');
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map(({ flags, description, defaultValue, argChoices, envVar }) => {
    const choices = argChoices ? ` (${argChoices.join(', ')})` : '';
    const environment = envVar === undefined ? '' : `; \`${envVar}\` where absent`;
    const fallback: unknown = defaultValue;
    const shown = typeof fallback === 'string' || typeof fallback === 'number' ? `; ${fallback} where absent` : '';
    return `| \`${flags}\` | ${description}${choices}${shown}${environment} |`;
  });
  return ['| option | meaning |', '| --- | --- |', ...rows].join('\n');
}

function exitCodeTable(): string {
  const rows = Object.entries(exitCodes).map(
    ([name, code]) => `| ${code} | ${exitCodeMeanings[name as keyof typeof exitCodes]} |`,
  );
  return ['| code | meaning |', '| --- | --- |', ...rows].join('\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
