/**
 * `npm test`: checks the sources, then runs the tests; the last line is `tests: N passed, N failed, N skipped`, in which a
 * check counts as a test. `npm test -- test/stomp -t 'a name'` hands its arguments to vitest and leaves the checks out;
 * `npm test -- --quick` leaves the checks out.
 *
 * Suites that need ActiveMQ, Chromium or Python's stomp.py are skipped, by name, where those are absent. With `CI=true`
 * they are installed from Debian's packages and must run, and a test that fails is run once more: one that passes then is
 * told before the last line, as a bug to be found. What may not be seen even once, as a message lost in chaos, is not run again.
 */
import { installDebianPackages } from './debian-packages.ts';
import { runChecks } from './checks.ts';
import { preparePackages, PreparationError } from './prepare.ts';
import { runVitest } from './vitest-run.ts';

const given = process.argv.slice(2);
const vitestArguments = given.filter((argument) => argument !== '--quick');
const everything = process.env['CI'] === 'true';

try {
  await preparePackages();
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  finish(`${error.message}\n`, 0, 1, 0);
}
if (everything) {
  const problem = installDebianPackages();
  if (problem !== undefined) console.log(problem);
}
const checks = given.length === 0 ? runChecks() : { passed: 0, failed: 0 };
const tests = runVitest([...(everything ? ['--retry=1'] : []), ...vitestArguments], {
  ...process.env,
  ...(everything && { BATON_REQUIRE_ALL: '1' }),
});
const skipped = tests.skippedTitles.map((title) => `skipped: ${title}\n`).join('');
const unsteady = tests.unsteady.map((title) => `passed at the second attempt: ${title}\n`).join('');
finish(skipped + unsteady, checks.passed + tests.passed, checks.failed + tests.failed, tests.skipped);

function finish(notes: string, passed: number, failed: number, skipped: number): never {
  console.log(`${notes}tests: ${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`);
  process.exit(failed === 0 ? 0 : 1);
}
