import { Command } from 'commander';
import { userCommands } from './accounts.ts';
import { announceCommand } from './announce.ts';
import { backupCommand } from './backup.ts';
import { cancelCommand } from './cancel.ts';
import { deadLetterCommands } from './dead-letters.ts';
import { doctorCommand } from './doctor.ts';
import { drainCommand } from './empty.ts';
import { handoverCommand } from './handover.ts';
import { jobsCommand } from './jobs.ts';
import { logsCommand } from './logs.ts';
import { orderCommands } from './orders.ts';
import { recipeCommands } from './recipe.ts';
import { rehearseCommand } from './rehearse.ts';
import { reprocessCommands } from './reprocess.ts';
import { rerunCommand } from './rerun.ts';
import { runCommands } from './runs.ts';
import { shutdownCommandLine } from './shutdown.ts';
import { startCommand } from './start.ts';
import { tokenCommands } from './tokens.ts';
import { upCommands } from './up.ts';
import { version } from './version.ts';
import { workerCommand } from './worker.ts';
import { wrapCommand } from './wrap.ts';

/** The command line: one file a command. docs/cli.md is written from it. */
export function program(): Command {
  const baton = new Command('baton')
    .description('A message-broker based processing supervisor for synchrotron, neutron and FEL facilities.')
    .version(version)
    .showSuggestionAfterError();
  startCommand(baton);
  upCommands(baton);
  rehearseCommand(baton);
  announceCommand(baton);
  runCommands(baton);
  logsCommand(baton);
  jobsCommand(baton);
  handoverCommand(baton);
  rerunCommand(baton);
  reprocessCommands(baton);
  cancelCommand(baton);
  recipeCommands(baton);
  deadLetterCommands(baton);
  drainCommand(baton);
  orderCommands(baton);
  shutdownCommandLine(baton);
  backupCommand(baton);
  doctorCommand(baton);
  wrapCommand(baton);
  workerCommand(baton);
  userCommands(baton);
  tokenCommands(baton);
  throwOnExit(baton);
  return baton;
}

/** Errors are thrown instead of told, and do not end the process; subcommands do not inherit that. */
function throwOnExit(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  for (const inner of command.commands) throwOnExit(inner);
}
