import { Option, type Command } from 'commander';
import { userRoles, type UserRole } from '../access/roles.ts';
import { accessOf, audited } from './access-store.ts';
import { withCommon, type CommonOptions } from './options.ts';
import { output } from './output.ts';
import { readPassword } from './read-password.ts';
import { table } from './table.ts';

interface RoleOptions extends CommonOptions {
  readonly role: UserRole;
}

/** `baton user …`: who may log in to the status page. It counts at once, for a monitor that runs, too. */
export function userCommands(program: Command): void {
  const user = program.command('user').description('say who may log in to the status page, and what they may do there');
  withCommon(user.command('add').argument('<name>', 'the user'))
    .description('add a user; the password is asked for, or read from standard input')
    .addOption(roleOption().makeOptionMandatory())
    .action(add);
  withCommon(user.command('list')).description('list the users').action(list);
  withCommon(user.command('role').argument('<name>', 'the user'))
    .description('give a user another role')
    .addOption(roleOption().makeOptionMandatory())
    .action(setRole);
  withCommon(user.command('password').argument('<name>', 'the user'))
    .description('set a new password, and log the user out everywhere')
    .action(setPassword);
  withCommon(user.command('remove').argument('<name>', 'the user'))
    .description('remove a user, and log it out everywhere')
    .action(remove);
}

function roleOption(): Option {
  return new Option('--role <role>', 'a viewer looks, an operator acts on runs, an admin may do everything').choices(
    userRoles,
  );
}

async function add(name: string, options: RoleOptions): Promise<void> {
  using access = await accessOf(options);
  access.users.checkNew(name);
  const password = await readPassword(name);
  const what = { action: 'user add', subject: name };
  await audited(access, what, options.role, async () => await access.users.add(name, options.role, password));
  tell(options, { user: name, role: options.role }, `${name} may log in, as ${options.role}.`);
}

async function list(options: CommonOptions): Promise<void> {
  using access = await accessOf(options);
  const users = access.users.list();
  output(options.json === true).result({ users }, () =>
    users.length === 0
      ? ['No users: while the page listens on loopback, whoever is on the host may use it.']
      : table(
          ['user', 'role', 'since', 'password set'],
          users.map(({ name, role, created, changed }) => [name, role, day(created), day(changed)]),
        ),
  );
}

async function setRole(name: string, options: RoleOptions): Promise<void> {
  using access = await accessOf(options);
  const { role } = options;
  await audited(access, { action: 'user role', subject: name }, role, () => access.users.setRole(name, role));
  tell(options, { user: name, role }, `${name} has the role ${role}.`);
}

async function setPassword(name: string, options: CommonOptions): Promise<void> {
  using access = await accessOf(options);
  access.users.check(name);
  const password = await readPassword(name);
  const what = { action: 'user password', subject: name };
  await audited(access, what, 'set', async () => await access.users.setPassword(name, password));
  tell(options, { user: name }, `${name} has a new password, and is logged out everywhere.`);
}

async function remove(name: string, options: CommonOptions): Promise<void> {
  using access = await accessOf(options);
  await audited(access, { action: 'user remove', subject: name }, 'removed', () => access.users.remove(name));
  const last = access.users.exist ? '' : ' There are no users any more.';
  tell(options, { user: name, removed: true }, `${name} may log in no more.${last}`);
}

function tell(options: CommonOptions, value: object, sentence: string): void {
  output(options.json === true).result(value, () => [sentence]);
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
