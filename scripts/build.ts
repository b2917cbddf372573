/** `npm run build`: makes the checkout ready without starting anything: packages, `npx baton`, the status page, and the source compiled. */
import { prepareCompiled } from './compile.ts';
import { PreparationError, preparePackages, preparePage } from './prepare.ts';

try {
  await preparePackages();
  await preparePage();
  await prepareCompiled();
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
