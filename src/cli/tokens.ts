import { InvalidArgumentError, Option, type Command } from 'commander';
import { roles, type Role } from '../access/roles.ts';
import { accessOf, audited } from './access-store.ts';
import { withCommon, type CommonOptions } from './options.ts';
import { output } from './output.ts';
import { table } from './table.ts';
import { userName } from './user.ts';

interface CreateOptions extends CommonOptions {
  readonly name: string;
  readonly role: Role;
  readonly expires?: number;
}

/** `baton token …`: what scripts show the status page in place of a login. */
export function tokenCommands(program: Command): void {
  const token = program.command('token').description('make and revoke tokens, with which scripts ask the status page');
  withCommon(token.command('create'))
    .description('make a token, and show it, once')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(
      new Option('--role <role>', 'metrics: /metrics only; viewer, operator, admin: as for users')
        .choices(roles)
        .makeOptionMandatory(),
    )
    .option('--expires <time>', 'after how long (12h, 30d), or when (2027-01-31); 90d where absent', moment)
    .action(create);
  withCommon(token.command('list')).description('list the tokens').action(list);
  withCommon(token.command('revoke').argument('<name>', 'the token'))
    .description('make a token worthless')
    .action(revoke);
}

async function create(options: CreateOptions): Promise<void> {
  using access = await accessOf(options);
  const { name, role, expires = after(90) } = options;
  const made = { name, role, expires, creator: userName() };
  const text = await audited(access, { action: 'token create', subject: name }, role, () => access.tokens.create(made));
  output(options.json === true).result({ name, role, expires, token: text }, () => [
    text,
    `This is shown once. It is good until ${minute(expires)} UTC: Authorization: Bearer ${text.slice(0, 10)}…`,
  ]);
}

async function list(options: CommonOptions): Promise<void> {
  using access = await accessOf(options);
  const tokens = access.tokens.list();
  output(options.json === true).result({ tokens }, () =>
    tokens.length === 0
      ? ['No tokens.']
      : table(
          ['token', 'role', 'made by', 'expires', 'last used'],
          tokens.map(({ name, role, creator, expires, used }) => [
            name,
            role,
            creator,
            expires <= Date.now() ? 'has expired' : minute(expires),
            used === undefined ? 'never' : minute(used),
          ]),
        ),
  );
}

async function revoke(name: string, options: CommonOptions): Promise<void> {
  using access = await accessOf(options);
  await audited(access, { action: 'token revoke', subject: name }, 'revoked', () => access.tokens.revoke(name));
  output(options.json === true).result({ name, revoked: true }, () => [`${name} is good for nothing any more.`]);
}

const day = 86_400_000;

function after(days: number): number {
  return Date.now() + days * day;
}

/** The time from now, or the date, in milliseconds since 1970 UTC. */
function moment(text: string): number {
  const [, number, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  const time =
    number === undefined
      ? /^\d{4}-\d{2}-\d{2}$/.test(text)
        ? Date.parse(text)
        : Number.NaN
      : after(Number(number) / (unit === 'h' ? 24 : 1));
  if (time > Date.now() && time <= after(731)) return time;
  throw new InvalidArgumentError('Expected days or hours (90d, 12h) or a date (2027-01-31), at most two years ahead.');
}

function minute(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 16);
}
