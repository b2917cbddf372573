/** `npm start [-- arguments]`: makes the checkout ready, then `baton start`, in this same process. */
import { join } from 'node:path';
import { checkout, PreparationError, preparePackages, preparePage } from './prepare.ts';

try {
  await preparePackages();
  await preparePage();
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
const main = join(checkout, 'src/cli/main.ts');
process.argv = [process.execPath, main, 'start', ...process.argv.slice(2)];
await import(main);
